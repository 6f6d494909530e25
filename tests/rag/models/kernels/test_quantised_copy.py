"""A quantised copy is kept in the smallest way that is near enough; what says nothing about the weights is an error."""

from pathlib import Path
from typing import Any

import pytest
import torch

from rag.models.kernels import checkpoint, quantised_copy
from rag.models.kernels.quantised_copy import quantised_error, write_quantised
from tests.support.random_models import needs_int8, random_model, word_tokenizer


def write(out: Path) -> str:
    out.mkdir()
    model = random_model(dtype=torch.bfloat16)
    model.config.save_pretrained(out)
    return write_quantised(model, word_tokenizer(), out, "int8")


@needs_int8
@pytest.mark.parametrize(("errors", "way"), [([0.1], "all"), ([0.2, 0.1], "blocks"), ([0.2, 0.2], "")])
def test_the_smallest_way_that_is_near_enough_is_kept(
    errors: list[float], way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantised_copy, "quantised_error", lambda *_: errors.pop(0))
    assert write(tmp_path / "out") == way
    assert errors == []
    assert checkpoint.is_converted(tmp_path / "out") is bool(way)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def load(*_: Any) -> None:
        raise error

    monkeypatch.setattr(checkpoint, "load", load)


def test_weights_that_cannot_be_run_are_infinitely_far_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert quantised_error(tmp_path, [1], [1]) == float("inf")


def test_a_want_of_memory_is_no_fault_of_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError) as short:
        torch.empty(10**16)
    failing(monkeypatch, short.value)
    with pytest.raises(MemoryError, match="memory ran short"):
        quantised_error(tmp_path, [1], [1])
