"""Batched delivery: the sequences of several users advance together, token by token.

This is continuous batching (Yu et al. 2022, Orca), without a background thread. A reader that finds no token takes the
lock and computes one step for all sequences; the others find their tokens when it is their turn. So a single user
waits for nobody, nothing keeps running after a reader has left, and a sequence that nobody reads is skipped.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Sequence
from threading import Lock

import torch

from rag.errors import BusyError, QuestionError
from rag.generation.answerability_probe import Probe, ProbeReading
from rag.generation.decoding.pattern_mask import PatternRules
from rag.generation.decoding.speculation import Drafter
from rag.generation.decoding.token_mask import MaskRules, Splitter
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.generation.native_runner import NativeRunner
from rag.generation.prefix_cache import PrefixCache
from rag.generation.sequence import Progress, TokenSequence
from rag.generation.state_reader import StateReader
from rag.generation.step_lock import StepLock
from rag.runtime.compute_thread import on_compute_thread
from rag.runtime.progress import CancelEvent
from rag.types import PromptRead
from rag.types.decoding import Decoding

MAX_STEP_ROWS = 256
"""Longer prompts are prefilled in parts (chunked prefill), so that others go on decoding and a stop is noticed."""

MAX_DECODE_ROWS = 8
"""Rows of a step that decoding sequences share for their drafts: up to this many cost little more than one.
Sixteen wrote answers 5 % slower."""

MAX_PAUSE_S = 0.7
"""Seconds for which the words of others may wait while a part of a prompt is read."""

MAX_STEP_S = 2.0
"""Seconds that a step may take on a slow machine when nobody else writes: a stop is noticed after it."""

LEAST_ROWS = 32
"""Rows of such a part, however slow the machine is: with fewer, most of the time goes into fetching the weights."""

AHEAD_ROWS = 64
"""Rows of a step that reads ahead: a question that comes in waits for no more than these."""

_ANY_ROWS = 1 << 30
_WARM_UP_ROWS = 8
"""Rows that are read before the rate is measured: the first ones wait for weights from the disk."""

_RETRY_S = 0.02
_MAX_UNDELIVERED = 64
"""A sequence with this many tokens that nobody has read is skipped."""


class Scheduler:
    """Schedule the sequences of several users in one batch over one model.

    Args:
        runner: the model. One that cannot resume a sequence gets whole prompts, no drafts and no prefix cache.
        end_tokens: tokens that end a sequence.
        slots: maximum number of sequences in the batch.
        queue: maximum number of sequences that wait for a slot.
        prefix_bytes: memory of the prefix cache.
        new_drafter: makes a drafter for each sequence; None turns speculative decoding off.
        probe: the answerability probe, whose layer the runner taps.
        max_pause_s: seconds for which the words of others may wait while a part of a prompt is read.
        max_step_s: seconds that such a part may take when nobody else writes.
    """

    def __init__(
        self,
        runner: ModelRunner | NativeRunner,
        end_tokens: Collection[int],
        *,
        slots: int,
        queue: int,
        prefix_bytes: int,
        new_drafter: Callable[[], Drafter] | None,
        probe: Probe | None = None,
        max_pause_s: float = MAX_PAUSE_S,
        max_step_s: float = MAX_STEP_S,
    ) -> None:
        self._runner = runner
        self._end_tokens = end_tokens
        self._slots = min(slots, runner.max_sequences)
        self._queue = queue
        self._new_drafter = new_drafter if runner.resumable else None
        self._step_rows = MAX_STEP_ROWS if runner.resumable else _ANY_ROWS
        self._probe = probe
        self._max_pause_s = max_pause_s
        self._max_step_s = max_step_s
        self._rows_per_s = 0.0
        self._prefixes = PrefixCache(prefix_bytes)
        self._waiting: deque[TokenSequence] = deque()
        self._running: list[TokenSequence] = []
        self._ahead: dict[str, tuple[list[int], KVCache]] = {}
        self._lock = StepLock()
        self._queue_lock = Lock()  # guards `_waiting`, so that joining the queue does not wait for a step
        self.states = StateReader(runner, self._lock, prefix_bytes, self._rows_of_a_pass)

    @property
    def active(self) -> int:
        """Number of sequences waiting or being generated."""
        return len(self._waiting) + sum(sequence.reason is None for sequence in tuple(self._running))

    def submit(
        self,
        prompt: list[int],
        decoding: Decoding,
        cancelled: CancelEvent,
        rules: MaskRules | PatternRules | None = None,
        splitter: Splitter | None = None,
        before: TokenSequence | None = None,
    ) -> TokenSequence:
        """Queue a sequence for a prompt; `tokens` then yields its tokens.

        With `rules` its answer is masked, which the `splitter` tells from its thinking. A prompt that goes on from the
        sequence `before` is forgotten if that one was.

        Raises:
            BusyError: the queue is full.
        """
        drafter = self._new_drafter() if self._new_drafter else None
        mask = rules.mask(splitter, can_take_back=self._runner.resumable) if rules else None
        sequence = TokenSequence(
            prompt, decoding, cancelled, self._end_tokens, drafter, self._runner.device, self._probe, mask
        )
        sequence.is_forgotten = before is not None and before.is_forgotten
        with self._queue_lock:
            if self.active >= self._slots + self._queue:
                raise BusyError(f"{len(self._waiting)} questions are waiting already. Ask again in a minute.")
            self._waiting.append(sequence)
        return sequence

    def tokens(self, sequence: TokenSequence) -> Generator[int | PromptRead]:
        """Yield the tokens of a sequence as they are generated; closing the iterator frees its slot.

        Before them, how far the prompt is read, if that takes more than a second. A failure of its own beginning is
        raised here, and one of a step by whoever computes it.
        """
        try:
            while not sequence.cancelled.is_set():
                progress = sequence.progress  # read first: what comes later is then not missed
                if sequence.undelivered:
                    yield sequence.undelivered.popleft()
                    continue
                if progress.has_ended:
                    if sequence.failure:
                        raise sequence.failure
                    return
                advanced = self._advance(sequence, progress)
                if read := sequence.prompt_read:
                    yield read
                if not advanced:  # every slot is held by a reader who has stopped reading
                    sequence.cancelled.wait(_RETRY_S)
        finally:
            sequence.leave()
            self._release(sequence)

    def _advance(self, sequence: TokenSequence, progress: Progress) -> bool:
        """Compute a step, unless another's brings the sequence further; return False if there was none to compute."""
        if not self._lock.acquire(unless=lambda: sequence.progress != progress):
            return True
        try:
            return on_compute_thread(self._step)
        finally:
            self._lock.release()

    def prefill(self, prompt: list[int], capacity: int, cancelled: CancelEvent) -> tuple[KVCache, float | None] | None:
        """Prefill all of a prompt but its last token, for beam search; return its KV cache and the probe's log-odds.

        None if cancelled meanwhile.

        Raises:
            QuestionError: the model holds the state of one sequence only.
        """
        if self._runner.max_sequences == 1:
            raise QuestionError("This model can hold only one text at a time: set 'beams' to 1.")
        reading = ProbeReading(self._probe, len(prompt))
        with self._lock:
            cache = on_compute_thread(self._new_cache, prompt, capacity, [], reading.min_prefill)
        while cache.length < len(prompt) - 1:
            if cancelled.is_set():
                return None
            self.forward([reading.forward_input(cache, prompt[cache.length : -1][: self._step_rows], keep=0)])
        return cache, reading.log_odds

    def read_ahead(self, prompt: list[int], reader: str, cancelled: CancelEvent) -> int:
        """Read a prompt that may come soon while nothing is generated; return how many tokens of it are known now.

        What was read ahead for the same `reader` before is forgotten, but for what both have in common.
        """
        if not self._runner.resumable or self.active:
            return 0
        with self._lock:
            cache = on_compute_thread(self._new_cache, prompt, len(prompt), [], 0)
            self._ahead[reader] = entry = (prompt, cache)
        try:
            while cache.length < len(prompt) and not self.active and not cancelled.is_set():
                self.forward([ForwardInput(cache, prompt[cache.length :][:AHEAD_ROWS], keep=0)])
        finally:
            with self._lock:
                if self._ahead.get(reader) is entry:  # not forgotten meanwhile
                    del self._ahead[reader]
                    on_compute_thread(self._prefixes.store, prompt, cache, reader)
        return cache.length

    def tokens_per_s(self, sample: Sequence[int]) -> float:
        """Return how fast prompts are read here, by what was read last; else measured with a sample of tokens."""
        if not self._rows_per_s:
            with self._lock:
                on_compute_thread(self._measure, list(sample))
        return self._rows_per_s

    def _measure(self, sample: list[int]) -> None:
        for tokens in (sample[:_WARM_UP_ROWS], sample):
            cache = self._runner.new_cache(len(tokens))
            started = time.perf_counter()
            self._runner.forward([ForwardInput(cache, tokens, keep=1)])
            self._learn_rate(len(tokens), time.perf_counter() - started)

    def forget(self) -> None:
        """Drop the keys and values of everything that was read; sequences in progress go on, and are not kept."""
        with self._lock, self._queue_lock:
            self._prefixes.clear()
            self.states.forget()
            self._ahead.clear()
            for sequence in (*self._running, *self._waiting):
                sequence.is_forgotten = True

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
        decoding = sum(not sequence.is_prefilling for sequence in self._running)
        rows = available = self._rows_of_a_step(decoding)
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
        started = time.perf_counter()
        results = self._runner.forward([item for _, item in batch]) if batch else []
        self._learn_rate(available - rows, time.perf_counter() - started)
        for (sequence, _), logits in zip(batch, results, strict=True):
            sequence.decode(logits)
        return bool(batch)

    def _rows_of_a_step(self, decoding: int) -> int:
        """Return how many rows a step may have: no more than others, or who stops it, can wait for."""
        return self._rows_of_a_pass(self._max_pause_s if decoding else self._max_step_s)

    def _rows_of_a_pass(self, seconds: float) -> int:
        """Return how many rows can be read in so many seconds, as far as that is known and they may be parted."""
        if not self._rows_per_s or not self._runner.resumable:
            return self._step_rows
        return min(self._step_rows, max(LEAST_ROWS, int(self._rows_per_s * seconds)))

    def _learn_rate(self, rows: int, seconds: float) -> None:
        """Learn how fast this machine reads. The fastest of the last steps counts: another program may disturb one."""
        if rows >= LEAST_ROWS:
            self._rows_per_s = max(rows / max(seconds, 1e-9), 0.9 * self._rows_per_s)

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
                running = [*self._ahead.values(), *((other.tokens, other.cache) for other in self._running)]
                try:
                    cache = self._new_cache(sequence.tokens, sequence.capacity, running, sequence.min_prefill)
                except Exception as error:  # noqa: BLE001  no memory for it: its own reader is told, and others go on
                    sequence.fail(error)
                    continue
                sequence.start(cache)
                self._running.append(sequence)

    def _new_cache(
        self, prompt: list[int], capacity: int, running: list[tuple[list[int], KVCache]], min_prefill: int
    ) -> KVCache:
        """Return a cache for a prompt: with its longest known prefix, if the model can go on from one."""
        empty = self._runner.new_cache(capacity)
        if not self._runner.resumable:
            return empty
        return self._prefixes.new_cache(prompt, capacity, running, empty, min_prefill)

    def _release(self, sequence: TokenSequence) -> None:
        """Free its slot at once if no step is being computed; otherwise the next step does."""
        with self._queue_lock:
            if sequence in self._waiting:
                self._waiting.remove(sequence)
        if self._lock.acquire_if_free():
            try:
                if sequence in self._running:
                    on_compute_thread(self._retire, sequence)
            finally:
                self._lock.release()

    def _retire(self, sequence: TokenSequence) -> None:
        self._running.remove(sequence)
        if self._runner.resumable and not sequence.is_forgotten:
            self._prefixes.store(sequence.tokens, sequence.cache)
