"""A model with int8 weights on disk computes nearly what was saved; damage is a clear error."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from benchmarks.families.tiny_models import tiny_model
from rag.errors import ModelError
from rag.generation import attention
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.loading import load_model
from rag.models.catalog import INT8_INDEX
from rag.models.causal_lm import plain_logits, use_own_attention
from rag.models.quantisation import int8_checkpoint
from rag.models.quantisation.int8_linear import activation_range
from rag.runtime.compute_thread import on_compute_thread
from tests.support.random_models import CPU, logits_of, needs_int8, random_model

pytestmark = needs_int8

MODELS: dict[str, dict[str, Any]] = {
    "llama": {},
    "llama whose output layer is its embedding": {"tie_word_embeddings": True},
    "llama with biases": {"attention_bias": True, "mlp_bias": True},
    "qwen2": {"family": "qwen2"},
}
TOKENS = [5, 9, 2, 61, 33, 8, 8, 90, 41]


def save(model: Any, folder: Path) -> Path:
    """Save weights and configuration, as conversion does."""
    folder.mkdir(exist_ok=True)
    int8_checkpoint.save(model, folder)
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    return folder


def logits(model: Any) -> torch.Tensor:
    runner = ModelRunner(model, CPU)
    return logits_of(runner, ForwardInput(runner.new_cache(0), TOKENS, keep=len(TOKENS)))[0]


@pytest.mark.parametrize("changes", MODELS.values(), ids=MODELS.keys())
def test_a_saved_model_computes_nearly_the_same(changes: dict[str, Any], tmp_path: Path) -> None:
    folder = save(random_model(**changes, dtype=torch.bfloat16), tmp_path)
    loaded = on_compute_thread(int8_checkpoint.load, folder, attention.NAME)
    exact, found = logits(random_model(**changes)), logits(loaded)
    coarse = activation_range().max_magnitude < 64  # a processor without VNNI
    assert float((found - exact).norm() / exact.norm()) < (0.15 if coarse else 0.1)
    assert float(torch.cosine_similarity(found, exact).min()) > (0.98 if coarse else 0.99)


@pytest.mark.parametrize("family", ["gemma", "phimoe"])
def test_layers_that_compute_something_of_their_own_are_kept(family: str, tmp_path: Path) -> None:
    model = tiny_model(family).to(torch.bfloat16)
    use_own_attention(model)
    exact = plain_logits(model, TOKENS, len(TOKENS))
    loaded = on_compute_thread(int8_checkpoint.load, save(model, tmp_path), None)
    use_own_attention(loaded)
    assert float((plain_logits(loaded, TOKENS, len(TOKENS)) - exact).norm() / exact.norm()) < 0.3


def test_everything_but_products_is_stored_unchanged(tmp_path: Path) -> None:
    original = random_model(family="qwen2", dtype=torch.bfloat16)
    loaded = on_compute_thread(int8_checkpoint.load, save(original, tmp_path), attention.NAME)
    assert torch.equal(loaded.model.norm.weight, original.model.norm.weight)
    assert loaded.model.norm.weight.dtype == torch.bfloat16
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert not loaded.training


def without_a_shard(folder: Path) -> None:
    next(folder.glob("*.safetensors")).unlink()


def with_half_a_shard(folder: Path) -> None:
    shard = next(folder.glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])


def with_half_an_index(folder: Path) -> None:
    (folder / INT8_INDEX).write_text((folder / INT8_INDEX).read_text()[:100])


def without_a_product(folder: Path) -> None:
    rename_in_index(folder, "model.layers.1.mlp.down_proj.weight")


def with_a_norm_of_another_size(folder: Path) -> None:
    index = json.loads((folder / INT8_INDEX).read_text())
    file = folder / index["files"]["model.norm.weight"]
    save_file(load_file(file) | {"model.norm.weight": torch.ones(16)}, file)


def with_a_scale_of_another_size(folder: Path) -> None:
    index = json.loads((folder / INT8_INDEX).read_text())
    name = "model.layers.0.mlp.down_proj.weight.scale"
    save_file(load_file(folder / index["files"][name]) | {name: torch.ones(16)}, folder / index["files"][name])


def rename_in_index(folder: Path, name: str) -> None:
    """Rename a tensor in the index, as another version of transformers might."""
    index = (folder / INT8_INDEX).read_text()
    assert f'"{name}"' in index
    (folder / INT8_INDEX).write_text(index.replace(f'"{name}"', '"called.otherwise"'))


@pytest.mark.parametrize(
    "damage",
    [
        without_a_shard,
        with_half_a_shard,
        with_half_an_index,
        without_a_product,
        with_a_norm_of_another_size,
        with_a_scale_of_another_size,
    ],
)
def test_a_damaged_folder_is_a_clear_error(damage: Callable[[Path], None], tmp_path: Path) -> None:
    folder = save(random_model(dtype=torch.bfloat16), tmp_path / "int8")
    on_compute_thread(load_model, folder, CPU)
    damage(folder)
    with pytest.raises(ModelError, match=r"The generator in .*int8 cannot be loaded: .*Remove the folder"):
        on_compute_thread(load_model, folder, CPU)
