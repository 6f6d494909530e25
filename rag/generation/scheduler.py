"""Batched delivery: the sequences of several users advance together, token by token.

This is continuous batching (Yu et al. 2022, Orca), without a background thread. A reader that finds no token takes the
lock and computes one step for all sequences; the others find their tokens when they get the lock. So a single user
waits for nobody, nothing keeps running after a reader has left, and a sequence that nobody reads is skipped.
"""

from collections import deque
from collections.abc import Callable, Collection, Generator
from threading import Lock

import torch

from rag.errors import BusyError
from rag.generation.answerability_probe import Probe, ProbeReading
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.generation.prefix_cache import PrefixCache
from rag.generation.sequence import TokenSequence
from rag.generation.speculation import Drafter
from rag.runtime.compute_thread import on_compute_thread
from rag.runtime.progress import CancelEvent
from rag.types.decoding import Decoding

MAX_STEP_ROWS = 256
"""Longer prompts are prefilled in parts (chunked prefill), so that others go on decoding and a stop is noticed."""

MAX_DECODE_ROWS = 16
"""Rows of a step that decoding sequences share for their drafts: up to this many cost little more than one."""

_RETRY_S = 0.02
_MAX_UNDELIVERED = 64
"""A sequence with this many tokens that nobody has read is skipped."""


class Scheduler:
    """Schedule the sequences of several users in one batch over one model.

    Args:
        runner: the model.
        end_tokens: tokens that end a sequence.
        slots: maximum number of sequences in the batch.
        queue: maximum number of sequences that wait for a slot.
        prefix_bytes: memory of the prefix cache.
        new_drafter: makes a drafter for each sequence; None turns speculative decoding off.
        probe: the answerability probe, whose layer the runner taps.
    """

    def __init__(
        self,
        runner: ModelRunner,
        end_tokens: Collection[int],
        *,
        slots: int,
        queue: int,
        prefix_bytes: int,
        new_drafter: Callable[[], Drafter] | None,
        probe: Probe | None = None,
    ) -> None:
        self._runner = runner
        self._end_tokens = end_tokens
        self._slots = slots
        self._queue = queue
        self._new_drafter = new_drafter
        self._probe = probe
        self._prefixes = PrefixCache(prefix_bytes)
        self._waiting: deque[TokenSequence] = deque()
        self._running: list[TokenSequence] = []
        self._lock = Lock()
        self._queue_lock = Lock()  # guards `_waiting`, so that joining the queue does not wait for a step

    @property
    def active(self) -> int:
        """Number of sequences waiting or being generated."""
        return len(self._waiting) + sum(sequence.reason is None for sequence in tuple(self._running))

    def submit(self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent) -> TokenSequence:
        """Queue a sequence for a prompt; `tokens` then yields its tokens.

        Raises:
            BusyError: the queue is full.
        """
        drafter = self._new_drafter() if self._new_drafter else None
        sequence = TokenSequence(
            prompt, decoding, cancelled, self._end_tokens, drafter, self._runner.device, self._probe
        )
        with self._queue_lock:
            if self.active >= self._slots + self._queue:
                raise BusyError(f"{len(self._waiting)} questions are waiting already. Ask again in a minute.")
            self._waiting.append(sequence)
        return sequence

    def tokens(self, sequence: TokenSequence) -> Generator[int]:
        """Yield the tokens of a sequence as they are generated; closing the iterator frees its slot."""
        try:
            while not sequence.cancelled.is_set():
                ended = sequence.reason is not None  # read before the tokens: the last ones are then not missed
                if sequence.undelivered:
                    yield sequence.undelivered.popleft()
                    continue
                if ended:
                    return
                with self._lock:
                    advanced = bool(sequence.undelivered or sequence.reason) or on_compute_thread(self._step)
                if not advanced:  # every slot is held by a reader who has stopped reading
                    sequence.cancelled.wait(_RETRY_S)
        finally:
            sequence.finish("cancelled")
            self._release(sequence)

    def prefill(self, prompt: list[int], capacity: int, cancelled: CancelEvent) -> tuple[KVCache, float | None] | None:
        """Prefill all of a prompt but its last token, for beam search; return its KV cache and the probe's log-odds.

        None if cancelled meanwhile.
        """
        reading = ProbeReading(self._probe, len(prompt))
        with self._lock:
            empty = self._runner.new_cache(capacity)
            cache = on_compute_thread(self._prefixes.new_cache, prompt, capacity, [], empty, reading.min_prefill)
        while cache.length < len(prompt) - 1:
            if cancelled.is_set():
                return None
            self.forward([reading.forward_input(cache, prompt[cache.length : -1][:MAX_STEP_ROWS], keep=0)])
        return cache, reading.log_odds

    def forward(self, inputs: list[ForwardInput]) -> list[torch.Tensor]:
        """Run one forward pass between two steps of the batch."""
        with self._lock:
            return on_compute_thread(self._runner.forward, inputs)

    def _step(self) -> bool:
        """Advance the batch by one forward pass; return False if there was nothing to compute.

        Rows go to decoding sequences first, the rest to prefill in order of arrival.
        """
        self._admit()
        batch = []
        rows = MAX_STEP_ROWS
        decoding = sum(not sequence.is_prefilling for sequence in self._running)
        for sequence in sorted(self._running, key=lambda s: s.is_prefilling):
            if sequence.reason or rows < 1 or len(sequence.undelivered) >= _MAX_UNDELIVERED:
                continue
            if sequence.cancelled.is_set():
                sequence.finish("cancelled")
                continue
            max_rows = rows if sequence.is_prefilling else min(rows, max(1, MAX_DECODE_ROWS // decoding))
            item = sequence.next_input(max_rows)
            rows -= len(item.tokens)
            batch.append((sequence, item))
        results = self._runner.forward([item for _, item in batch]) if batch else []
        for (sequence, _), logits in zip(batch, results, strict=True):
            sequence.decode(logits)
        return bool(batch)

    def _admit(self) -> None:
        """Drop the sequences that have ended and fill free slots from the queue."""
        for ended in [sequence for sequence in self._running if sequence.reason]:
            self._retire(ended)
        with self._queue_lock:
            while self._waiting and len(self._running) < self._slots:
                sequence = self._waiting.popleft()
                if sequence.cancelled.is_set():
                    sequence.finish("cancelled")
                    continue
                running = [(other.tokens, other.cache) for other in self._running]
                empty = self._runner.new_cache(sequence.capacity)
                cache = self._prefixes.new_cache(
                    sequence.tokens, sequence.capacity, running, empty, sequence.min_prefill
                )
                sequence.start(cache)
                self._running.append(sequence)

    def _release(self, sequence: TokenSequence) -> None:
        """Free its slot at once if no step is being computed; otherwise the next step does."""
        with self._queue_lock:
            if sequence in self._waiting:
                self._waiting.remove(sequence)
        if self._lock.acquire(blocking=False):
            try:
                if sequence in self._running:
                    on_compute_thread(self._retire, sequence)
            finally:
                self._lock.release()

    def _retire(self, sequence: TokenSequence) -> None:
        self._running.remove(sequence)
        self._prefixes.store(sequence.tokens, sequence.cache)
