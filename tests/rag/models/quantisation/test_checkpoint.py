"""Converted folders of either format are known and loaded."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import current_thread

import pytest
import torch

from rag.errors import ModelError
from rag.generation.loading import load_model
from rag.models.catalog import BLOCK_INDEX, INT8_INDEX
from rag.models.quantisation import block_checkpoint, checkpoint, int8_checkpoint
from rag.runtime.compute_thread import NAME as COMPUTE
from rag.runtime.compute_thread import on_compute_thread
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.random_models import CPU, needs_int8, random_model


@pytest.mark.parametrize(
    "save",
    [
        pytest.param(block_checkpoint.save, marks=needs_kernels, id="blocks"),
        pytest.param(int8_checkpoint.save, marks=needs_int8, id="int8"),
    ],
)
def test_a_converted_folder_is_known_read_and_loaded(
    save: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not checkpoint.is_converted(tmp_path)
    assert checkpoint.begin_reading(tmp_path) is None
    model = random_model(dtype=torch.bfloat16)
    model.config.save_pretrained(tmp_path)
    assert callable(save)
    on_compute_thread(save, model, tmp_path)
    assert checkpoint.is_converted(tmp_path)
    threads: list[str] = []

    def recorded(fill: Callable[..., None], *rest: object) -> None:
        threads.append(current_thread().name)
        fill(*rest)

    for module in (block_checkpoint, int8_checkpoint):
        monkeypatch.setattr(module, "load_other_tensors", partial(recorded, module.load_other_tensors))
    loaded = checkpoint.load(tmp_path, None, checkpoint.begin_reading(tmp_path))
    assert type(loaded) is type(model)
    # Another thread that copies large tensors would get OpenMP threads of its own, and every product would be slower.
    assert [name.startswith(COMPUTE) for name in threads] == [True]


@pytest.mark.parametrize("index", [BLOCK_INDEX, INT8_INDEX])
def test_a_folder_that_lacks_a_file_is_left_to_the_loading_which_says_what_to_do(index: str, tmp_path: Path) -> None:
    (tmp_path / index).write_text("{}")
    (tmp_path / "int8-00001.safetensors").symlink_to(tmp_path / "absent")
    assert checkpoint.begin_reading(tmp_path) is None
    with pytest.raises(ModelError, match=r"cannot be loaded: .*\. Remove the folder, and it will be made anew\."):
        load_model(tmp_path, CPU, reading=None)


@pytest.mark.parametrize(
    ("blocks", "int8", "chosen"),
    [(True, True, "int4"), (True, False, "int4"), (False, True, "int8"), (False, False, "bfloat16")],
)
def test_the_smallest_format_that_the_processor_computes_is_chosen(
    blocks: bool, int8: bool, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "blocks_are_supported", lambda: blocks)
    monkeypatch.setattr(checkpoint, "int8_is_supported", lambda: int8)
    assert checkpoint.best_format() == chosen
