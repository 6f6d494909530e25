"""The probe reads the model's state at the end of the question, whatever else is in the batch."""

from dataclasses import astuple
from pathlib import Path
from threading import Event

import pytest
import torch
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.generation.answerability_probe import Probe, load_probe
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.probe_files import PROBES, find_probe, own_probe
from rag.generation.scheduler import MAX_STEP_ROWS, Scheduler
from rag.runtime.compute_thread import on_compute_thread
from rag.types.decoding import Decoding
from tests.support.random_models import CPU, random_model, submit
from tests.support.values import present

PROMPT = [5, 9, 2, 61, 33, *range(40)]
LAYER = 1
TRAILING = 3


@pytest.fixture(scope="module")
def probe() -> Probe:
    return Probe(LAYER, torch.randn(64, generator=torch.Generator().manual_seed(3)), 0.25, TRAILING)


def scheduler(probe: Probe, *, prefix_bytes: int = 0) -> Scheduler:
    runner = ModelRunner(random_model(), CPU, [probe.layer])
    return Scheduler(runner, [], slots=4, queue=4, prefix_bytes=prefix_bytes, new_drafter=None, probe=probe)


def test_it_reads_the_layers_output_at_the_end_of_the_question(probe: Probe) -> None:
    sequence, tokens = submit(scheduler(probe), PROMPT, 3)
    assert sequence.certainty().answerable is None
    next(tokens)
    model = random_model(implementation="eager")
    states: list[torch.Tensor] = []
    model.model.layers[LAYER].register_forward_hook(lambda _module, _inputs, output: states.append(output))
    with torch.inference_mode():
        model(torch.tensor([PROMPT]))
    expected = float(states[0].reshape(-1, 64)[-1 - TRAILING] @ probe.weights) + probe.bias
    assert sequence.certainty().answerable == pytest.approx(expected, rel=1e-3)


def test_other_sequences_and_a_cached_prefix_do_not_change_what_it_reads(probe: Probe) -> None:
    alone, tokens = submit(scheduler(probe), PROMPT, 5)
    list(tokens)
    shared = scheduler(probe, prefix_bytes=10**6)
    list(submit(shared, [*PROMPT[:30], 7, 7], 5)[1])
    together = [submit(shared, prompt, 5) for prompt in (PROMPT, [8, 8, 8], PROMPT[:20])]
    for _, others in together:
        list(others)
    assert together[0][0].stats().reused_tokens == 30
    assert astuple(together[0][0].certainty()) == pytest.approx(astuple(alone.certainty()), abs=1e-4)


def test_the_log_probability_of_the_least_likely_token_is_returned(probe: Probe) -> None:
    sequence, tokens = submit(scheduler(probe), PROMPT, Decoding(max_new_tokens=6))
    written = list(tokens)
    runner = ModelRunner(random_model(), CPU)
    whole = [*PROMPT, *written]
    (logits,) = on_compute_thread(runner.forward, [ForwardInput(runner.new_cache(0), whole[:-1], keep=len(written))])
    each = [float(row.log_softmax(-1)[token]) for row, token in zip(logits, written, strict=True)]
    assert sequence.certainty().min_log_prob == pytest.approx(min(each), abs=1e-4)


def test_a_probe_is_loaded_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "some-model.safetensors"
    assert load_probe(file, 4) is None
    save_file(
        {"weights": torch.tensor([1.0, 0.0, -2.0, 0.5]).half()}, file, {"layer": "7", "bias": "-0.5", "trailing": "5"}
    )
    probe = present(load_probe(file, 4))
    assert (probe.layer, probe.position(100)) == (7, 94)
    assert probe.log_odds(torch.tensor([1.0, 9.0, 1.0, 2.0])) == pytest.approx(1.0 - 2.0 + 1.0 - 0.5)


def test_a_damaged_probe_or_one_of_another_model_is_a_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "some-model.safetensors"
    file.write_bytes(b"not tensors")
    with pytest.raises(ModelError, match=r"some-model\.safetensors cannot be read: .* Remove it, and fit it again"):
        load_probe(file, 4)
    save_file({"weights": torch.zeros(3)}, file, {"layer": "7", "bias": "0", "trailing": "5"})
    with pytest.raises(ModelError, match=r"made for another model\. Remove it"):
        load_probe(file, 4)
    with pytest.raises(ModelError, match=r"made for another model\. Install Citewell again"):
        load_probe(find_probe("default", tmp_path), 4)


def test_the_users_probe_comes_before_the_packaged_one(tmp_path: Path) -> None:
    assert find_probe("default", tmp_path) == PROBES / "qwen2.5-coder-1.5b.safetensors"
    own = own_probe("qwen2.5-coder-1.5b", tmp_path)
    own.parent.mkdir()
    own.touch()
    assert find_probe("default", tmp_path) == own == tmp_path / "probes" / "qwen2.5-coder-1.5b.safetensors"


def test_a_local_model_does_not_inherit_the_probe_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"one")
    probe = own_probe(str(folder), tmp_path)
    assert probe.name.startswith("model-")
    assert own_probe(f"{folder}/", tmp_path) == probe
    (folder / "model.safetensors").write_bytes(b"another")
    assert own_probe(str(folder), tmp_path) != probe
    file = tmp_path / "a.gguf"
    file.write_bytes(b"gguf")
    assert own_probe(str(file), tmp_path).name.startswith("a.gguf-")


@pytest.mark.parametrize("size", [MAX_STEP_ROWS + 1, MAX_STEP_ROWS + TRAILING])
def test_the_result_does_not_depend_on_where_a_long_prompt_is_split(probe: Probe, size: int) -> None:
    prompt = [(7 * number) % 89 for number in range(size)]
    streamed, tokens = submit(scheduler(probe), prompt, 1)
    list(tokens)
    prefilled = present(scheduler(probe).prefill(prompt, size + 1, Event()))
    odds = streamed.certainty().answerable
    assert odds is not None
    assert prefilled[1] == pytest.approx(odds, abs=1e-4)
