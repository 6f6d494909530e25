"""The scheduler over a small model of random weights: which sequences advance, wait and end, and what remains."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import BusyError
from rag.generation import sequence as sequence_module
from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache
from rag.generation.scheduler import LEAST_ROWS, MAX_STEP_ROWS
from rag.runtime.compute_thread import NAME as COMPUTE
from rag.types import PromptRead
from rag.types.decoding import Decoding
from tests.support.random_models import WatchedRunner, make_scheduler, submit, written

PROMPTS = ([5, 9, 2], [7] * 40 + [1, 2], list(range(60)), [8])


@pytest.fixture(scope="module")
def alone(model: Any) -> list[list[int]]:
    """The 80 tokens generated after each prompt alone."""
    return [written(make_scheduler(WatchedRunner(model)), prompt, 80) for prompt in PROMPTS]


@settings(max_examples=20)
@given(schedule=st.lists(st.integers(0, len(PROMPTS) - 1), max_size=60), slots=st.integers(1, len(PROMPTS)))
def test_sequences_that_join_at_any_time_are_the_same_as_alone(
    model: Any, alone: list[list[int]], schedule: list[int], slots: int
) -> None:
    scheduler = make_scheduler(WatchedRunner(model), slots=slots, prefix_bytes=10**6)
    joined: dict[int, Any] = {}
    taken: dict[int, list[int]] = {}
    for who in [*schedule, *range(len(PROMPTS))]:
        if who not in joined:
            joined[who], taken[who] = submit(scheduler, PROMPTS[who], 30)[1], []
            if len(joined) > slots:  # it has to wait until one has ended
                first = next(iter(joined))
                taken[first] += list(joined[first])
        if (token := next(joined[who], None)) is not None:
            taken[who].append(token)
    for who, tokens in joined.items():
        taken[who] += list(tokens)
        assert taken[who] == alone[who][:30]
    assert scheduler.active == 0


def test_sequences_advance_together_in_one_pass(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner)
    answers = [submit(scheduler, prompt, 5)[1] for prompt in PROMPTS]
    next(answers[0])
    assert [rows for _, rows in runner.passes[0]] == [len(prompt) for prompt in PROMPTS]
    assert sum(len(list(tokens)) for tokens in answers) == 5 * len(PROMPTS) - 1
    assert len(runner.passes) == 5


def test_a_long_prompt_is_prefilled_in_parts_while_others_decode(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner)
    decoding, tokens = submit(scheduler, [1, 2, 3], 10)
    next(tokens)
    prefilling, _ = submit(scheduler, [4] * 1000, 2)
    runner.passes.clear()
    assert len(list(tokens)) == 9
    assert all(sum(rows for _, rows in work) <= MAX_STEP_ROWS for work in runner.passes)
    assert all(work[0] == (decoding.cache, 1) for work in runner.passes)
    assert [rows for work in runner.passes for cache, rows in work if cache is prefilling.cache][:4] == [
        MAX_STEP_ROWS - 1,
        MAX_STEP_ROWS - 1,
        MAX_STEP_ROWS - 1,
        1000 - 3 * (MAX_STEP_ROWS - 1),
    ]


def test_parts_are_smaller_where_who_stops_the_answer_would_wait_too_long(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, max_step_s=0.0)
    next(submit(scheduler, [4] * 300, 2)[1])
    assert [rows for work in runner.passes for _, rows in work] == [MAX_STEP_ROWS, LEAST_ROWS, 300 - 256 - LEAST_ROWS]


def test_how_fast_prompts_are_read_is_measured_once_and_then_learned_from_them(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner)
    measured = scheduler.tokens_per_s([4] * LEAST_ROWS)
    assert measured > 0
    runner.passes.clear()
    assert scheduler.tokens_per_s([4] * LEAST_ROWS) == measured
    assert not runner.passes
    next(submit(scheduler, [4] * 300, 2)[1])
    assert scheduler.tokens_per_s([4] * LEAST_ROWS) != measured


def test_how_far_a_prompt_is_read_is_told_between_its_parts(
    runner: WatchedRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequence_module, "_SILENT_S", 0.0)
    scheduler = make_scheduler(runner)
    sequence = scheduler.submit([4] * (3 * MAX_STEP_ROWS + 1), Decoding(max_new_tokens=2), Event())
    *told, _, _ = scheduler.tokens(sequence)
    reads = [each for each in told if isinstance(each, PromptRead)]
    assert [round(read.share, 2) for read in reads] == [0.33, 0.67, 1.0]
    assert all(read.seconds_left > 0 for read in reads)


def test_the_queue_is_bounded_and_the_error_says_when_to_ask_again(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, slots=1, queue=2)
    _, running = submit(scheduler, [1], 50)
    next(running)
    _, first = submit(scheduler, [2], 3)
    submit(scheduler, [3], 3)
    with pytest.raises(BusyError, match=r"^2 questions are waiting already\. Ask again in a minute\.$"):
        submit(scheduler, [4], 3)
    running.close()
    assert len(list(first)) == 3
    assert len(written(scheduler, [4], 3)) == 3


def test_sequences_are_admitted_in_order_of_arrival(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, slots=1)
    first, second, third = (submit(scheduler, [n], 4) for n in (1, 2, 3))
    next(third[1])  # whichever reader computes, the order is that of arrival
    assert (first[0].reason, second[0].reason) == ("length", "length")
    assert third[0].reason is None
    assert len(list(first[1])) == len(list(second[1])) == 4
    waited = [sequence.stats().waiting_s for sequence, _ in (first, second, third)]
    assert waited == sorted(waited)


def test_a_cancelled_sequence_frees_its_slot_by_the_next_step(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, slots=1)
    cancelled = Event()
    running, tokens = submit(scheduler, [1], 100, cancelled)
    next(tokens)
    waiting, others = submit(scheduler, [2], 3)
    cancelled.set()
    runner.passes.clear()
    next(others)
    assert running.reason == "cancelled"
    assert [cache for work in runner.passes for cache, _ in work] == [waiting.cache]
    assert list(tokens) == []
    assert len(list(others)) == 2


def test_a_sequence_cancelled_while_it_waits_ends_at_once(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, slots=1)
    _, running = submit(scheduler, [1], 100)
    next(running)
    cancelled = Event()
    waiting, tokens = submit(scheduler, [2], 3, cancelled)
    cancelled.set()
    runner.passes.clear()
    assert list(tokens) == []
    assert waiting.reason == "cancelled"
    assert scheduler.active == 1
    assert runner.passes == []


def test_closing_the_iterator_frees_the_slot_and_leaves_no_thread(runner: WatchedRunner) -> None:
    before = set(threading.enumerate())
    scheduler = make_scheduler(runner, slots=1)
    closed, tokens = submit(scheduler, [1], 100)
    next(tokens)
    tokens.close()
    assert (closed.reason, scheduler.active) == ("cancelled", 0)
    passes = len(runner.passes)
    assert len(written(scheduler, [2], 3)) == 3
    assert len(runner.passes) == passes + 3
    left = set(threading.enumerate()) - before
    assert [thread for thread in left if not thread.name.startswith(COMPUTE)] == []


def test_a_reader_who_stops_reading_does_not_delay_the_others(runner: WatchedRunner, alone: list[list[int]]) -> None:
    scheduler = make_scheduler(runner, slots=2)
    stalled, tokens = submit(scheduler, PROMPTS[0], 80)
    taken = [next(tokens)]
    assert len(written(scheduler, PROMPTS[1], 300)) == 300
    assert len(stalled.undelivered) < 79  # it was left out at some point
    assert stalled.reason is None
    taken += list(tokens)
    assert taken == alone[0]


class Interrupted(deque[int]):
    """Have another reader compute a step at the worst moment: right after this reader found nothing."""

    def __init__(self, meanwhile: Callable[[], Any]) -> None:
        super().__init__()
        self._meanwhile: Callable[[], Any] | None = meanwhile

    def __len__(self) -> int:
        length = super().__len__()
        if length == 0 and self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return length


def test_a_last_token_computed_by_another_readers_step_is_not_lost(
    runner: WatchedRunner, alone: list[list[int]]
) -> None:
    scheduler = make_scheduler(runner)
    _, others = submit(scheduler, PROMPTS[1], 80)
    sequence, tokens = submit(scheduler, PROMPTS[0], 1)
    sequence.undelivered = Interrupted(lambda: next(others))
    assert list(tokens) == alone[0][:1]


class FailsOnce(WatchedRunner):
    failing = False

    def forward(self, inputs: Sequence[ForwardInput], until: int | None = None) -> list[torch.Tensor]:
        if self.failing:
            self.failing = False
            raise RuntimeError("out of memory")
        return super().forward(inputs, until)


class HasNoMemoryFor(WatchedRunner):
    """A runner that cannot make the cache of a long sequence."""

    def new_cache(self, capacity: int) -> KVCache:
        if capacity > 500:
            raise RuntimeError("out of memory")
        return super().new_cache(capacity)


def test_a_sequence_that_cannot_begin_fails_for_its_own_reader_alone(model: Any) -> None:
    scheduler = make_scheduler(HasNoMemoryFor(model), slots=2)
    _, running = submit(scheduler, [1], 20)
    next(running)
    failed, unlucky = submit(scheduler, [2] * 600, 3)
    _, later = submit(scheduler, [3], 3)
    assert len(list(running)) == 19  # whose reader admits the others
    with pytest.raises(RuntimeError, match="out of memory"):
        list(unlucky)
    assert len(list(later)) == 3
    assert (failed.undelivered, scheduler.active) == (deque(), 0)


def test_a_failure_reaches_one_reader_and_the_others_continue(model: Any, alone: list[list[int]]) -> None:
    runner = FailsOnce(model)
    scheduler = make_scheduler(runner)
    _, unlucky = submit(scheduler, PROMPTS[0], 80)
    _, lucky = submit(scheduler, PROMPTS[1], 80)
    taken = [next(lucky)]
    next(unlucky)
    runner.failing = True
    with pytest.raises(RuntimeError, match="out of memory"):
        list(unlucky)
    taken += list(lucky)
    assert taken == alone[1]
    assert scheduler.active == 0


def test_readers_in_separate_threads_get_their_own_answers(model: Any, alone: list[list[int]]) -> None:
    scheduler = make_scheduler(WatchedRunner(model), slots=3, queue=16)
    found: dict[int, list[int]] = {}
    started = threading.Barrier(8)

    def read(number: int) -> None:
        started.wait()
        found[number] = written(scheduler, PROMPTS[number % len(PROMPTS)], 80)

    readers = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(timeout=60)
    assert [found[number] for number in range(8)] == alone * 2
    assert scheduler.active == 0
