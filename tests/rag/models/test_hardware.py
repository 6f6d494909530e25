"""Hardware: too little memory is reported before loading, and the embedder's number format is the faster one."""

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch

from rag.errors import ModelError
from rag.models import hardware
from rag.models.hardware import best_seconds, embedding_dtype, require_memory


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with 7 GB of weights, of which the disk has none."""
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(7_000_000_000)
    return tmp_path


def free_memory(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available))


def test_too_little_memory_is_reported_with_the_figures_and_a_smaller_choice(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free_memory(monkeypatch, 2_100_000_000)
    with pytest.raises(ModelError, match=r"about 7\.5 GB of memory and 2\.1 GB is free.*'--model tiny' needs"):
        require_memory(weights)


def test_enough_memory_is_no_obstacle(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free_memory(monkeypatch, 7_500_000_000)
    require_memory(weights)


@pytest.mark.skipif(torch.cuda.is_available() or torch.backends.mps.is_available(), reason="a GPU keeps float32")
@pytest.mark.parametrize(("speedup", "expected"), [(1.1, torch.float32), (1.3, torch.bfloat16)])
def test_bfloat16_is_used_where_it_is_clearly_faster(
    speedup: float, expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = {torch.float32: speedup, torch.bfloat16: 1.0}
    monkeypatch.setattr(hardware, "_product_seconds", seconds.__getitem__)
    assert embedding_dtype.__wrapped__() == expected


def test_the_first_run_does_not_count() -> None:
    runs: list[int] = []
    assert best_seconds(lambda: runs.append(len(runs))) >= 0
    assert len(runs) == hardware._ROUNDS + 1
