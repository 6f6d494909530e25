"""One answer being written: which tokens go through the model next, and what their logits decide."""

import time
from collections import deque
from collections.abc import Collection

import torch

from rag.generation.answerability_probe import Probe, ProbeReading
from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache
from rag.generation.sampling import Sampler
from rag.generation.speculation import Drafter
from rag.runtime.progress import CancelEvent
from rag.types import Certainty, GenerationStats, StopReason
from rag.types.decoding import Decoding


class TokenSequence:
    """A sequence: its prompt, then token after token. The engine asks for work and brings the logits.

    `produced` holds tokens that the reader has not taken yet; `reason` says why no more will come.
    """

    def __init__(
        self,
        prompt: list[int],
        decoding: Decoding,
        cancelled: CancelEvent,
        end_tokens: Collection[int],
        drafter: Drafter | None,
        device: torch.device,
        probe: Probe | None = None,
    ) -> None:
        self.tokens = list(prompt)
        self.cache: KVCache
        self.cancelled = cancelled
        self.produced: deque[int] = deque()
        self.reason: StopReason | None = None
        self._prompt_tokens = len(prompt)
        self._limit = len(prompt) + decoding.max_new_tokens
        self._end_tokens = end_tokens
        self._drafter = drafter
        self._reading = ProbeReading(probe, len(prompt))
        self._least_log_prob = 0.0
        self._choose = Sampler(decoding, prompt, device)
        self._draft: list[int] = []
        self._waiting_since = time.perf_counter()
        self._began = self._first_token = self._ended = 0.0
        self._reused = self._drafted = self._accepted = 0

    @property
    def capacity(self) -> int:
        """Tokens that it can come to at most."""
        return self._limit

    @property
    def is_reading(self) -> bool:
        """Whether the prompt is not read to its end."""
        return self.cache.length < len(self.tokens) - 1 or len(self.tokens) == self._prompt_tokens

    @property
    def unread(self) -> int:
        """How many tokens at the end of the prompt must be read, even if they were read before."""
        return self._reading.unread

    def begin(self, cache: KVCache) -> None:
        """It is its turn; `cache` may already hold the beginning of the prompt."""
        self.cache = cache
        self._reused = cache.length
        self._began = time.perf_counter()

    def work(self, rows: int) -> ForwardInput:
        """The next tokens to compute, at most `rows`: a stretch of the prompt, or the last token and a draft."""
        remaining = self.tokens[self.cache.length :]
        if self.is_reading:
            self._draft = []
            stretch = remaining[:rows]
            return self._reading.work(self.cache, stretch, keep=1 if len(stretch) == len(remaining) else 0)
        room = min(rows - 1, self._limit - len(self.tokens) - 1)
        self._draft = self._drafter.propose(self.tokens, room) if self._drafter and room > 0 else []
        fed = [*remaining, *self._draft]
        return ForwardInput(self.cache, fed, keep=len(fed))

    def accept(self, logits: torch.Tensor) -> None:
        """Choose tokens from the logits of the work: one, and one more for each drafted token that was right."""
        if not len(logits):
            return
        before = self.cache.length - len(self._draft)
        accepted = 0
        for row, drafted in enumerate([*self._draft, None]):
            token = self._choose(logits[row])
            self._least_log_prob = min(self._least_log_prob, float(logits[row].log_softmax(-1)[token]))
            self._add(token)
            if self.reason or token != drafted:
                break
            accepted += 1
        self.cache.crop(before + accepted)
        if self._draft and self._drafter:
            self._drafter.learn(len(self._draft), accepted)
            self._drafted += len(self._draft)
            self._accepted += accepted

    def finish(self, reason: StopReason) -> None:
        """No more tokens will come."""
        if self.reason is None:
            self.reason, self._ended = reason, time.perf_counter()

    def stats(self) -> GenerationStats:
        """Where the time went, as far as it has come."""
        now = self._ended or time.perf_counter()
        began, first = self._began or now, self._first_token or now
        return GenerationStats(
            waiting_s=began - self._waiting_since,
            prefill_s=first - began,
            decode_s=now - first,
            reused_tokens=self._reused,
            drafted_tokens=self._drafted,
            accepted_tokens=self._accepted,
        )

    def certainty(self) -> Certainty:
        """What the model's computing says of the answer so far."""
        return Certainty(self._reading.log_odds, self._least_log_prob)

    def _add(self, token: int) -> None:
        self._first_token = self._first_token or time.perf_counter()
        if token in self._end_tokens:
            self.finish("end")
            return
        self.tokens.append(token)
        self.produced.append(token)
        if len(self.tokens) == self._limit:
            self.finish("length")
