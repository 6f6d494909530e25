"""Find the type of each line: size, weight and slope of its first and last letter.

Every character would cost a call to pdfium, so a line costs one, and two where it begins larger than the line before or
in bold or italics: such words that begin a paragraph differ from its end, and a heading is alike from end to end.
"""

import ctypes
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import hypot
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.blocks.geometry import Line

_NAME_BYTES = 128
_SMALL = 4.0
"""Nominal size below which the text matrix holds the size, which then differs from line to line."""
_SAME_HEIGHT = 0.12
_HEAVY = 600
_ITALIC_FLAG = 64

_SUBSET = re.compile(r"[A-Z]{6}\+")
_BOLD = re.compile(
    r"bold|black|heavy|demi|[-,]b(?:d|i)?\b|-medi(?:ital)?\b|^(?:cmb|cmssbx|sfbx|sfsx|sfb|ecbx|ecsx|lmbx|lmb\d)",
    re.IGNORECASE,
)
_ITALIC = re.compile(r"ital|obliq|[-,](?:b?it?)\b|^(?:cmti|cmsl|cmssi|sfti|sfsl|ecti|ecsl)", re.IGNORECASE)
_MONO = re.compile(r"mono|courier|consol|typewriter|^(?:cmtt|sftt|ectt|lmtt|lmmono)|code", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")

_address, _int = ctypes.c_void_p, ctypes.c_int


def _bind(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _address).value or 0)


_font_info = _bind(pdfium.FPDFText_GetFontInfo, ctypes.c_ulong, _address, _int, _address, ctypes.c_ulong, _address)
_font_size = _bind(pdfium.FPDFText_GetFontSize, ctypes.c_double, _address, _int)
_font_weight = _bind(pdfium.FPDFText_GetFontWeight, _int, _address, _int)
_matrix = _bind(pdfium.FPDFText_GetMatrix, _int, _address, _int, _address)


class Type(NamedTuple):
    """The type of a line. `even`: its first and last letters are alike. `mono`: its letters are all of one width."""

    size: float
    bold: bool = False
    italic: bool = False
    even: bool = True
    mono: bool = False


class Face(NamedTuple):
    """What the name of a font says about its letters."""

    bold: bool
    italic: bool
    mono: bool


@lru_cache(4096)
def face(name: str) -> Face:
    """Return what the name of a font says about its letters."""
    return Face(bool(_BOLD.search(name)), bool(_ITALIC.search(name)), bool(_MONO.search(name)))


def line_types(handle: int, text: str, lines: Sequence[Line], index_of: Callable[[int], int]) -> list[Type]:
    """Return the type of every line of an open page of text, given pdfium's index of each position in `text`."""
    reader = _TypeReader(handle)
    types: list[Type] = []
    usual = 0.0
    for line in lines:
        first = _LETTER.search(text, line.start, line.end)
        start = first.start() if first else line.start
        height = line.top - line.bottom
        begins = reader.at(index_of(start), height)
        if begins.bold or begins.italic or begins.size > usual:
            last = _last_letter(text, start, line.end)
            ends = reader.at(index_of(last), height) if last > start else begins
            even = begins[1:3] == ends[1:3] and _alike(begins.size, ends.size)
            begins = begins._replace(size=max(begins.size, ends.size), even=even)
        usual = begins.size
        types.append(begins)
    return types


def _last_letter(text: str, start: int, end: int) -> int:
    for at in range(end - 1, start, -1):
        if text[at].isalpha():
            return at
    return start


def _alike(one: float, other: float) -> bool:
    """Return True for sizes that differ as little as those of large and small capitals."""
    return abs(one - other) <= 0.27 * max(one, other)


class _TypeReader:
    """Read the type of characters of one page, with as few calls of pdfium as give a right answer."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._name = ctypes.create_string_buffer(_NAME_BYTES)
        self._flags = ctypes.c_int()
        self._name_at, self._flags_at = ctypes.addressof(self._name), ctypes.addressof(self._flags)
        self._matrix = pdfium.FS_MATRIX()
        self._scales: dict[tuple[bytes, float], tuple[float, float]] = {}
        self._faces: dict[bytes, Face] = {}

    def at(self, index: int, height: float) -> Type:
        """Return the type of the character at an index; `height` is that of its line."""
        length = _font_info(self._handle, index, self._name_at, _NAME_BYTES, self._flags_at)
        name = self._name.value if 0 < length <= _NAME_BYTES else b""
        if name not in self._faces:
            self._faces[name] = self._face(name.decode("utf-8", "replace"), index)
        bold, italic, mono = self._faces[name]
        nominal = _font_size(self._handle, index)
        return Type(round(nominal * self._scale(name, nominal, height, index), 1), bold, italic, True, mono)

    def _face(self, name: str, index: int) -> Face:
        named = face(_SUBSET.sub("", name))
        heavy = int(_font_weight(self._handle, index)) >= _HEAVY
        return Face(named.bold or heavy, named.italic or bool(self._flags.value & _ITALIC_FLAG), named.mono)

    def _scale(self, name: bytes, nominal: float, height: float, index: int) -> float:
        """Return what the text matrix multiplies a size by; it is read again where lines of a size differ in height."""
        key = name, nominal
        known = self._scales.get(key)
        if known and nominal >= _SMALL and abs(known[0] - height) <= _SAME_HEIGHT * height:
            return known[1]
        if not _matrix(self._handle, index, ctypes.addressof(self._matrix)):
            return 1.0
        scale = hypot(self._matrix.c, self._matrix.d)
        self._scales[key] = height, scale
        return scale
