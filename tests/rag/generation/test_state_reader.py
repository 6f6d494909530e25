"""The states at the end of prompts are those of each alone, whatever is in the batch."""

from threading import Event, Thread

import pytest
import torch

from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.scheduler import LEAST_ROWS, Scheduler
from rag.generation.step_lock import StepLock
from tests.support.random_models import CPU, WatchedRunner, logits_of, make_scheduler, random_model, submit
from tests.support.waiting import until

SHARED = list(range(20))
PROMPTS = [
    [*SHARED, 7, 9],
    [*SHARED, 7, 9, 30, 31],
    [*SHARED, *(number % 90 for number in range(40, 400))],
    [*SHARED, 7, 8],
]
LAYERS = (0, 1)


def scheduler(prefix_bytes: int = 10**7) -> Scheduler:
    return make_scheduler(ModelRunner(random_model(), CPU, LAYERS), prefix_bytes=prefix_bytes)


def alone(prompt: list[int]) -> dict[int, torch.Tensor]:
    runner, found = ModelRunner(random_model(), CPU, LAYERS), list[dict[int, torch.Tensor]]()
    item = ForwardInput(runner.new_cache(0), prompt, 0, found.append, len(prompt) - 1)
    logits_of(runner, item)
    return found[0]


def test_states_of_prompts_that_begin_alike_are_those_of_each_alone() -> None:
    read = scheduler()
    (first,) = read.states.read(PROMPTS[:1], len(SHARED), max(LAYERS))
    together = read.states.read(PROMPTS[1:], len(SHARED), max(LAYERS))
    for prompt, states in zip(PROMPTS, [first, *together], strict=True):
        expected = alone(prompt)
        assert list(states) == [*LAYERS]
        assert all(torch.allclose(states[layer], expected[layer], atol=1e-4) for layer in LAYERS)


def test_layers_that_no_state_is_read_from_are_left_out_and_do_not_mix_with_answers() -> None:
    read = scheduler()
    (states,) = read.states.read([PROMPTS[1]], len(SHARED), 0)
    assert list(states) == [0]
    assert torch.allclose(states[0], alone(PROMPTS[1])[0], atol=1e-4)
    sequence, tokens = submit(read, PROMPTS[1], 4)
    assert list(tokens) == list(submit(scheduler(), PROMPTS[1], 4)[1])
    assert sequence.stats().reused_tokens == 0, "keys and values of some layers are no beginning of an answer"


def test_what_prompts_have_in_common_is_read_once_and_what_every_call_has_is_kept() -> None:
    runner = WatchedRunner(random_model(), LAYERS)
    read = make_scheduler(runner, prefix_bytes=10**7)
    question, prompts = [*SHARED, 7, 9], [[*SHARED, 7, 9, 30, 31], [*SHARED, 7, 9, 40], [*SHARED, 7, 9, 40]]
    read.states.read(prompts, len(SHARED), max(LAYERS))
    read.states.read(PROMPTS[3:], len(SHARED), max(LAYERS))
    assert [[rows for _, rows in each] for each in runner.passes] == [[len(question)], [2, 1, 1], [2]]


def test_without_prompts_nothing_is_read() -> None:
    runner = WatchedRunner(random_model(), LAYERS)
    assert make_scheduler(runner).states.read([], len(SHARED), max(LAYERS)) == []
    assert not runner.passes


def test_states_are_read_in_small_parts_while_a_step_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StepLock, "delays_a_step", True)
    runner = WatchedRunner(random_model(), LAYERS)
    read = make_scheduler(runner, prefix_bytes=10**7)
    read._rows_per_s = 1.0  # a machine so slow that a pass has the fewest rows
    found = read.states.read(PROMPTS, len(SHARED), max(LAYERS))
    for prompt, states in zip(PROMPTS, found, strict=True):
        assert torch.allclose(states[1], alone(prompt)[1], atol=1e-4)
    rows = [sum(rows for _, rows in each) for each in runner.passes]
    assert len(rows) > 10
    assert max(rows) == LEAST_ROWS


def test_states_are_read_while_others_write_and_not_when_they_have_written() -> None:
    read, judged, written = scheduler(0), Event(), list[int]()
    most = 3000

    def write() -> None:
        for token in submit(read, [5, 9, 2], most)[1]:
            written.append(token)
            if judged.is_set():
                break

    writer = Thread(target=write, daemon=True)
    writer.start()
    until(lambda: len(written) > 2, 60)
    read.states.read(PROMPTS, len(SHARED), max(LAYERS))
    judged.set()
    writer.join(timeout=60)
    assert len(written) < most


def test_states_are_read_beside_an_answer_that_is_written() -> None:
    read = scheduler(0)
    expected = list(submit(scheduler(0), [5, 9, 2], 12)[1])
    _, tokens = submit(read, [5, 9, 2], 12)
    begun = [next(tokens) for _ in range(3)]
    read.states.read(PROMPTS, len(SHARED), max(LAYERS))
    assert [*begun, *tokens] == expected
