"""A GGUF file, by its header: a chat model that transformers can unpack, and whole. No tensor is read."""

import struct
from dataclasses import dataclass
from math import prod
from mmap import ACCESS_READ, mmap
from typing import Any

from rag.models.inspection.model_source import OTHER_CHAT_MODEL, ModelSource, shown

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_ALIGNMENT = 32

_TRANSFORMERS_NAMES = {
    "qwen2moe": "qwen2_moe",
    "qwen3moe": "qwen3_moe",
    "gpt-oss": "gpt_oss",
    "minimax-m2": "minimax_m2",
}
_ENCODER_DECODERS = {"t5", "umt5", "t5encoder"}
_OTHER_WHOLES = {"general", "tokenizer"}
"""Entries of transformers' table that are no architectures."""


@dataclass(frozen=True, slots=True)
class GGUFTensor:
    """A tensor's type as stored, its shape (rows last), and where it lies from the start of all tensors."""

    name: str
    type: int
    shape: tuple[int, ...]
    offset: int

    @property
    def elements(self) -> int:
        """Number of weights."""
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """Values of a GGUF file by their keys (of an array its length), its tensors, and where they begin."""

    values: dict[str, Any]
    tensors: list[GGUFTensor]
    data_start: int

    @property
    def architecture(self) -> str:
        """Name of the architecture, as llama.cpp calls it."""
        return str(self.values.get("general.architecture", ""))


def require_gguf_chat_model(source: ModelSource) -> GGUFHeader:
    """Return the header of a GGUF file that holds a chat model.

    Raises:
        ModelError: it holds something else, or is cut off, or quantised in a way that cannot be unpacked.
    """
    header = read_gguf_header(source)
    _require_whole_model(source, header)
    _require_architecture(source, header)
    _require_readable_tensors(source, header)
    _require_its_tokenizer(source, header)
    if not header.values.get("tokenizer.chat_template"):
        raise source.refusal(
            "has no chat template, so it was not trained to answer. Choose a file of its instruct or chat version, or "
            "a model that 'citewell models list' names."
        )
    return header


def read_gguf_header(source: ModelSource) -> GGUFHeader:
    """Return the header of a GGUF file.

    Raises:
        ModelError: it is no GGUF file, of an unknown version, cut off within the header, or may not be read.
    """
    try:
        with source.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            if content[:4] != _MAGIC:
                raise source.refusal("is not a GGUF file, though it is named like one. Fetch or copy it again.")
            reader = _Reader(content)
            version = reader.number("<I")
            if version not in _VERSIONS:
                raise source.refusal(f"is a GGUF file of version {version}; 2 and 3 can be read. Choose a newer file.")
            return reader.header()
    except PermissionError as error:
        raise source.unreadable(source.path.name) from error
    except (struct.error, ValueError, OSError, OverflowError) as error:  # an empty file is a ValueError
        raise _cut_off(source) from error


class _Reader:
    """A position in a GGUF file that moves on with each value read."""

    def __init__(self, content: mmap) -> None:
        self._content = content
        self._position = len(_MAGIC)

    def number(self, layout: str) -> Any:
        (value,) = struct.unpack_from(layout, self._content, self._position)
        self._position += struct.calcsize(layout)
        return value

    def header(self) -> GGUFHeader:
        tensor_count, value_count = self.number("<Q"), self.number("<Q")
        values: dict[str, Any] = {}
        for _ in range(value_count):
            key = self._text()
            values[key] = self._value(self.number("<I"))
        tensors = [self._tensor() for _ in range(tensor_count)]
        alignment = int(values.get("general.alignment", _ALIGNMENT)) or _ALIGNMENT
        return GGUFHeader(values, tensors, -(-self._position // alignment) * alignment)

    def _skip(self, size: int) -> int:
        start = self._position
        if size > len(self._content) - start:
            raise ValueError("the file ends within a value")
        self._position += size
        return start

    def _text(self) -> str:
        start = self._skip(self.number("<Q"))
        return self._content[start : self._position].decode("utf-8", "replace")

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._text()
        if kind != _ARRAY:
            return self.number(_FORMATS.get(kind, ""))
        element, count = self.number("<I"), self.number("<Q")
        if element in _FORMATS:
            self._skip(count * struct.calcsize(_FORMATS[element]))
            return count
        if element != _STRING:
            raise ValueError("an array of a kind that GGUF does not have")
        for _ in range(count):
            self._skip(self.number("<Q"))
        return count

    def _tensor(self) -> GGUFTensor:
        name = self._text()
        shape = tuple(self.number("<Q") for _ in range(self.number("<I")))
        if not shape:
            raise ValueError("a tensor without dimensions")
        return GGUFTensor(name, self.number("<I"), shape, self.number("<Q"))


def _require_whole_model(source: ModelSource, header: GGUFHeader) -> None:
    kind = str(header.values.get("general.type", "model"))
    if kind != "model" or header.architecture == "clip":
        name = kind if kind != "model" else "projector for images"
        raise source.refusal(
            f"is of the kind '{shown(name)}', not a whole model. Choose the file of the chat model itself."
        )
    parts = header.values.get("split.count") or 1
    if not isinstance(parts, int | float):
        raise _cut_off(source)
    if parts > 1:
        raise source.refusal(
            "is one part of several of a GGUF file. Join them with llama-gguf-split --merge, or choose a file in one."
        )


def _require_architecture(source: ModelSource, header: GGUFHeader) -> None:
    import transformers
    from transformers.integrations.gguf import GGUF_CONFIG_ARCHS
    from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES

    name = header.architecture
    if name in _ENCODER_DECODERS:
        raise source.refusal(f"is an encoder-decoder model ({name}), not a chat model. {OTHER_CHAT_MODEL}")
    if header.values.get(f"{name}.pooling_type") or "bert" in name:
        raise source.refusal(f"is an embedder or a reranker ({shown(name)}), not a chat model. {OTHER_CHAT_MODEL}")
    known = {*GGUF_CONFIG_ARCHS, *GGUF_SUPPORTED_ARCHITECTURES} - _OTHER_WHOLES
    if not {name, _TRANSFORMERS_NAMES.get(name)} & known:
        raise source.refusal(
            f"is of the architecture '{shown(name)}', which transformers {transformers.__version__} does not read from "
            "GGUF. Choose the same model as a folder in safetensors format."
        )
    if header.values.get("tokenizer.ggml.model") not in _tokenizers():
        raise source.refusal(
            f"has a tokenizer of the kind '{shown(header.values.get('tokenizer.ggml.model'))}', which transformers "
            "does not read from GGUF. Choose the same model as a folder in safetensors format."
        )


def _tokenizers() -> set[str]:
    from transformers.integrations.gguf.gguf_tokenizer_mapping import GGUF_TOKENIZER_TYPES

    return set(GGUF_TOKENIZER_TYPES)


def _require_its_tokenizer(source: ModelSource, header: GGUFHeader) -> None:
    tokens = header.values.get("tokenizer.ggml.tokens")
    rows = next((tensor.shape[-1] for tensor in header.tensors if tensor.name == "token_embd.weight"), None)
    if isinstance(tokens, int) and rows is not None and tokens > rows:
        raise source.refusal(
            f"has a tokenizer of {tokens} tokens, more than the {rows} of its weights. Fetch or copy the file again."
        )


def _require_readable_tensors(source: ModelSource, header: GGUFHeader) -> None:
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    size = source.path.stat().st_size
    for tensor in header.tensors:
        try:
            block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(tensor.type)]
        except (KeyError, ValueError) as error:
            raise _unknown_quantisation(source, f"type {tensor.type}") from error
        if header.data_start + tensor.offset + tensor.elements // block * block_bytes > size:
            raise _cut_off(source)
    for kind in {tensor.type for tensor in header.tensors}:
        _require_unpacking(source, GGMLQuantizationType(kind))
    if not header.tensors:
        raise _cut_off(source)


def _require_unpacking(source: ModelSource, kind: Any) -> None:
    """Check that blocks of a quantisation can be unpacked, by unpacking one."""
    import numpy as np
    from gguf import GGML_QUANT_SIZES, dequantize

    try:
        dequantize(np.zeros((1, GGML_QUANT_SIZES[kind][1]), dtype=np.uint8), kind)
    except NotImplementedError as error:
        raise _unknown_quantisation(source, kind.name) from error


def _unknown_quantisation(source: ModelSource, name: str) -> Exception:
    return source.refusal(
        f"is quantised as {shown(name)}, which cannot be unpacked here. Choose a file in Q4_K_M, Q8_0 or F16."
    )


def _cut_off(source: ModelSource) -> Exception:
    return source.refusal("is damaged or cut off: it is shorter than its header says. Fetch or copy it again.")
