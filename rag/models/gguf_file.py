"""A GGUF file, by its header: a chat model of a kind that transformers unpacks, and whole. No tensor is read.

The package gguf has a reader, too, which takes seconds and hundreds of megabytes for the words of a vocabulary.
"""

import struct
from dataclasses import dataclass
from math import prod
from mmap import ACCESS_READ, mmap
from typing import Any

from rag.models.model_source import OTHER_CHAT_MODEL, ModelSource, shown

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_FORMATS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_ALIGNMENT = 32


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


def require_gguf_chat_model(source: ModelSource) -> None:
    """Check that a GGUF file holds a chat model. What else keeps transformers from unpacking it, conversion says.

    Raises:
        ModelError: it holds something else, or is cut off.
    """
    header = read_gguf_header(source)
    values = header.values
    architecture = str(values.get("general.architecture", ""))
    kind = str(values.get("general.type", "model"))
    if kind != "model" or architecture == "clip":
        raise source.refusal(
            f"is of the kind '{shown(kind if kind != 'model' else architecture)}', not a whole model. Choose the file "
            "of the chat model itself."
        )
    if values.get("split.count", 1) not in (0, 1):
        raise source.refusal(
            "is one part of several of a GGUF file. Join them with llama-gguf-split --merge, or choose a file in one."
        )
    if values.get(f"{architecture}.pooling_type"):
        raise source.refusal(
            f"is an embedder or a reranker ({shown(architecture)}), not a chat model. {OTHER_CHAT_MODEL}"
        )
    if not values.get("tokenizer.chat_template"):
        raise source.refusal(
            f"has no chat template ({shown(architecture)}), so it was not trained to answer. Choose a file of its "
            "instruct or chat version, or a model that 'citewell models list' names."
        )
    _require_all_tensors(source, header)


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


def _require_all_tensors(source: ModelSource, header: GGUFHeader) -> None:
    from gguf import GGML_QUANT_SIZES, GGMLQuantizationType

    size = source.path.stat().st_size
    for tensor in header.tensors:
        try:
            block, block_bytes = GGML_QUANT_SIZES[GGMLQuantizationType(tensor.type)]
        except (KeyError, ValueError) as error:
            raise source.refusal(
                f"is quantised as type {tensor.type}, which cannot be unpacked here. Choose a file in Q4_K_M, Q8_0 or "
                "F16."
            ) from error
        if header.data_start + tensor.offset + tensor.elements // block * block_bytes > size:
            raise _cut_off(source)
    if not header.tensors:
        raise _cut_off(source)


def _cut_off(source: ModelSource) -> Exception:
    return source.refusal("is damaged or cut off: it is shorter than its header says. Fetch or copy it again.")
