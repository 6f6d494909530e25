"""A checkpoint in int8: what is no product is stored unchanged, and tensors of other sizes are found."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from rag.generation import attention
from rag.models.catalog import INT8_INDEX
from rag.models.kernels import checkpoint, int8_checkpoint
from tests.rag.models.kernels.saved_models import rename_in_index, require_refusal, save
from tests.support.random_models import needs_int8, random_model

pytestmark = needs_int8


def test_everything_but_products_is_stored_unchanged(tmp_path: Path) -> None:
    original = random_model(family="qwen2", dtype=torch.bfloat16)
    loaded = checkpoint.load(save(int8_checkpoint, original, tmp_path), attention.NAME)
    assert torch.equal(loaded.model.norm.weight, original.model.norm.weight)
    assert loaded.model.norm.weight.dtype == torch.bfloat16
    assert not any(parameter.requires_grad for parameter in loaded.parameters())
    assert not loaded.training


def without_a_product(folder: Path) -> None:
    rename_in_index(folder / INT8_INDEX, "model.layers.1.mlp.down_proj.weight")


def with_ones_for(folder: Path, name: str) -> None:
    index = json.loads((folder / INT8_INDEX).read_text())
    file = folder / index["files"][name]
    save_file(load_file(file) | {name: torch.ones(16)}, file)


def with_a_norm_of_another_size(folder: Path) -> None:
    with_ones_for(folder, "model.norm.weight")


def with_a_scale_of_another_size(folder: Path) -> None:
    with_ones_for(folder, "model.layers.0.mlp.down_proj.weight.scale")


@pytest.mark.parametrize("damage", [without_a_product, with_a_norm_of_another_size, with_a_scale_of_another_size])
def test_a_damaged_folder_is_refused_with_what_to_do(damage: Callable[[Path], None], tmp_path: Path) -> None:
    folder = save(int8_checkpoint, random_model(dtype=torch.bfloat16), tmp_path)
    damage(folder)
    require_refusal(folder)
