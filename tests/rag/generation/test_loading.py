"""Loading a model: what is wrong with a folder is said in one sentence, and a lack of memory beforehand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import torch
from transformers import AutoTokenizer

from rag.errors import ModelError, SettingsError
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.generator import LocalGenerator
from rag.generation.loading import load_model
from rag.models.resolve import resolve_model
from rag.runtime.compute_thread import on_compute_thread
from rag.settings import load_settings
from tests.conftest import MODELS
from tests.support.random_models import CPU, logits_of, random_model


def saved(folder: Path, **changes: Any) -> Path:
    """A small model of random weights as a folder, without a tokenizer."""
    random_model(dtype=torch.bfloat16, **changes).save_pretrained(folder)
    return folder


def load(folder: Path) -> Any:
    return on_compute_thread(load_model, folder, CPU)


def test_a_folder_of_plain_weights_computes_what_was_saved(tmp_path: Path) -> None:
    runners = [ModelRunner(model, CPU) for model in (load(saved(tmp_path)), random_model(dtype=torch.bfloat16))]
    found, original = (
        logits_of(runner, ForwardInput(runner.new_cache(0), [5, 9, 2, 61], keep=4))[0] for runner in runners
    )
    assert torch.equal(found, original)


def test_too_little_memory_is_said_before_loading_with_the_figure_and_a_smaller_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "model.safetensors").open("wb") as weights:
        weights.truncate(7_000_000_000)  # nothing is written: the disk has none of it
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2_100_000_000))
    with pytest.raises(ModelError, match=r"about 7\.5 GB of memory and 2\.1 GB is free.*'--model tiny' needs"):
        load(tmp_path)  # weights that are no weights are not looked at


def test_enough_memory_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=600_000_000))
    assert load(saved(tmp_path)) is not None


@pytest.mark.parametrize("damage", ["half", "empty", "gone", "no configuration", "no folder"])
def test_a_folder_that_cannot_be_loaded_is_a_clear_error(tmp_path: Path, damage: str) -> None:
    folder = saved(tmp_path / "my-model")
    weights = folder / "model.safetensors"
    if damage == "half":
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    elif damage == "empty":
        weights.write_bytes(b"")
    elif damage == "gone":
        weights.unlink()
    elif damage == "no configuration":
        (folder / "config.json").unlink()
    else:
        folder = tmp_path / "elsewhere"
    with pytest.raises(ModelError, match=rf"The generator in .*{folder.name} cannot be loaded: .*models verify"):
        load(folder)


@pytest.mark.model
def test_a_tokenizer_that_is_missing_or_has_no_template_is_a_clear_error(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    with pytest.raises(ModelError, match=r"The tokenizer in .* cannot be loaded"):
        LocalGenerator(folder, context_tokens=512)
    tokenizer = AutoTokenizer.from_pretrained(resolve_model("tiny", "generator", MODELS, weights="int8"))
    tokenizer.chat_template = None
    tokenizer.save_pretrained(folder)
    with pytest.raises(ModelError, match="no chat template: choose an instruction-tuned model"):
        LocalGenerator(folder, context_tokens=512)


@pytest.fixture
def answering_model(tmp_path: Path) -> Path:
    """A small model of random weights with the tiny one's tokenizer and template, and a window of its own."""
    tokenizer = AutoTokenizer.from_pretrained(resolve_model("tiny", "generator", MODELS, weights="int8"))
    folder = saved(tmp_path / "model", vocab_size=len(tokenizer), max_position_embeddings=700)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.model
def test_the_window_is_the_smaller_of_the_models_and_the_one_that_is_set(answering_model: Path) -> None:
    assert LocalGenerator(answering_model, context_tokens=4096).context_tokens == 700
    assert LocalGenerator(answering_model, context_tokens=600).context_tokens == 600


@pytest.mark.model
def test_a_draft_model_of_another_vocabulary_is_refused(answering_model: Path, tmp_path: Path) -> None:
    draft = saved(tmp_path / "draft")
    with pytest.raises(ModelError, match=r"The tokenizer in .*draft cannot be loaded"):
        LocalGenerator(answering_model, context_tokens=512, draft_folder=draft)
    AutoTokenizer.from_pretrained(resolve_model("minilm", "embedder", MODELS)).save_pretrained(draft)
    with pytest.raises(ModelError, match=r"another vocabulary than the model\. Choose one of its family"):
        LocalGenerator(answering_model, context_tokens=512, draft_folder=draft)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threads", -1),
        ("answers_at_once", 0),
        ("answers_at_once", -3),
        ("answers_at_once", 65),
        ("answers_waiting", -1),
        ("prefix_cache_mb", -1),
        ("tensor_parallel", 0),
        ("context_tokens", 0),
        ("max_new_tokens", 0),
        ("max_new_tokens", -5),
        ("beams", 0),
        ("weights", "int3"),
        ("stop", ("###", "")),
    ],
)
def test_a_setting_out_of_its_range_is_named_before_anything_is_loaded(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"'{name}' is "):
        load_settings(**{name: value})


@pytest.mark.parametrize(("name", "value"), [("threads", 0), ("answers_waiting", 0), ("prefix_cache_mb", 0)])
def test_zero_is_a_value_where_it_means_something(name: str, value: int) -> None:
    assert getattr(load_settings(**{name: value}), name) == value
