"""The package gguf, quickened: the same header and the same weights."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from rag.models.gguf_unpacking import quicken_gguf
from tests.rag.models.conftest import write_out


@pytest.fixture
def quickened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quicken gguf for one test: what is noted here is put back after it."""
    monkeypatch.setattr(gguf, "GGUFReader", gguf.GGUFReader)
    monkeypatch.setattr(gguf.quants, "_apply_over_grouped_rows", gguf.quants._apply_over_grouped_rows)
    quicken_gguf()


@pytest.mark.parametrize("kind", [gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_1])
def test_weights_are_unpacked_to_the_same_numbers(
    kind: gguf.GGMLQuantizationType, request: pytest.FixtureRequest
) -> None:
    packed = gguf.quantize(np.random.default_rng(0).normal(size=(700, 1024)).astype(np.float32), kind)
    expected = gguf.dequantize(packed, kind)
    request.getfixturevalue("quickened")
    assert np.array_equal(gguf.dequantize(packed, kind), expected)


def test_a_file_is_read_once(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = tmp_path / "tiny.gguf"
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_token_list(["a", "über", "c"])
    writer.add_tensor("norm", np.arange(8, dtype=np.float32))
    write_out(writer)
    expected = gguf.GGUFReader(file)
    request.getfixturevalue("quickened")
    reader = gguf.GGUFReader(file)
    assert gguf.GGUFReader(file) is reader
    assert list(reader.fields) == list(expected.fields)
    tokens = "tokenizer.ggml.tokens"
    assert reader.fields[tokens].contents() == expected.fields[tokens].contents() == ["a", "über", "c"]
    assert np.array_equal(reader.tensors[0].data, np.arange(8, dtype=np.float32))
