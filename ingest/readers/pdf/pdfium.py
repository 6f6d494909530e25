"""Wrap pdfium for reading and rendering pages: documents, pages, and a page's text with its characters' boxes.

Functions called once per line or character are bound again without argument conversion. That makes them three times
faster, and reading a PDF mostly consists of calling them.
"""

import ctypes
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from math import sqrt
from pathlib import Path
from threading import RLock
from typing import Any

import pypdfium2.raw as pdfium  # loads and starts the library
from PIL import Image

from ingest.readers.blocks.geometry import Box, Line
from ingest.readers.pdf.fonts import Type, line_types
from ingest.readers.pdf.forms import Forms
from ingest.readers.pdf.metadata import read_metadata
from ingest.readers.pdf.outline import OutlineEntry, read_outline
from rag.errors import DocumentError, LockedError

PDFIUM = RLock()
"""Lock around pdfium, which keeps global state: only one thread may call it at a time."""

Fractions = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle, as fractions of the page's width and height as shown."""

MAX_PAGES = 20_000
MAX_PAGE_CHARACTERS = 1_000_000
MAX_PIXELS = 24_000_000
_WHITE = 0xFFFFFFFF

_LOCKED = "the PDF is encrypted; give its password (at the shell with --password)"
_WRONG_PASSWORD = "the PDF is encrypted, and the password given does not open it"  # noqa: S105  a message
_LABEL_BYTES = 256
_DEVICE_SIZE = 1_000_000

_address, _int = ctypes.c_void_p, ctypes.c_int


def _bind(function: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(_int, *arguments)(ctypes.cast(function, _address).value or 0)


_loose_box = _bind(pdfium.FPDFText_GetLooseCharBox, _address, _int, _address)
_char_index = _bind(pdfium.FPDFText_GetCharIndexFromTextIndex, _address, _int)


class DamagedPdfError(DocumentError):
    """A PDF that pdfium cannot open; another library may."""


class PageText:
    """The text of a page in pdfium's order, with the boxes of its characters.

    Lines end in CR LF, or in `LINE_END_HYPHEN` where a word is divided.
    """

    def __init__(self, handle: Any) -> None:
        self._handle = ctypes.cast(handle, _address).value
        count = max(0, pdfium.FPDFText_CountChars(handle))
        self.cut = count > MAX_PAGE_CHARACTERS
        count = min(count, MAX_PAGE_CHARACTERS)
        buffer = (ctypes.c_ushort * (2 * count + 2))()
        units = max(1, pdfium.FPDFText_GetText(handle, 0, count, buffer)) - 1 if count else 0
        self.text = bytes(memoryview(buffer)[:units]).decode("utf-16-le", "surrogatepass")
        self._indices_differ = units != count
        self._units: list[int] | None = None
        if len(self.text) != units:
            self._units = []
            at = 0
            for character in self.text:
                self._units.append(at)
                at += 2 if character > "\uffff" else 1

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        """Return boxes of characters of `text`, as wide as their advance, as high as their font; zeros if unknown."""
        indices = positions
        if self._units or self._indices_differ:
            indices = [self._index(position) for position in positions]
        edges = (ctypes.c_float * (4 * len(indices)))()
        first = ctypes.addressof(edges)
        places = range(first, first + ctypes.sizeof(edges), 16)
        deque(map(_loose_box, repeat(self._handle), indices, places), maxlen=0)
        lefts, tops, rights, bottoms = (edges[side::4] for side in range(4))
        return list(map(Box, lefts, bottoms, rights, tops))

    def types(self, lines: Sequence[Line]) -> list[Type]:
        """Return the type of each line: its size, weight and slope."""
        return line_types(self._handle or 0, self.text, lines, self._index)

    def _index(self, position: int) -> int:
        """Return pdfium's index of a character of `text`."""
        unit = self._units[position] if self._units else position
        return int(_char_index(self._handle, unit)) if self._indices_differ else unit


class PdfPage:
    """An open page. `fields` are the boxes of its form fields and typed remarks."""

    def __init__(self, handle: Any, fields: Sequence[Box] = ()) -> None:
        self.handle = handle
        self.fields = fields

    @property
    def shown(self) -> Box:
        """The visible part of the page."""
        rectangle = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(self.handle, rectangle)
        return Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown, in points."""
        return float(pdfium.FPDF_GetPageWidthF(self.handle)), float(pdfium.FPDF_GetPageHeightF(self.handle))

    def fractions(self, box: Box) -> Fractions:
        """Return a box as fractions of the page as shown; pdfium applies rotation and crop, corners are sorted here."""
        x, y = ctypes.c_int(), ctypes.c_int()
        across, down = [], []
        for corner in ((box.left, box.bottom), (box.right, box.top)):
            pdfium.FPDF_PageToDevice(self.handle, 0, 0, _DEVICE_SIZE, _DEVICE_SIZE, 0, *corner, x, y)
            across.append(min(max(x.value / _DEVICE_SIZE, 0.0), 1.0))
            down.append(min(max(y.value / _DEVICE_SIZE, 0.0), 1.0))
        return min(across), min(down), max(across), max(down)

    def image(self, scale: float) -> Image.Image:
        """Render it with `scale` pixels per point, fewer if the image would be too large.

        Raises:
            DocumentError: it has no size.
        """
        width, height = self.size
        if width <= 0 or height <= 0:
            raise DocumentError("the page has no size and cannot be shown")
        scale = min(scale, sqrt(MAX_PIXELS / (width * height)), MAX_PIXELS / max(width, height))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        bitmap = pdfium.FPDFBitmap_CreateEx(*size, pdfium.FPDFBitmap_BGR, None, 0)
        if not bitmap:
            raise DocumentError("there is no memory to show the page")
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, *size, _WHITE)
            pdfium.FPDF_RenderPageBitmap(bitmap, self.handle, 0, 0, *size, 0, pdfium.FPDF_ANNOT)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * size[1])
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        return Image.frombuffer("RGB", size, pixels, "raw", "BGR", stride, 1)

    @contextmanager
    def text(self) -> Iterator[PageText]:
        """Open its text, and close it afterwards."""
        handle = pdfium.FPDFText_LoadPage(self.handle)
        if not handle:
            raise DocumentError("the page is damaged")
        try:
            yield PageText(handle)
        finally:
            pdfium.FPDFText_ClosePage(handle)


class Pdf:
    """An open PDF. Hold `PDFIUM` while using it.

    Raises:
        LockedError: it is encrypted, and the password does not open it.
        DocumentError: it is damaged, or its encryption is not supported.
    """

    def __init__(self, path: Path, password: str | None = None) -> None:
        secret = password.encode() if password is not None else None
        self._handle = pdfium.FPDF_LoadDocument(os.fsencode(path), secret)
        if not self._handle:
            if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
                raise LockedError(_LOCKED if password is None else _WRONG_PASSWORD)
            if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_SECURITY:
                raise DocumentError("the PDF is encrypted in a way that is not read; save it without protection")
            raise DamagedPdfError("the PDF is damaged: it cannot be opened")
        self._forms = Forms(self._handle)
        self._fields: dict[int, list[Box]] = {}

    def __len__(self) -> int:
        return int(pdfium.FPDF_GetPageCount(self._handle))

    @property
    def attachments(self) -> int:
        """Number of files embedded in it."""
        return int(pdfium.FPDFDoc_GetAttachmentCount(self._handle))

    def label(self, index: int) -> str:
        """Return the number printed on a page, "" if the file does not state it."""
        buffer = ctypes.create_string_buffer(_LABEL_BYTES)
        size = int(pdfium.FPDF_GetPageLabel(self._handle, index, buffer, _LABEL_BYTES))
        return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip() if 2 < size <= _LABEL_BYTES else ""

    def outline(self) -> dict[int, list[OutlineEntry]]:
        """Return the entries of its outline by page index."""
        return read_outline(self._handle)

    def metadata(self) -> dict[str, str]:
        """Return what the file says about itself."""
        return read_metadata(self._handle)

    @contextmanager
    def page(self, index: int) -> Iterator[PdfPage]:
        """Open a page with its form values, and close it afterwards.

        Raises:
            DocumentError: it is damaged.
        """
        handle = self._load(index)
        if places := self._forms.flatten(handle):
            self._fields[index] = [Box(*place) for place in places]
            pdfium.FPDF_ClosePage(handle)
            handle = self._load(index)
        try:
            yield PdfPage(handle, self._fields.get(index, ()))
        finally:
            pdfium.FPDF_ClosePage(handle)

    def _load(self, index: int) -> Any:
        handle = pdfium.FPDF_LoadPage(self._handle, index)
        if not handle:
            raise DocumentError("the page is damaged")
        return handle

    def close(self) -> None:
        """Close the file."""
        if self._handle:
            self._forms.close()
            pdfium.FPDF_CloseDocument(self._handle)
            self._handle = None
