"""How a model is run is measured: layers that the ragged batch cannot compute run as transformers runs them."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks import model_families
from benchmarks.tiny_models import tiny_model
from rag.errors import ModelError
from rag.generation import attention, engine_check
from rag.generation.engine_check import choose_engine, measure_engine, ragged_window
from rag.models.catalog import ENGINE_RECORD
from rag.models.causal_lm import can_set_attention
from tests.support.random_models import CPU, random_model

TOKENS = torch.randint(7, 90, (64,), generator=torch.Generator().manual_seed(0)).tolist()

FAMILIES = {
    "gemma3_text": "ragged",  # sliding windows, scaled embeddings
    "olmoe": "ragged",  # a mixture of experts
    "gemma2": "native",  # capped scores
    "gpt_oss": "native",  # attention sinks
    "deepseek_v3": "native",  # keys and values of different sizes
    "lfm2": "native",  # short convolutions
    "bloom": "native",  # attention of its own kind
    "llama4_text": "native",  # attention in chunks that 64 tokens pass
}


@pytest.mark.parametrize(("family", "mode"), FAMILIES.items(), ids=FAMILIES)
def test_a_family_writes_the_text_that_transformers_writes(family: str, mode: str, tmp_path: Path) -> None:
    result = model_families.run_family(family, tmp_path)
    assert (result.mode, result.verdict, result.refused, result.crash) == (mode, "equal", "", "")


def ready(model: Any) -> Any:
    """Set the ragged attention where it can be set, as loading does."""
    attention.register()
    if can_set_attention(model):
        model.set_attn_implementation(attention.NAME)
    return model


def test_a_model_whose_modules_hold_the_state_runs_one_sequence_at_a_time() -> None:
    engine = measure_engine(ready(tiny_model("recurrent_gemma")), CPU, TOKENS)
    assert (engine.mode, engine.max_sequences) == ("native", 1)
    assert engine.difference > 0.1


class RunTwice(torch.nn.Module):
    """A layer whose weights are used two times in a row."""

    def __init__(self, layer: torch.nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor, **arguments: Any) -> torch.Tensor:
        found: torch.Tensor = self.layer(self.layer(x, **arguments), **arguments)
        return found


def test_a_model_that_runs_a_layer_twice_over_one_cache_is_not_run_in_ragged_batches() -> None:
    model = ready(random_model())
    model.model.layers[0] = RunTwice(model.model.layers[0])
    with pytest.raises(ModelError, match="cannot run this model"):
        measure_engine(model, CPU, TOKENS)


def test_a_model_that_steps_to_something_else_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ready(tiny_model("mamba"))
    step = model.prepare_inputs_for_generation
    monkeypatch.setattr(model, "prepare_inputs_for_generation", lambda ids, **others: step(ids % 50, **others))
    with pytest.raises(ModelError, match="token by token") as refusal:
        measure_engine(model, CPU, TOKENS)
    assert len(str(refusal.value)) <= 300


def test_a_measurement_is_kept_where_there_is_a_record_and_used_again_by_the_same_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, record = random_model(), tmp_path / ENGINE_RECORD
    choose_engine(model, CPU, TOKENS, tmp_path, window=512)
    assert list(tmp_path.iterdir()) == [], "nothing is written into a folder of the user"
    wrong = {"mode": "native", "max_sequences": 1, "error": 0.0, "difference": 0.0, "noise": 0.0}
    record.write_text(json.dumps({"made_by": ["1", "2.0.0", "4.0.0"], "engine": wrong}))
    first = choose_engine(model, CPU, TOKENS, tmp_path, window=512)
    assert first.mode == json.loads(record.read_text())["engine"]["mode"] == "ragged"
    monkeypatch.setattr(engine_check, "measure_engine", lambda *_: pytest.fail("measured again"))
    assert choose_engine(model, CPU, TOKENS, tmp_path, window=512) == first


LONG_ROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "original_max_position_embeddings": 128,
    "factor": 4.0,
    "short_factor": [1.0] * 8,
    "long_factor": [4.0] * 8,
}


def test_a_window_beyond_the_border_of_long_rope_runs_natively(tmp_path: Path) -> None:
    settings = {"original_max_position_embeddings": 128, "max_position_embeddings": 512, "sliding_window": None}
    model = ready(tiny_model("phi3", rope_parameters=LONG_ROPE, **settings))
    assert ragged_window(model.config) == 128
    assert choose_engine(model, CPU, TOKENS, tmp_path, window=128).mode == "ragged"
    assert choose_engine(model, CPU, TOKENS, tmp_path, window=512).mode == "native"
