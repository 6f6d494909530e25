"""Delivery: the answers of several users advance together, token by token (continuous batching; Yu et al. 2022, Orca).

Nothing runs by itself. Whoever wants a token and finds none takes the lock and has one step computed for everybody; the
others find theirs when they get the lock. So one user alone waits for nobody, a reader who goes away leaves nothing
running, and one who stops reading is left out of the steps until it reads on.
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

STEP_ROWS = 256
"""Rows of one step at most: a prompt is read in stretches, so that others' answers go on, and a stop is noticed."""

CHECKED_ROWS = 16
"""Rows of a step that answers in writing share for their drafts: up to so many cost little more than one."""

_PATIENCE_S = 0.02
_UNREAD = 64
"""Tokens that may lie unread before an answer is left out of the steps."""


class Engine:
    """Advances answers over one model.

    Args:
        runner: the model.
        end_tokens: tokens that end an answer.
        slots: answers that advance together.
        queue: answers that may wait for a slot.
        prefix_bytes: memory for what was read before.
        new_drafter: makes the drafter of an answer; None does not speculate.
        probe: reads off the model's state whether the sources answer the question; the runner taps its layer.
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
        self._counting = Lock()  # of `_waiting`, so that joining the queue does not wait for a step

    @property
    def active(self) -> int:
        """Answers that are waiting or being written."""
        return len(self._waiting) + sum(answering.reason is None for answering in tuple(self._running))

    def submit(self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent) -> TokenSequence:
        """Queue an answer; `tokens` then yields it.

        Raises:
            BusyError: too many are waiting.
        """
        drafter = self._new_drafter() if self._new_drafter else None
        answering = TokenSequence(
            prompt, decoding, cancelled, self._end_tokens, drafter, self._runner.device, self._probe
        )
        with self._counting:
            if self.active >= self._slots + self._queue:
                raise BusyError(f"{len(self._waiting)} questions are waiting already. Ask again in a minute.")
            self._waiting.append(answering)
        return answering

    def tokens(self, answering: TokenSequence) -> Generator[int]:
        """The tokens of an answer as they are chosen; closing the iterator frees its slot."""
        try:
            while not answering.cancelled.is_set():
                ended = answering.reason is not None  # asked first: whatever was produced before that is then seen
                if answering.produced:
                    yield answering.produced.popleft()
                    continue
                if ended:
                    return
                with self._lock:
                    advanced = bool(answering.produced or answering.reason) or on_compute_thread(self._step)
                if not advanced:  # every slot is held by someone who does not read on
                    answering.cancelled.wait(_PATIENCE_S)
        finally:
            answering.finish("cancelled")
            self._release(answering)

    def read(self, prompt: list[int], capacity: int, cancelled: CancelEvent) -> tuple[KVCache, float | None] | None:
        """A cache of all of a prompt but its last token, for a search of its own, and the log-odds of the probe.

        None if cancelled meanwhile.
        """
        reading = ProbeReading(self._probe, len(prompt))
        with self._lock:
            empty = self._runner.new_cache(capacity)
            cache = on_compute_thread(self._prefixes.begin, prompt, capacity, [], empty, reading.unread)
        while cache.length < len(prompt) - 1:
            if cancelled.is_set():
                return None
            self.compute([reading.work(cache, prompt[cache.length : -1][:STEP_ROWS], keep=0)])
        return cache, reading.log_odds

    def compute(self, work: list[ForwardInput]) -> list[torch.Tensor]:
        """One forward pass outside the common steps, between two of them."""
        with self._lock:
            return on_compute_thread(self._runner.forward, work)

    def _step(self) -> bool:
        """Advance everybody by one forward pass: answers first, the rest of the rows to prompts, first come first.

        Returns whether there was anything to do.
        """
        self._admit()
        work = []
        rows = STEP_ROWS
        writing = sum(not answering.is_reading for answering in self._running)
        for answering in sorted(self._running, key=lambda a: a.is_reading):
            if answering.reason or rows < 1 or len(answering.produced) >= _UNREAD:
                continue
            if answering.cancelled.is_set():
                answering.finish("cancelled")
                continue
            item = answering.work(rows if answering.is_reading else min(rows, max(1, CHECKED_ROWS // writing)))
            rows -= len(item.tokens)
            work.append((answering, item))
        results = self._runner.forward([item for _, item in work]) if work else []
        for (answering, _), logits in zip(work, results, strict=True):
            answering.accept(logits)
        return bool(work)

    def _admit(self) -> None:
        for done in [answering for answering in self._running if answering.reason]:
            self._retire(done)
        with self._counting:
            while self._waiting and len(self._running) < self._slots:
                answering = self._waiting.popleft()
                if answering.cancelled.is_set():
                    answering.finish("cancelled")
                    continue
                running = [(other.tokens, other.cache) for other in self._running]
                empty = self._runner.new_cache(answering.capacity)
                answering.begin(
                    self._prefixes.begin(answering.tokens, answering.capacity, running, empty, answering.unread)
                )
                self._running.append(answering)

    def _release(self, answering: TokenSequence) -> None:
        """Free its slot at once if no step is being computed; else the next step does."""
        with self._counting:
            if answering in self._waiting:
                self._waiting.remove(answering)
        if self._lock.acquire(blocking=False):
            try:
                if answering in self._running:
                    on_compute_thread(self._retire, answering)
            finally:
                self._lock.release()

    def _retire(self, answering: TokenSequence) -> None:
        self._running.remove(answering)
        self._prefixes.keep(answering.tokens, answering.cache)
