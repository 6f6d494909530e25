"""Read the rulings of a page from its path objects, those in form XObjects too: straight lines and thin rectangles.

A drawing may have tens of thousands of paths, so the work is bounded: a page with more is taken for a drawing.
"""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.blocks.geometry import Box, upright
from ingest.readers.pdf.pdfium import PdfPage

MAX_OBJECTS = 50_000
MAX_PATHS = 8_000
MAX_SEGMENTS = 20_000
_MAX_DEPTH = 3
_THIN = 3.5
_SHORT = 4.0
_STRAIGHT = 0.6
_RECTANGLE = 5

_handle, _int, _address = ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p


def _bind(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _address).value or 0)


_object = _bind(pdfium.FPDFPage_GetObject, _handle, _handle, _int)
_form_object = _bind(pdfium.FPDFFormObj_GetObject, _handle, _handle, ctypes.c_ulong)
_kind = _bind(pdfium.FPDFPageObj_GetType, _int, _handle)
_bounds = _bind(pdfium.FPDFPageObj_GetBounds, _int, _handle, _address, _address, _address, _address)
_segment_count = _bind(pdfium.FPDFPath_CountSegments, _int, _handle)
_segment = _bind(pdfium.FPDFPath_GetPathSegment, _handle, _handle, _int)
_segment_kind = _bind(pdfium.FPDFPathSegment_GetType, _int, _handle)
_segment_point = _bind(pdfium.FPDFPathSegment_GetPoint, _int, _handle, _address, _address)
_draw_mode = _bind(pdfium.FPDFPath_GetDrawMode, _int, _handle, _address, _address)


_edges = (ctypes.c_float * 4)()
_edge_places = [ctypes.addressof(_edges) + 4 * side for side in range(4)]
_modes = (ctypes.c_int * 2)()
_mode_places = [ctypes.addressof(_modes), ctypes.addressof(_modes) + 4]


class Ruling(NamedTuple):
    """A straight line on the page as read: at `at` across its direction, from `first` to `last` along it."""

    at: float
    first: float
    last: float


class Rulings(NamedTuple):
    """The horizontal and vertical rulings of a page."""

    across: list[Ruling]
    down: list[Ruling]


class _Matrix(NamedTuple):
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: "_Matrix") -> "_Matrix":
        """Return the matrix that applies `inner` first."""
        e, f = self.apply(inner.e, inner.f)
        return _Matrix(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            e,
            f,
        )


def object_count(page: PdfPage) -> int:
    """Return the number of objects a page is drawn with; to look for rulings among them takes time."""
    return int(pdfium.FPDFPage_CountObjects(page.handle))


def page_rulings(page: PdfPage, turn: int) -> Rulings:
    """Return the rulings of a page, turned as its text is; none if it is a drawing or has none that may end cells."""
    found = Rulings([], [])
    paths = list(_paths(page))
    if len(paths) > MAX_PATHS or not _may_divide(paths, turn):
        return found
    left_over = MAX_SEGMENTS
    for path, matrix in paths:
        boxes, used = _lines_of(path, matrix, left_over)
        left_over -= used
        if left_over <= 0:
            return Rulings([], [])
        for box in boxes:
            _add(found, upright(box, turn) if turn else box)
    return found


def _may_divide(paths: Sequence[tuple[int, _Matrix]], turn: int) -> bool:
    """Return True if some path is a line down the page, or may contain one."""
    for path, matrix in paths:
        if matrix is not _UNCHANGED:
            return True
        if not _bounds(path, *_edge_places):
            continue
        width, height = _edges[2] - _edges[0], _edges[3] - _edges[1]
        if turn % 2:
            width, height = height, width
        if height <= _THIN:
            continue
        if width <= _THIN:
            return True
        _draw_mode(path, *_mode_places)
        if _modes[1] or (_modes[0] and _segment_count(path) > _RECTANGLE):
            return True
    return False


def _add(found: Rulings, box: Box) -> None:
    width, height = box.right - box.left, box.top - box.bottom
    if width >= height and width >= _SHORT:
        found.across.append(Ruling((box.bottom + box.top) / 2, box.left, box.right))
    elif height > width and height >= _SHORT:
        found.down.append(Ruling((box.left + box.right) / 2, box.bottom, box.top))


_UNCHANGED = _Matrix()


def _paths(page: PdfPage) -> Iterator[tuple[int, _Matrix]]:
    """Yield the paths of a page, each with the matrix of the forms around it."""
    handle = ctypes.cast(page.handle, _address).value or 0
    count = min(pdfium.FPDFPage_CountObjects(page.handle), MAX_OBJECTS)
    budget = [MAX_OBJECTS]
    yield from _paths_among(list(map(_object, repeat(handle), range(count))), _UNCHANGED, 0, budget)


def _paths_among(
    objects: Sequence[int], matrix: _Matrix, depth: int, budget: list[int]
) -> Iterator[tuple[int, _Matrix]]:
    budget[0] -= len(objects)
    kinds = list(map(_kind, objects))
    if pdfium.FPDF_PAGEOBJ_PATH not in kinds and pdfium.FPDF_PAGEOBJ_FORM not in kinds:
        return
    for found, kind in zip(objects, kinds, strict=True):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield found, matrix
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH and budget[0] > 0:
            form = ctypes.cast(found, pdfium.FPDF_PAGEOBJECT)
            count = min(max(0, pdfium.FPDFFormObj_CountObjects(form)), budget[0])
            inner = list(map(_form_object, repeat(found), range(count)))
            yield from _paths_among(inner, matrix.after(_matrix_of(found)), depth + 1, budget)


def _matrix_of(found: int) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(ctypes.cast(found, pdfium.FPDF_PAGEOBJECT), matrix)
    return _Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _lines_of(path: int, matrix: _Matrix, limit: int) -> tuple[list[Box], int]:
    """Return the boxes of the straight lines and thin rectangles of a path, and the segments read for it."""
    if not _bounds(path, *_edge_places):
        return [], 1
    left, bottom, right, top = _edges
    corners = (matrix.apply(left, bottom), matrix.apply(right, top))
    box = Box(*map(min, *corners), *map(max, *corners))
    _draw_mode(path, *_mode_places)
    filled, stroked = _modes
    if not (filled or stroked):
        return [], 1
    if min(box.right - box.left, box.top - box.bottom) <= _THIN:
        return [box], 1
    count = _segment_count(path)
    if not stroked and count <= _RECTANGLE:
        return [], 1  # a shaded cell
    if count > limit:
        return [], count
    return list(_straight(path, count, matrix.after(_matrix_of(path)), stroked=bool(stroked))), count


def _straight(path: int, count: int, matrix: _Matrix, *, stroked: bool) -> Iterator[Box]:
    """Yield the straight, upright parts of a path; of one that is only filled, its thin rectangles."""
    part: list[tuple[float, float]] = []
    for at in range(count):
        segment = _segment(path, at)
        kind = _segment_kind(segment)
        _segment_point(segment, *_edge_places[:2])
        point = matrix.apply(_edges[0], _edges[1])
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            yield from _sides(part, stroked=stroked)
            part = [point]
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            part.append(point)
            if pdfium.FPDFPathSegment_GetClose(ctypes.cast(segment, pdfium.FPDF_PATHSEGMENT)) and part:
                part.append(part[0])
        else:
            yield from _sides(part, stroked=stroked)
            part = [point]
    yield from _sides(part, stroked=stroked)


def _sides(part: Sequence[tuple[float, float]], *, stroked: bool) -> Iterator[Box]:
    if len(part) < 2:
        return
    xs, ys = zip(*part, strict=True)
    box = Box(min(xs), min(ys), max(xs), max(ys))
    if min(box.right - box.left, box.top - box.bottom) <= _THIN:
        yield box
    elif stroked:
        for (x, y), (to_x, to_y) in pairwise(part):
            if abs(x - to_x) <= _STRAIGHT or abs(y - to_y) <= _STRAIGHT:
                yield Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
