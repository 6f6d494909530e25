"""Claims are judged by the model's state at the end of a prompt, whatever else is in the batch."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
import torch
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.generation.claim_probe import ClaimProbe, load_claim_probe
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.probe_files import find_claim_probe, find_yes_no_probe
from rag.generation.scheduler import LEAST_ROWS, Scheduler, StepLock
from rag.generation.yes_no_probe import YesNoProbe, load_yes_no_probe
from tests.support.random_models import CPU, WatchedRunner, logits_of, make_scheduler, random_model, submit
from tests.support.values import present
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
    (first,) = read.read_states(PROMPTS[:1], len(SHARED), max(LAYERS))
    together = read.read_states(PROMPTS[1:], len(SHARED), max(LAYERS))
    for prompt, states in zip(PROMPTS, [first, *together], strict=True):
        expected = alone(prompt)
        assert list(states) == [*LAYERS]
        assert all(torch.allclose(states[layer], expected[layer], atol=1e-4) for layer in LAYERS)


def test_layers_that_no_state_is_read_from_are_left_out_and_do_not_mix_with_answers() -> None:
    read = scheduler()
    (states,) = read.read_states([PROMPTS[1]], len(SHARED), 0)
    assert list(states) == [0]
    assert torch.allclose(states[0], alone(PROMPTS[1])[0], atol=1e-4)
    sequence, tokens = submit(read, PROMPTS[1], 4)
    assert list(tokens) == list(submit(scheduler(), PROMPTS[1], 4)[1])
    assert sequence.stats().reused_tokens == 0, "keys and values of some layers are no beginning of an answer"


def test_what_all_prompts_begin_with_is_read_once() -> None:
    runner = WatchedRunner(random_model(), LAYERS)
    read = make_scheduler(runner, prefix_bytes=10**7)
    beginning, own = len(SHARED), [len(prompt) - len(SHARED) for prompt in PROMPTS[:2]]
    read.read_states(PROMPTS[:2], beginning, max(LAYERS))
    read.read_states(PROMPTS[1:2], beginning, max(LAYERS))
    assert [[rows for _, rows in each] for each in runner.passes] == [[beginning], own, own[1:]]


def test_states_are_read_in_small_parts_while_a_step_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StepLock, "delays_a_step", True)
    runner = WatchedRunner(random_model(), LAYERS)
    read = make_scheduler(runner, prefix_bytes=10**7)
    read._rows_per_s = 1.0  # a machine so slow that a pass has the fewest rows
    found = read.read_states(PROMPTS, len(SHARED), max(LAYERS))
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
    read.read_states(PROMPTS, len(SHARED), max(LAYERS))
    judged.set()
    writer.join(timeout=60)
    assert len(written) < most


def test_states_are_read_beside_an_answer_that_is_written() -> None:
    read = scheduler(0)
    expected = list(submit(scheduler(0), [5, 9, 2], 12)[1])
    _, tokens = submit(read, [5, 9, 2], 12)
    begun = [next(tokens) for _ in range(3)]
    read.read_states(PROMPTS, len(SHARED), max(LAYERS))
    assert [*begun, *tokens] == expected


def test_a_verdict_is_what_both_outputs_say() -> None:
    inner = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    weights = torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    probe = ClaimProbe(4, inner, torch.zeros(4), weights, torch.zeros(2))
    verdict = probe.verdict(torch.zeros(2))
    assert [verdict.supported, verdict.contradicted, verdict.not_stated] == pytest.approx([0.5, 0.25, 0.25])
    assert probe.verdict(torch.tensor([9.0, 9.0])).supported > 0.99
    assert probe.verdict(torch.tensor([-9.0, 9.0])).contradicted > 0.99
    assert probe.verdict(torch.tensor([-9.0, -9.0])).not_stated > 0.99


def test_the_default_model_has_its_probes_and_others_have_none() -> None:
    file = present(find_claim_probe("default"))
    probe = load_claim_probe(file, 1536)
    assert probe.inner.shape[1] == 1536
    with pytest.raises(ModelError, match="another model"):
        load_claim_probe(file, 64)
    file = present(find_yes_no_probe("default"))
    assert load_yes_no_probe(file, 1536).weights.shape == (2, 1536)
    with pytest.raises(ModelError, match="another model"):
        load_yes_no_probe(file, 64)
    for find in (find_claim_probe, find_yes_no_probe):
        assert find("smollm2-135m") is None
        assert find("someone/another-model") is None


def test_the_quote_that_decides_a_question_says_yes_or_no_and_none_is_even() -> None:
    probe = YesNoProbe(4, torch.eye(2), torch.zeros(2))
    decides_yes, decides_no = torch.tensor([9.0, 4.0]), torch.tensor([9.0, -4.0])
    beside = torch.tensor([-9.0, -6.0])
    assert probe.probability_of_yes([beside, decides_yes, beside]) > 0.95
    assert probe.probability_of_yes([beside, decides_no]) < 0.05
    assert probe.probability_of_yes([decides_yes, decides_no]) == pytest.approx(0.5)
    assert probe.probability_of_yes([beside]) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("load", [load_claim_probe, load_yes_no_probe])
def test_a_damaged_probe_is_a_sentence(load: Callable[[Path, int], object], tmp_path: Path) -> None:
    file = tmp_path / "some-claims.safetensors"
    file.write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="cannot be read"):
        load(file, 64)
    save_file({"weights": torch.zeros(2, 64)}, file)
    with pytest.raises(ModelError, match="cannot be read"):
        load(file, 64)
