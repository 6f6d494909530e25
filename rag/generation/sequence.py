"""One sequence being generated: which tokens go through the model next, and which tokens its logits decode to."""

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
    """A prompt and the tokens generated after it. The scheduler takes `next_input` and hands the logits to `decode`.

    `undelivered` holds generated tokens that the reader has not taken yet; `reason` says why the sequence ended.
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
        self.undelivered: deque[int] = deque()
        self.reason: StopReason | None = None
        self._prompt_tokens = len(prompt)
        self._limit = len(prompt) + decoding.max_new_tokens
        self._end_tokens = end_tokens
        self._drafter = drafter
        self._probe_reading = ProbeReading(probe, len(prompt))
        self._least_log_prob = 0.0
        self._sampler = Sampler(decoding, prompt, device)
        self._draft: list[int] = []
        self._waiting_since = time.perf_counter()
        self._started_at = self._first_token_at = self._ended_at = 0.0
        self._reused = self._drafted = self._accepted = 0

    @property
    def capacity(self) -> int:
        """Maximum number of tokens, prompt included."""
        return self._limit

    @property
    def is_prefilling(self) -> bool:
        """True until the whole prompt has passed through the model."""
        return self.cache.length < len(self.tokens) - 1 or len(self.tokens) == self._prompt_tokens

    @property
    def min_prefill(self) -> int:
        """Number of tokens at the end of the prompt that must be computed even if they are cached."""
        return self._probe_reading.min_prefill

    def start(self, cache: KVCache) -> None:
        """Start with a cache, which may already hold a prefix of the prompt."""
        self.cache = cache
        self._reused = cache.length
        self._started_at = time.perf_counter()

    def next_input(self, max_rows: int) -> ForwardInput:
        """Return the next tokens to compute: a part of the prompt (prefill), or the last token and a draft (decode)."""
        remaining = self.tokens[self.cache.length :]
        if self.is_prefilling:
            self._draft = []
            part = remaining[:max_rows]
            return self._probe_reading.forward_input(self.cache, part, keep=1 if len(part) == len(remaining) else 0)
        room = min(max_rows - 1, self._limit - len(self.tokens) - 1)
        self._draft = self._drafter.propose(self.tokens, room) if self._drafter and room > 0 else []
        tokens = [*remaining, *self._draft]
        return ForwardInput(self.cache, tokens, keep=len(tokens))

    def decode(self, logits: torch.Tensor) -> None:
        """Choose tokens from the logits of the last input: one, and one more for each drafted token that was right."""
        if not len(logits):
            return
        before = self.cache.length - len(self._draft)
        accepted = 0
        for row, drafted in enumerate([*self._draft, None]):
            token = self._sampler.next_token(logits[row])
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
        """End the sequence, unless it has ended already."""
        if self.reason is None:
            self.reason, self._ended_at = reason, time.perf_counter()

    def stats(self) -> GenerationStats:
        """Return times and token counts so far."""
        now = self._ended_at or time.perf_counter()
        started, first = self._started_at or now, self._first_token_at or now
        return GenerationStats(
            waiting_s=started - self._waiting_since,
            prefill_s=first - started,
            decode_s=now - first,
            reused_tokens=self._reused,
            drafted_tokens=self._drafted,
            accepted_tokens=self._accepted,
        )

    def certainty(self) -> Certainty:
        """Return the signals of certainty so far: the probe's log-odds and the least likely token."""
        return Certainty(self._probe_reading.log_odds, self._least_log_prob)

    def _add(self, token: int) -> None:
        self._first_token_at = self._first_token_at or time.perf_counter()
        if token in self._end_tokens:
            self.finish("end")
            return
        self.tokens.append(token)
        self.undelivered.append(token)
        if len(self.tokens) == self._limit:
            self.finish("length")
