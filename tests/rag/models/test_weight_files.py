"""The files that a loader would read are found, complete and undamaged; no pickle is opened."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.models import weight_files as weight_files_module
from rag.models.model_source import ModelSource
from rag.models.weight_files import TensorHeader, require_weights, weight_files
from tests.rag.models.conftest import Trap, close, refusal

INDEX = "model.safetensors.index.json"


def write_shards(folder: Path, *names: str) -> None:
    for n, name in enumerate(names):
        save_file({f"layer.{n}.weight": torch.zeros(2, 3)}, folder / name)
    index = {"weight_map": {f"layer.{n}.weight": name for n, name in enumerate(names)}}
    (folder / INDEX).write_text(json.dumps(index))


def test_headers_of_all_shards_are_read(tmp_path: Path) -> None:
    write_shards(tmp_path, "a.safetensors", "b.safetensors")
    tensors = require_weights(ModelSource(tmp_path, "x"))
    assert tensors == {f"layer.{n}.weight": TensorHeader("F32", (2, 3)) for n in (0, 1)}
    assert sum(tensor.elements for tensor in tensors.values()) == 12


def test_files_beside_the_shards_are_not_counted(tmp_path: Path) -> None:
    write_shards(tmp_path, "a.safetensors", "b.safetensors")
    for stray in ("consolidated.safetensors", "adapter_model.safetensors"):
        (tmp_path / stray).write_bytes(b"stray")
    assert [path.name for path in weight_files(tmp_path)] == ["a.safetensors", "b.safetensors"]
    save_file({"weight": torch.zeros(1)}, tmp_path / "model.safetensors")
    assert [path.name for path in weight_files(tmp_path)] == ["model.safetensors"]


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    write_shards(tmp_path, "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    refusal(require_weights, tmp_path, "lacks model-00002-of-00002.safetensors", "copy the missing file")


@pytest.mark.parametrize(
    "index", [{"weight_map": {"x": "../secret.safetensors"}}, {"weight_map": []}, {"weight_map": {"x": "weights.bin"}}]
)
def test_an_index_names_files_of_its_own_folder(tmp_path: Path, index: object) -> None:
    (tmp_path / INDEX).write_text(json.dumps(index))
    refusal(require_weights, tmp_path, f"damaged {INDEX}")


@pytest.mark.parametrize(
    ("pickled", "stray"),
    [("pytorch_model.bin", "adapter_model.safetensors"), ("model.pt", None), ("consolidated.00.pth", None)],
)
def test_pickled_weights_are_not_opened_even_beside_a_stray_safetensors_file(
    tmp_path: Path, pickled: str, stray: str | None, trap: Trap
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    torch.save({"weight": trap}, folder / pickled)
    if stray:
        save_file({"weight": torch.zeros(1)}, folder / stray)
    refusal(require_weights, folder, f"only pickled weights ({pickled})", "safetensors format")
    assert not trap.marker.exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("consolidated.safetensors", "has no weights: model.safetensors is missing"),
        ("x.Q4_K_M.gguf", "Name the file itself: x.Q4_K_M.gguf"),
    ],
)
def test_weights_of_another_layout_are_explained(tmp_path: Path, file: str, said: str) -> None:
    (tmp_path / file).write_bytes(b"")
    refusal(require_weights, tmp_path, said)


@pytest.mark.parametrize("kept", [0, 4, 60, -1])
def test_a_damaged_file_is_named(tmp_path: Path, kept: int) -> None:
    file = tmp_path / "model.safetensors"
    save_file({"weight": torch.zeros(4, 4)}, file)
    file.write_bytes(file.read_bytes()[:kept])
    refusal(require_weights, tmp_path, "damaged or incomplete model.safetensors", "git lfs pull")


def test_weights_of_eight_bits_are_refused_but_masks_and_positions_are_not(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    save_file({"embeddings.position_ids": torch.arange(8)[None], "mask": torch.ones(2, 2, dtype=torch.bool)}, file)
    require_weights(ModelSource(tmp_path, "x"))
    save_file({"layer.weight": torch.zeros(2, 2, dtype=torch.float8_e4m3fn)}, file)
    refusal(require_weights, tmp_path, "quantised weights (F8_E4M3)", "GGUF")


def test_an_index_that_cannot_be_read_is_an_error_of_the_model(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        weight_files(tmp_path)


def test_weights_that_may_not_be_read_are_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise FileNotFoundError("No such file or directory")  # what the library says of a file without permission

    save_file({"weight": torch.zeros(1)}, tmp_path / "model.safetensors")
    monkeypatch.setattr(weight_files_module, "safe_open", refuse)
    close(tmp_path / "model.safetensors", monkeypatch)
    with pytest.raises(ModelError, match=r"cannot be read: permission denied for model\.safetensors\."):
        require_weights(ModelSource(tmp_path, "x"))
