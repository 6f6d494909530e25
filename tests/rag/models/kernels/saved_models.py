"""Models saved in either format, as conversion does it, and what they compute."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from rag.errors import ModelError
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.loading import load_model
from rag.runtime.compute_thread import on_compute_thread
from tests.support.random_models import CPU, logits_of

TOKENS = [5, 9, 2, 61, 33, 8, 8, 90, 41]


def save(form: ModuleType, model: Any, folder: Path, **choices: Any) -> Path:
    """Save weights and configuration."""
    folder.mkdir(exist_ok=True)
    on_compute_thread(form.save, model, folder, **choices)
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    return folder


def logits(model: Any) -> torch.Tensor:
    runner = ModelRunner(model, CPU)
    return logits_of(runner, ForwardInput(runner.new_cache(0), TOKENS, keep=len(TOKENS)))[0]


def rename_in_index(index: Path, name: str) -> None:
    """Rename a tensor in an index, as another version of transformers might."""
    text = index.read_text()
    assert f'"{name}"' in text
    index.write_text(text.replace(f'"{name}"', '"called.otherwise"'))


def require_refusal(folder: Path) -> None:
    """Check that a damaged folder is refused with what to do."""
    said = rf"The generator in .*{folder.name} cannot be loaded: .*\. Remove the folder, and it will be made anew\."
    with pytest.raises(ModelError, match=said):
        on_compute_thread(load_model, folder, CPU)
