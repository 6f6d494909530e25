"""One sequence being generated: which tokens go through the model next, and which tokens its logits decode to."""

import time
from collections import deque
from collections.abc import Collection
from typing import NamedTuple

import torch

from rag.generation.answerability_probe import Probe, ProbeReading
from rag.generation.decoding.pattern_mask import PatternMask
from rag.generation.decoding.sampling import Sampler, with_openings
from rag.generation.decoding.speculation import Drafter
from rag.generation.decoding.token_mask import Choice, TokenMask
from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache
from rag.runtime.progress import CancelEvent
from rag.types import Certainty, GenerationStats, PromptRead, StopReason
from rag.types.decoding import Decoding

_SILENT_S = 1.0
"""Nobody wants to be told of so short a wait."""


class Progress(NamedTuple):
    """How far a sequence is: its tokens that passed through the model, tokens to deliver, and whether it has ended."""

    read: int
    undelivered: int
    has_ended: bool


class TokenSequence:
    """A prompt and the tokens generated after it. The scheduler takes `next_input` and hands the logits to `decode`.

    `undelivered` holds generated tokens that the reader has not taken yet; `reason` says why the sequence ended, and
    `failure` what kept it from beginning. What `is_forgotten` may hold text that was removed from the library.
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
        mask: TokenMask | PatternMask | None = None,
    ) -> None:
        self.tokens = list(prompt)
        self.cache: KVCache
        self.cancelled = cancelled
        self.undelivered: deque[int] = deque()
        self.reason: StopReason | None = None
        self.failure: Exception | None = None
        self.is_forgotten = False
        self.capacity = len(prompt) + decoding.max_new_tokens
        """Maximum number of tokens, prompt included."""
        self._prompt_tokens = len(prompt)
        self._end_tokens = end_tokens
        self._drafter = drafter
        self._probe_reading = ProbeReading(probe, len(prompt))
        self._log_probs: list[float] = []
        self._sampler = Sampler(decoding, prompt, device)
        self._openings = decoding.openings
        self._mask = mask
        self._draft: list[int] = []
        self._withheld: list[int] = []
        self._waiting_since = time.perf_counter()
        self._started_at = self._first_token_at = self._ended_at = 0.0
        self._reused = self._drafted = self._accepted = 0

    @property
    def progress(self) -> Progress:
        """How far it is now."""
        read = self.cache.length if self._started_at else 0
        return Progress(read, len(self.undelivered), self.reason is not None)

    @property
    def is_prefilling(self) -> bool:
        """True until the whole prompt has passed through the model."""
        return self.cache.length < len(self.tokens) - 1 or len(self.tokens) == self._prompt_tokens

    @property
    def prompt_read(self) -> PromptRead | None:
        """How far the prompt is read; None within the first second, and when it is whole."""
        seconds = time.perf_counter() - self._started_at
        if not self._started_at or seconds < _SILENT_S or not self.is_prefilling:
            return None
        new, left = self.cache.length - self._reused, self._prompt_tokens - self.cache.length
        return PromptRead(new / (new + left), seconds / new * left) if new else None

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
        room = min(max_rows - 1, self.capacity - len(self.tokens) - 1)
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
            token, back, chosen_from = self._choose(logits[row])
            if back:
                self._take_back(back)
                accepted, before = 0, len(self.tokens)
            self._log_probs.append(float(chosen_from.log_softmax(-1)[token]))
            self._add(token)
            if self.reason or back or token != drafted:
                break
            accepted += 1
        self.cache.crop(min(before + accepted, len(self.tokens)))
        if self._draft and self._drafter:
            self._drafter.learn(len(self._draft), accepted)
            self._drafted += len(self._draft)
            self._accepted += accepted

    def finish(self, reason: StopReason) -> None:
        """End the sequence, unless it has ended already."""
        if self.reason is None:
            self.reason, self._ended_at = reason, time.perf_counter()

    def fail(self, failure: Exception) -> None:
        """End a sequence that could not begin; its reader gets the failure."""
        self.failure = failure
        self.finish("interrupted")

    def leave(self) -> None:
        """End it for its reader: one who stops it with tokens not taken has not read what it ended with."""
        self.finish("cancelled")
        if self.undelivered and self.cancelled.is_set():
            self.reason = "cancelled"

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

    def certainty(self, first: int = 0) -> Certainty:
        """Return the signals of certainty so far: the probe's log-odds, and the least likely token from `first` on."""
        return Certainty(self._probe_reading.log_odds, min(self._log_probs[first:], default=0.0))

    def _choose(self, logits: torch.Tensor) -> Choice:
        if not self._log_probs:
            logits = with_openings(logits, self._openings)
        if self._mask is None:
            return Choice(self._sampler.next_token(logits), 0, logits)
        choice = self._mask.choose(logits, self._sampler.pick)
        self._sampler.add(choice.token, choice.back)
        return choice

    def _take_back(self, count: int) -> None:
        """Drop the last tokens, which nobody has seen."""
        for parts in (self.tokens, self._withheld, self._log_probs):
            del parts[-count:]

    def _add(self, token: int) -> None:
        self._first_token_at = self._first_token_at or time.perf_counter()
        if token in self._end_tokens:
            self._deliver(0)
            self.finish("end")
            return
        self.tokens.append(token)
        self._withheld.append(token)
        self._deliver(self._mask.held if self._mask else 0)
        if len(self.tokens) == self.capacity:
            if self._mask and (unfinished := self._mask.unfinished):  # a figure or name that the limit cuts
                self._take_back(unfinished)
            self._deliver(0)
            self.finish("length")

    def _deliver(self, held: int) -> None:
        """Give the reader all tokens but the last `held`."""
        count = len(self._withheld) - held
        self.undelivered.extend(self._withheld[:count])
        del self._withheld[:count]
