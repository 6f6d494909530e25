"""Prompts that are reused: read ahead, earlier and running ones; none once a text was removed."""

from collections.abc import Sequence
from threading import Event
from typing import Any

import pytest
import torch

from rag.generation.forward import ForwardInput
from rag.generation.scheduler import AHEAD_ROWS
from rag.types.decoding import Decoding
from tests.support.random_models import WatchedRunner, make_scheduler, submit, written


def test_earlier_prompts_and_answers_are_reused(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, prefix_bytes=10**7)
    prompt = list(range(50))
    answer = written(scheduler, prompt, 20)
    follow_up, tokens = submit(scheduler, [*prompt, *answer, 3, 1, 4], 5)
    list(tokens)
    assert follow_up.stats().reused_tokens == 50 + 20 - 1  # the last token of an answer was never computed
    unrelated, tokens = submit(scheduler, list(range(50, 90)), 5)
    list(tokens)
    assert unrelated.stats().reused_tokens == 0


def test_the_prefix_of_a_running_sequence_is_reused(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner)
    _, running = submit(scheduler, list(range(50)), 20)
    next(running)
    joined, tokens = submit(scheduler, [*range(45), 3, 1, 4], 5)
    list(tokens)
    assert joined.stats().reused_tokens == 45


def test_what_was_read_ahead_is_not_read_again_and_changes_no_token(model: Any, runner: WatchedRunner) -> None:
    prompt = list(range(50)) * 4
    expected = written(make_scheduler(WatchedRunner(model)), prompt, 10)
    scheduler = make_scheduler(runner, prefix_bytes=10**7)
    typed = [*prompt[:-20], 3, 3, 3]
    assert scheduler.read_ahead(typed, "ann", Event()) == len(typed)
    assert max(rows for step in runner.passes for _, rows in step) == AHEAD_ROWS
    runner.passes.clear()
    sequence, tokens = submit(scheduler, prompt, 10)
    assert list(tokens) == expected
    assert runner.passes[0] == [(sequence.cache, 20)]


def test_nothing_is_read_ahead_while_somebody_waits(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, prefix_bytes=10**7)
    _, tokens = submit(scheduler, [1, 2, 3], 5)
    assert scheduler.read_ahead([7] * 200, "ann", Event()) == 0
    assert runner.passes == []
    assert len(list(tokens)) == 5


def test_a_question_interrupts_reading_ahead_and_uses_what_is_read(model: Any) -> None:
    asked: list[tuple[Any, Any]] = []

    class AskedMeanwhile(WatchedRunner):
        def forward(self, inputs: Sequence[ForwardInput], until: int | None = None) -> list[torch.Tensor]:
            results = super().forward(inputs, until)
            if not asked:
                asked.append(submit(scheduler, prompt, 3))
            return results

    prompt, runner = [7] * 200, AskedMeanwhile(model)
    scheduler = make_scheduler(runner, prefix_bytes=10**7)
    assert scheduler.read_ahead(prompt, "ann", Event()) == AHEAD_ROWS
    ((_, tokens),) = asked
    assert len(list(tokens)) == 3
    assert [rows for ((_, rows),) in runner.passes[:2]] == [AHEAD_ROWS, 200 - AHEAD_ROWS]


def test_what_is_forgotten_while_it_is_read_ahead_is_not_kept(model: Any) -> None:
    class ForgottenMeanwhile(Event):
        """Asked between two steps whether to stop: meanwhile a text is removed from the library."""

        def is_set(self) -> bool:
            scheduler.forget()
            return super().is_set()

    runner = WatchedRunner(model)
    scheduler = make_scheduler(runner, prefix_bytes=10**7)
    scheduler.read_ahead([7] * 40, "ann", ForgottenMeanwhile())
    runner.passes.clear()
    list(submit(scheduler, [7] * 40, 1)[1])
    assert [rows for ((_, rows),) in runner.passes] == [40]


@pytest.mark.parametrize("is_waiting", [False, True])
def test_what_is_forgotten_while_it_is_answered_is_not_kept(runner: WatchedRunner, is_waiting: bool) -> None:
    scheduler = make_scheduler(runner, slots=1, prefix_bytes=10**7)
    _, first = submit(scheduler, [5] * 40, 3)
    next(first)
    _, second = submit(scheduler, [7] * 40, 3)
    scheduler.forget()
    assert (len(list(first)), len(list(second))) == (2, 3)
    runner.passes.clear()
    list(submit(scheduler, [7 if is_waiting else 5] * 40, 1)[1])
    assert [rows for ((_, rows),) in runner.passes] == [40]


def test_what_goes_on_from_a_forgotten_sequence_is_not_kept(runner: WatchedRunner) -> None:
    scheduler = make_scheduler(runner, prefix_bytes=10**7)
    thinking, tokens = submit(scheduler, [5] * 40, 3)
    next(tokens)
    scheduler.forget()
    list(tokens)
    answer = scheduler.submit([5] * 50, Decoding(max_new_tokens=2), Event(), before=thinking)
    list(scheduler.tokens(answer))
    runner.passes.clear()
    list(submit(scheduler, [5] * 50, 1)[1])
    assert [rows for ((_, rows),) in runner.passes] == [50]
