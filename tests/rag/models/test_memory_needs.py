"""Too little memory is reported before a model is loaded or converted, with the figures and a smaller choice."""

import json
import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import torch
from gguf import GGUFWriter

from rag.errors import ModelError
from rag.generation import model_limits
from rag.models.catalog import WeightFormat
from rag.models.machine_speed import describe_machine
from rag.models.memory_needs import require_memory, require_memory_to_convert
from rag.runtime import limits
from tests.rag.models.conftest import write_out


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with 7 GB of weights, of which the disk has none."""
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(7_000_000_000)
    return tmp_path


def free_memory(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=available, available=available))
    monkeypatch.setattr(limits, "ROOT", Path("/nowhere"))


def test_a_container_has_no_more_memory_than_its_limit(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_memory(monkeypatch, 64_000_000_000)
    monkeypatch.setattr(limits, "ROOT", tmp_path)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/\n")
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    for name, content in (("max", "5000000000"), ("current", "1000000000"), ("stat", "inactive_file 100000000")):
        (tmp_path / f"sys/fs/cgroup/memory.{name}").write_text(f"{content}\n")
    with pytest.raises(ModelError, match=r"about 7\.5 GB of memory and 4\.1 GB is free"):
        require_memory(weights)
    with pytest.raises(ModelError, match=r"Converting big to int8 needs about 9\.3 GB.* 4\.1 GB is free"):
        require_memory_to_convert(write_large_weights(tmp_path / "big", "BF16", 2), "int8")
    assert model_limits.free_memory(torch.device("cpu")) == describe_machine().free_bytes == 4_100_000_000
    assert describe_machine().memory_bytes == 5_000_000_000


def write_large_weights(folder: Path, dtype: str, width: int) -> Path:
    """Write a folder with 3 matrices of 10⁹ weights, of which the disk has none."""
    size = 1_000_000_000 * width
    names = {
        f"{n}.weight": {"dtype": dtype, "shape": [1000, 1_000_000], "data_offsets": [n * size, (n + 1) * size]}
        for n in range(3)
    }
    header = json.dumps(names).encode()
    folder.mkdir()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(8 + len(header) + 3 * size)
    return folder


@pytest.mark.parametrize(
    ("dtype", "width", "weights", "needed"),
    [
        ("BF16", 2, "bfloat16", "0.3"),  # mapped from the file
        ("BF16", 2, "int8", "9.3"),
        ("F32", 4, "bfloat16", "6.3"),
        ("F16", 2, "int8", "15.3"),
    ],
)
def test_too_little_memory_for_a_conversion_is_reported_by_the_sizes_of_the_model_at_hand(
    tmp_path: Path, dtype: str, width: int, weights: WeightFormat, needed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_large_weights(tmp_path / "big", dtype, width)
    free_memory(monkeypatch, int(float(needed) * 1e9) - 1)
    with pytest.raises(ModelError, match=rf"Converting big to {weights} needs about {needed} GB.*'--model tiny'"):
        require_memory_to_convert(folder, weights)
    free_memory(monkeypatch, int(float(needed) * 1e9))
    require_memory_to_convert(folder, weights)


def test_a_gguf_file_is_counted_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = GGUFWriter(tmp_path / "x.gguf", "llama")
    for n in range(4):
        writer.add_tensor(f"blk.{n}.attn_q.weight", np.zeros((1000, 1000), dtype=np.float16))
    write_out(writer)
    free_memory(monkeypatch, 316_900_000)
    with pytest.raises(ModelError, match=r"x\.gguf to int8 needs about 0\.3 GB"):
        require_memory_to_convert(tmp_path / "x.gguf", "int8")
    free_memory(monkeypatch, 317_000_000)
    require_memory_to_convert(tmp_path / "x.gguf", "int8")
