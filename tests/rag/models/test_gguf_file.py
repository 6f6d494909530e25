"""A GGUF file is judged by its header: a whole chat model that transformers can unpack."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFWriter

from rag.errors import ModelError
from rag.models.gguf_file import read_gguf_header, require_gguf_chat_model
from rag.models.model_source import ModelSource
from tests.rag.models.conftest import close, refusal, write_out


def write_gguf(
    file: Path,
    architecture: str = "llama",
    *,
    template: str | None = "{{ messages }}",
    values: Callable[[GGUFWriter], object] = lambda writer: None,
) -> Path:
    """Write a GGUF file with one tensor of 256 weights, whatever they are."""
    writer = GGUFWriter(file, architecture)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "b", "c"])
    writer.add_array("scores", [0.5, 1.5])
    if template is not None:
        writer.add_chat_template(template)
    values(writer)
    writer.add_tensor("token_embd.weight", np.zeros((4, 64), dtype=np.float32))
    write_out(writer)
    return file


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "model.gguf")


def test_the_header_has_values_and_the_number_of_weights(gguf: Path) -> None:
    header = read_gguf_header(ModelSource(gguf, "x"))
    assert header.values["general.architecture"] == "llama"
    assert header.values["tokenizer.chat_template"] == "{{ messages }}"
    assert header.values["tokenizer.ggml.tokens"] == 3
    assert [(tensor.name, tensor.shape, tensor.elements) for tensor in header.tensors] == [
        ("token_embd.weight", (64, 4), 256)
    ]


@pytest.mark.parametrize(
    ("architecture", "values", "said"),
    [
        ("qwen3", {"qwen3.pooling_type": 3}, "is an embedder or a reranker (qwen3)"),
        ("clip", {}, "of the kind 'clip', not a whole model"),
        ("llama", {"general.type": "adapter"}, "of the kind 'adapter', not a whole model"),
        ("llama", {"split.count": 3}, "one part of several"),
    ],
)
def test_other_files_are_named_for_what_they_are(
    tmp_path: Path, architecture: str, values: dict[str, Any], said: str
) -> None:
    def add(writer: GGUFWriter) -> None:
        for key, value in values.items():
            writer.add_string(key, value) if isinstance(value, str) else writer.add_uint32(key, value)

    refusal(require_gguf_chat_model, write_gguf(tmp_path / "x.gguf", architecture, values=add), said)


def test_a_file_without_a_chat_template_is_refused(tmp_path: Path) -> None:
    refusal(require_gguf_chat_model, write_gguf(tmp_path / "x.gguf", template=None), "no chat template", "instruct")


def test_every_cut_is_noticed(gguf: Path) -> None:
    whole = gguf.read_bytes()
    for kept in (0, 3, *range(5, len(whole) - 1, 37), len(whole) - 1):
        gguf.write_bytes(whole[:kept])
        refusal(require_gguf_chat_model, gguf, "GGUF" if kept == 3 else "cut off", "copy it again")


def test_something_else_named_gguf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.gguf").write_bytes(b"<html>not found</html>" * 9)
    refusal(require_gguf_chat_model, tmp_path / "x.gguf", "is not a GGUF file")


def test_a_version_that_nobody_writes_any_more_is_refused(gguf: Path) -> None:
    whole = gguf.read_bytes()
    gguf.write_bytes(whole[:4] + struct.pack("<I", 1) + whole[8:])
    refusal(require_gguf_chat_model, gguf, "version 1")


def test_an_absurd_number_of_values_ends_at_once(gguf: Path) -> None:
    whole = gguf.read_bytes()
    gguf.write_bytes(whole[:16] + struct.pack("<Q", 2**63) + whole[24:])
    refusal(require_gguf_chat_model, gguf, "cut off")


def test_known_quantisations_are_let_through_and_others_refused_by_name(gguf: Path) -> None:
    whole = gguf.read_bytes()
    for kind in (GGMLQuantizationType.Q4_0, GGMLQuantizationType.Q6_K, GGMLQuantizationType.IQ4_XS):
        gguf.write_bytes(with_type(whole, kind))
        require_gguf_chat_model(ModelSource(gguf, "x"))
    for number in (99, 4):
        gguf.write_bytes(with_type(whole, number))
        refusal(require_gguf_chat_model, gguf, f"is quantised as type {number}", "Q4_K_M")


def with_type(content: bytes, kind: int) -> bytes:
    """Replace the type of the only tensor, which stands 12 bytes before the end of its entry."""
    entry = content.index(b"token_embd.weight") + len(b"token_embd.weight") + 4 + 2 * 8
    return content[:entry] + struct.pack("<I", kind) + content[entry + 4 :]


def test_a_file_that_may_not_be_read_is_not_called_cut_off(gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close(gguf, monkeypatch)
    with pytest.raises(ModelError, match=r"'x' cannot be read: permission denied for model\.gguf\."):
        read_gguf_header(ModelSource(gguf, "x"))


def test_values_of_another_kind_than_they_should_be_are_damage(tmp_path: Path) -> None:
    split = write_gguf(tmp_path / "split.gguf", values=lambda writer: writer.add_string("split.count", "two"))
    refusal(require_gguf_chat_model, split, "one part of several")
    file = write_gguf(tmp_path / "scalar.gguf")
    name = b"token_embd.weight"
    content = file.read_bytes()
    at = content.index(name + struct.pack("<I", 2)) + len(name)
    file.write_bytes(content[:at] + struct.pack("<I", 0) + content[at + 4 + 16 :])
    with pytest.raises(ModelError, match="is damaged or cut off"):
        require_gguf_chat_model(ModelSource(file, "x"))
