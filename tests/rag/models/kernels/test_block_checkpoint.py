"""A checkpoint of blocks: bits by what a layer had, weights that are mapped, and damage that only its checks find."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from rag.generation import attention
from rag.models.catalog import BLOCK_INDEX, BLOCK_WEIGHTS
from rag.models.kernels import block_checkpoint, checkpoint
from tests.rag.models.kernels import saved_models
from tests.rag.models.kernels.saved_models import logits, require_refusal
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.kernels.random_tensors import relative_error
from tests.support.random_models import random_model

pytestmark = needs_kernels


def save(model: Any, folder: Path, **choices: Any) -> Path:
    return saved_models.save(block_checkpoint, model, folder, **choices)


def products(folder: Path) -> dict[str, int]:
    """Return the bits of each product by the name of its first layer."""
    index = json.loads((folder / BLOCK_INDEX).read_text())
    return {product["layers"][0]: product["bits"] for product in index["products"]}


def in_four_bits(model: Any) -> Any:
    """Return the model with 16 evenly spaced weights a row, as a GGUF file in four bits has them by groups."""
    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear):
            weight = layer.weight.data.float()
            low = weight.amin(dim=1, keepdim=True)
            step = (weight.amax(dim=1, keepdim=True) - low) / 15
            layer.weight.data = (((weight - low) / step).round() * step + low).to(layer.weight.dtype)
    return model


@pytest.mark.parametrize("changes", [{}, {"intermediate_size": 120, "hidden_size": 72, "head_dim": 16}], ids=str)
def test_a_model_that_was_in_four_bits_computes_nearly_the_same(changes: dict[str, Any], tmp_path: Path) -> None:
    model = in_four_bits(random_model(**changes, dtype=torch.bfloat16))
    folder = save(model, tmp_path)
    assert set(products(folder).values()) == {4, 8}
    loaded = checkpoint.load(folder, attention.NAME)
    assert relative_error(logits(loaded), logits(model.float())) < 0.15


def test_of_a_file_that_had_some_weights_in_more_bits_those_get_eight(tmp_path: Path) -> None:
    model = random_model(dtype=torch.bfloat16)
    for layer in model.model.layers:  # as if it had been in four bits: 16 values, evenly spaced
        weight = layer.mlp.down_proj.weight
        weight.data = ((weight.float() * 100).round().clamp(-8, 7) / 100).to(torch.bfloat16)
    bits = products(save(model, tmp_path, keeps_more=True))
    assert {each for name, each in bits.items() if name.endswith("down_proj")} == {4}
    assert {each for name, each in bits.items() if not name.endswith("down_proj")} == {8}


def test_weights_are_mapped_and_shared_not_read(tmp_path: Path) -> None:
    loaded = checkpoint.load(save(random_model(), tmp_path), None)
    start = loaded.lm_head._blocks.data_ptr()
    mapped = [line for line in Path("/proc/self/maps").read_text().splitlines() if line.endswith(BLOCK_WEIGHTS)]
    spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in mapped]
    assert any(low <= start < high for low, high in spans)


def with_one_bit_turned(folder: Path) -> None:
    weights = bytearray((folder / BLOCK_WEIGHTS).read_bytes())
    weights[len(weights) // 3] ^= 4
    (folder / BLOCK_WEIGHTS).write_bytes(weights)


def change_index(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the index: what the checksum of the weights does not cover."""
    index = json.loads((folder / BLOCK_INDEX).read_text())
    change(index)
    (folder / BLOCK_INDEX).write_text(json.dumps(index))


def of_a_later_version(folder: Path) -> None:
    change_index(folder, lambda index: index.update(version=99))


def with_a_norm_that_is_too_short(folder: Path) -> None:
    change_index(folder, lambda index: index["tensors"]["model.layers.0.input_layernorm.weight"].update(shape=[16]))


def with_a_tensor_without_an_entry(folder: Path) -> None:
    change_index(folder, lambda index: index["tensors"]["model.norm.weight"].update(shape=None))


@pytest.mark.parametrize(
    "damage",
    [with_one_bit_turned, of_a_later_version, with_a_norm_that_is_too_short, with_a_tensor_without_an_entry],
)
def test_a_damaged_folder_is_refused_with_what_to_do(damage: Callable[[Path], None], tmp_path: Path) -> None:
    folder = save(random_model(attention_bias=True), tmp_path)
    damage(folder)
    require_refusal(folder)
