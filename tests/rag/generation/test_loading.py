"""Loading a model: a damaged folder and too little memory are clear errors."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import torch

from rag.errors import ModelError
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.loading import load_model
from rag.runtime.compute_thread import on_compute_thread
from tests.support.random_models import CPU, logits_of, random_model, save_model


def load(folder: Path) -> Any:
    return on_compute_thread(load_model, folder, CPU)


def test_a_folder_of_plain_weights_computes_what_was_save_model(tmp_path: Path) -> None:
    runners = [ModelRunner(model, CPU) for model in (load(save_model(tmp_path)), random_model(dtype=torch.bfloat16))]
    found, original = (
        logits_of(runner, ForwardInput(runner.new_cache(0), [5, 9, 2, 61], keep=4))[0] for runner in runners
    )
    assert torch.equal(found, original)


@pytest.mark.parametrize("damage", ["half", "gone", "no configuration"])
def test_a_folder_that_cannot_be_loaded_is_a_clear_error(tmp_path: Path, damage: str) -> None:
    folder = save_model(tmp_path / "my-model")
    weights = folder / "model.safetensors"
    if damage == "half":
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    else:
        (weights if damage == "gone" else folder / "config.json").unlink()
    with pytest.raises(ModelError, match=r"The generator in .*my-model cannot be loaded: .*Choose another model"):
        load(folder)


def test_too_little_memory_is_reported_before_the_weights_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"these are not weights")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=100_000_000))
    with pytest.raises(ModelError, match=r"about 0\.5 GB of memory and 0\.1 GB is free"):
        load(tmp_path)
