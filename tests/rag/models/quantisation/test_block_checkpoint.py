"""A checkpoint of blocks: saved, mapped, and nearly the model that it was; damage is found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.families.tiny_models import tiny_model
from rag.errors import ModelError
from rag.generation import attention
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.loading import load_model
from rag.models.catalog import BLOCK_INDEX, BLOCK_WEIGHTS
from rag.models.causal_lm import plain_logits, use_own_attention
from rag.models.quantisation import block_checkpoint
from rag.runtime.compute_thread import on_compute_thread
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.random_models import CPU, logits_of, random_model

pytestmark = needs_kernels

MODELS: dict[str, dict[str, Any]] = {
    "llama": {},
    "llama whose output layer is its embedding": {"tie_word_embeddings": True},
    "llama with biases": {"attention_bias": True, "mlp_bias": True},
    "llama with layers that no group divides": {"intermediate_size": 120, "hidden_size": 72, "head_dim": 16},
    "qwen2": {"family": "qwen2"},
}
TOKENS = [5, 9, 2, 61, 33, 8, 8, 90, 41]


def save(model: Any, folder: Path, **choices: Any) -> Path:
    """Save weights and configuration, as conversion does."""
    folder.mkdir(exist_ok=True)
    on_compute_thread(block_checkpoint.save, model, folder, **choices)
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    return folder


def products(folder: Path) -> dict[str, int]:
    """Return the bits of each product by the name of its first layer."""
    index = json.loads((folder / BLOCK_INDEX).read_text())
    return {product["layers"][0]: product["bits"] for product in index["products"]}


def logits(model: Any) -> torch.Tensor:
    runner = ModelRunner(model, CPU)
    return logits_of(runner, ForwardInput(runner.new_cache(0), TOKENS, keep=len(TOKENS)))[0]


def in_four_bits(model: Any) -> Any:
    """Return the model with 16 evenly spaced weights a row, as a GGUF file in four bits has them by groups."""
    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear):
            weight = layer.weight.data.float()
            low = weight.amin(dim=1, keepdim=True)
            step = (weight.amax(dim=1, keepdim=True) - low) / 15
            layer.weight.data = (((weight - low) / step).round() * step + low).to(layer.weight.dtype)
    return model


@pytest.mark.parametrize("changes", MODELS.values(), ids=MODELS.keys())
def test_a_model_in_eight_bits_computes_nearly_the_same(changes: dict[str, Any], tmp_path: Path) -> None:
    folder = save(random_model(**changes, dtype=torch.bfloat16), tmp_path, least_bits=8)
    loaded = on_compute_thread(block_checkpoint.load, folder, attention.NAME)
    exact, found = logits(random_model(**changes)), logits(loaded)
    assert float((found - exact).norm() / exact.norm()) < 0.15
    assert float(torch.cosine_similarity(found, exact).min()) > 0.95


@pytest.mark.parametrize("changes", MODELS.values(), ids=MODELS.keys())
def test_a_model_that_was_in_four_bits_computes_nearly_the_same(changes: dict[str, Any], tmp_path: Path) -> None:
    model = in_four_bits(random_model(**changes, dtype=torch.bfloat16))
    folder = save(model, tmp_path)
    assert set(products(folder).values()) == {4, 8}
    loaded = on_compute_thread(block_checkpoint.load, folder, attention.NAME)
    exact, found = logits(model.float()), logits(loaded)
    assert float((found - exact).norm() / exact.norm()) < 0.15


@pytest.mark.parametrize("family", ["gemma", "gemma3_text", "opt", "phimoe"])
def test_layers_that_compute_something_of_their_own_are_kept(family: str, tmp_path: Path) -> None:
    model = tiny_model(family).to(torch.bfloat16)
    use_own_attention(model)
    exact = plain_logits(model, TOKENS, len(TOKENS))
    loaded = on_compute_thread(block_checkpoint.load, save(model, tmp_path, least_bits=8), None)
    use_own_attention(loaded)
    assert float((plain_logits(loaded, TOKENS, len(TOKENS)) - exact).norm() / exact.norm()) < 0.3


def test_of_a_file_that_had_some_weights_in_more_bits_those_get_eight(tmp_path: Path) -> None:
    model = random_model(dtype=torch.bfloat16)
    for layer in model.model.layers:  # as if it had been in four bits: 16 values, evenly spaced
        weight = layer.mlp.down_proj.weight
        weight.data = ((weight.float() * 100).round().clamp(-8, 7) / 100).to(torch.bfloat16)
    bits = products(save(model, tmp_path, keeps_more=True))
    assert {each for name, each in bits.items() if name.endswith("down_proj")} == {4}
    assert {each for name, each in bits.items() if not name.endswith("down_proj")} == {8}


def test_weights_are_mapped_and_shared_not_read(tmp_path: Path) -> None:
    loaded = on_compute_thread(block_checkpoint.load, save(random_model(), tmp_path), None)
    start = loaded.lm_head._blocks.data_ptr()
    mapped = [line for line in Path("/proc/self/maps").read_text().splitlines() if line.endswith(BLOCK_WEIGHTS)]
    spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in mapped]
    assert any(low <= start < high for low, high in spans)


def without_the_weights(folder: Path) -> None:
    (folder / BLOCK_WEIGHTS).unlink()


def with_half_the_weights(folder: Path) -> None:
    weights = (folder / BLOCK_WEIGHTS).read_bytes()
    (folder / BLOCK_WEIGHTS).write_bytes(weights[: len(weights) // 2])


def with_one_bit_turned(folder: Path) -> None:
    weights = bytearray((folder / BLOCK_WEIGHTS).read_bytes())
    weights[len(weights) // 3] ^= 4
    (folder / BLOCK_WEIGHTS).write_bytes(weights)


def with_half_an_index(folder: Path) -> None:
    (folder / BLOCK_INDEX).write_text((folder / BLOCK_INDEX).read_text()[:100])


def of_a_later_version(folder: Path) -> None:
    index = json.loads((folder / BLOCK_INDEX).read_text())
    (folder / BLOCK_INDEX).write_text(json.dumps(index | {"version": 99}))


def without_a_norm(folder: Path) -> None:
    index = (folder / BLOCK_INDEX).read_text()
    name = "model.layers.1.input_layernorm.weight"
    assert name in index
    (folder / BLOCK_INDEX).write_text(index.replace(name, "called.otherwise"))


def change_index(folder: Path, name: str, change: Callable[[dict[str, Any]], object]) -> None:
    """Change an entry of the index in place: what the checksum of the weights does not cover."""
    index = json.loads((folder / BLOCK_INDEX).read_text())
    change(index["tensors"][name])
    (folder / BLOCK_INDEX).write_text(json.dumps(index))


def with_a_norm_that_is_too_short(folder: Path) -> None:
    change_index(folder, "model.layers.0.input_layernorm.weight", lambda entry: entry.update(shape=[16]))


def with_a_tensor_without_an_entry(folder: Path) -> None:
    change_index(folder, "model.norm.weight", lambda entry: entry.update(shape=None))


@pytest.mark.parametrize(
    "damage",
    [
        without_the_weights,
        with_half_the_weights,
        with_one_bit_turned,
        with_half_an_index,
        of_a_later_version,
        without_a_norm,
        with_a_norm_that_is_too_short,
        with_a_tensor_without_an_entry,
    ],
)
def test_a_damaged_folder_is_refused_with_what_to_do(damage: Callable[[Path], None], tmp_path: Path) -> None:
    folder = save(random_model(attention_bias=True), tmp_path)
    damage(folder)
    with pytest.raises(ModelError, match=r"cannot be loaded: .*\. Remove the folder, and it will be made anew\."):
        load_model(folder, CPU)
