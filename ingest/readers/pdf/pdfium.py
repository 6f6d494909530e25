"""Read and render PDFs with pdfium: pages with their form values, and their text with its characters' boxes and types.

Form fields and typed remarks become part of a page's content, in memory: its text, boxes and rendering then agree.

Functions called once per line or character are bound again without argument conversion. That makes them three times
faster, and reading a PDF mostly consists of calling them. The type of every character would cost a call, so that of a
line costs one, and two where it begins larger than the line before or in bold or italics: such words that begin a
paragraph differ from its end, and a heading is alike from end to end.
"""

import ctypes
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import repeat
from math import hypot, sqrt
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # loads and starts the library
from PIL import Image

from ingest.readers.blocks.geometry import Box, Fractions, Line
from ingest.readers.pdf.metadata import OutlineEntry, read_metadata, read_outline, text_from
from rag.errors import DocumentError, LockedError

PDFIUM = RLock()
"""Lock around pdfium, which keeps global state: only one thread may call it at a time."""

MAX_PAGES = 20_000
MAX_PAGE_CHARACTERS = 1_000_000
MAX_PIXELS = 24_000_000
_WHITE = 0xFFFFFFFF

_LOCKED = "the PDF is encrypted; give its password (at the shell with --password)"
_WRONG_PASSWORD = "the PDF is encrypted, and the password given does not open it"  # noqa: S105  a message
_LABEL_BYTES = 256
_DEVICE_SIZE = 1_000_000

_FLATTENED = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT)
_PASSWORD = pdfium.FPDF_FORMFLAG_TEXT_PASSWORD

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


def bind(function: Any, result: Any, *arguments: Any) -> Any:
    """Return a function of pdfium whose arguments are not converted."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _address).value or 0)


_font_info = bind(pdfium.FPDFText_GetFontInfo, ctypes.c_ulong, _address, _int, _address, ctypes.c_ulong, _address)
_font_size = bind(pdfium.FPDFText_GetFontSize, ctypes.c_double, _address, _int)
_font_weight = bind(pdfium.FPDFText_GetFontWeight, _int, _address, _int)
_matrix = bind(pdfium.FPDFText_GetMatrix, _int, _address, _int, _address)
_loose_box = bind(pdfium.FPDFText_GetLooseCharBox, _int, _address, _int, _address)
_char_index = bind(pdfium.FPDFText_GetCharIndexFromTextIndex, _int, _address, _int)
_object_at = bind(pdfium.FPDFPage_GetObject, ctypes.c_ssize_t, _address, _int)
object_kind = bind(pdfium.FPDFPageObj_GetType, _int, _address)
object_bounds = bind(pdfium.FPDFPageObj_GetBounds, _int, *[_address] * 5)


class Forms:
    """The forms of an open document. Hold `PDFIUM` while using them."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._started = False
        self._environment: Any = None
        self._callbacks = pdfium.FPDF_FORMFILLINFO(version=2)  # none, so that no script runs and nothing opens

    def flatten(self, page: Any) -> list[Box]:
        """Flatten an open page and return where its values stand. Unless there are none, load the page again."""
        places = [_place(each) for each in _annotations(page) if pdfium.FPDFAnnot_GetSubtype(each) in _FLATTENED]
        if not places:
            return []
        form = self._form()
        self._hide_invisible(page, form)
        _keep_size(page)
        if form:  # gives values without a correct appearance one
            pdfium.FORM_OnAfterLoadPage(page, form)
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        if form:
            pdfium.FORM_OnBeforeClosePage(page, form)
        return places

    def close(self) -> None:
        """Release the form. Call this before closing the document."""
        if self._environment:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self._environment)
            self._environment = None

    def _form(self) -> Any:
        """Return pdfium's handle for the document's form, None if it has no form."""
        if not self._started and pdfium.FPDF_GetFormType(self._document) != pdfium.FORMTYPE_NONE:
            self._environment = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, self._callbacks)
        self._started = True
        return self._environment

    def _hide_invisible(self, page: Any, form: Any) -> None:
        """Hide print-only annotations and passwords, which flattening would include; it leaves out hidden ones."""
        for each in _annotations(page):
            flags = pdfium.FPDFAnnot_GetFlags(each)
            if flags & pdfium.FPDF_ANNOT_FLAG_NOVIEW or (form and _is_password(form, each)):
                pdfium.FPDFAnnot_SetFlags(each, flags | pdfium.FPDF_ANNOT_FLAG_HIDDEN)


def _annotations(page: Any) -> Iterator[Any]:
    """Yield the annotations of a page, each open until the next is asked for."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        if annotation := pdfium.FPDFPage_GetAnnot(page, index):
            try:
                yield annotation
            finally:
                pdfium.FPDFPage_CloseAnnot(annotation)


def _place(annotation: Any) -> Box:
    rectangle = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rectangle)
    return Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)


def _is_password(form: Any, annotation: Any) -> bool:
    if pdfium.FPDFAnnot_GetFormFieldType(form, annotation) != pdfium.FPDF_FORMFIELD_TEXTFIELD:
        return False
    return bool(pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD)


def _keep_size(page: Any) -> None:
    """Give the page its inherited size, because flattening would assume a letter-size page."""
    shown = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, shown)
    for give in (pdfium.FPDFPage_SetMediaBox, pdfium.FPDFPage_SetCropBox):
        give(page, shown.left, shown.bottom, shown.right, shown.top)


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


def page_objects(page: Any, places: Iterable[int]) -> list[int]:
    """Return the handles of the objects at these places of an open page."""
    return list(map(_object_at, repeat(ctypes.cast(page, _address).value), places))


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
        return text_from(pdfium.FPDF_GetPageLabel, self._handle, index, most=_LABEL_BYTES).strip()

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
            self._fields[index] = places
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


@contextmanager
def open_pdf(path: Path, password: str | None = None) -> Iterator[Pdf]:
    """Open a PDF, hold `PDFIUM`, and close it afterwards; raises what `Pdf` raises."""
    with PDFIUM:
        pdf = Pdf(path, password)
        try:
            yield pdf
        finally:
            pdf.close()
