"""Find what is drawn on a page beside its text: pictures, and groups of lines and shapes.

A file may draw every letter as an object of its own. So on a page of thousands of objects only the first and the last
are looked at, unless a caption says that there is a figure; and of many shapes only some.
"""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.blocks.geometry import Box, upright

MAX_OBJECTS = 20_000
MIN_HEIGHTS = 6
"""Different heights of shapes that make a chart of them, without a caption that says so."""

_MANY_OBJECTS = 1_500
_AT_EACH_END = 300
_MAX_SHAPES = 500
_MIN_SHAPES = 12
_THIN = 3.0
_SAME_HEIGHT = 2.0
_GRID = 40
_TOUCHING = 6.0
_GAP = 6.0
_MAX_PICTURES = 400

_handle, _int, _address = ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p


def _bind(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _address).value or 0)


_object = _bind(pdfium.FPDFPage_GetObject, _handle, _handle, _int)
_kind = _bind(pdfium.FPDFPageObj_GetType, _int, _handle)
_bounds = _bind(pdfium.FPDFPageObj_GetBounds, _int, _handle, *[_address] * 4)


class Drawing(NamedTuple):
    """A group of drawn objects: its box, turned as the lines of the page are, and if they are pictures.

    `heights` is how many different heights they have: bars of a chart have many, bands of a table few.
    """

    box: Box
    is_picture: bool
    heights: int = 0


def find_drawings(page: Any, shown: Box, turn: int, *, has_caption: bool) -> list[Drawing]:
    """Return the groups of pictures and of shapes on an open page, whose visible part is `shown`."""
    pictures: list[Box] = []
    shapes: list[Box] = []
    for kind, box in _boxes(page, has_caption):
        inner = _within(upright(box, turn) if turn else box, shown)
        if inner is None:
            continue
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            shapes.append(inner)
        else:
            pictures.append(inner)
    if not has_caption:
        shapes = [box for box in shapes if _is_part(box, shown)]
        if len({_height(box) for box in shapes}) < MIN_HEIGHTS:
            shapes = []
    return [
        *(Drawing(box, True) for box in joined(pictures)),
        *(Drawing(box, False, heights) for box, heights in _groups(shapes, shown)),
    ]


def _is_part(box: Box, shown: Box) -> bool:
    """Return True for a shape that may be part of a chart, and is no band of a table."""
    return box.right - box.left < 0.5 * (shown.right - shown.left)


def _boxes(page: Any, has_caption: bool) -> Iterator[tuple[int, Box]]:
    handle = ctypes.cast(page, _handle).value
    count = min(int(pdfium.FPDFPage_CountObjects(page)), MAX_OBJECTS)
    places: Sequence[int] = range(count)
    if count > _MANY_OBJECTS and not has_caption:
        places = [*range(_AT_EACH_END), *range(count - _AT_EACH_END, count)]
    objects = list(map(_object, repeat(handle), places))
    kinds = list(map(_kind, objects))
    drawn = [each for each in zip(objects, kinds, strict=True) if each[1] != pdfium.FPDF_PAGEOBJ_TEXT]
    paths = [each for each in drawn if each[1] == pdfium.FPDF_PAGEOBJ_PATH]
    pictures = [each for each in drawn if each[1] != pdfium.FPDF_PAGEOBJ_PATH][:_MAX_PICTURES]
    edges = (ctypes.c_float * 4)()
    first = ctypes.addressof(edges)
    for found, kind in [*pictures, *paths[:: 1 + len(paths) // _MAX_SHAPES]]:
        if _bounds(found, first, first + 4, first + 8, first + 12):
            left, bottom, right, top = edges
            if has_caption or kind != pdfium.FPDF_PAGEOBJ_PATH or min(right - left, top - bottom) > _THIN:
                yield kind, Box(left, bottom, right, top)


def _within(box: Box, shown: Box) -> Box | None:
    left, bottom = max(box.left, shown.left), max(box.bottom, shown.bottom)
    right, top = min(box.right, shown.right), min(box.top, shown.top)
    return Box(left, bottom, right, top) if right >= left and top >= bottom else None


def joined(boxes: Sequence[Box]) -> list[Box]:
    """Return boxes that touch as one: a picture may be cut into strips."""
    groups: list[Box] = []
    for box in boxes:
        apart: list[Box] = []
        for other in groups:
            if touch(box, other, _TOUCHING):
                box = around(box, other)
            else:
                apart.append(other)
        groups = [*apart, box]
    return groups


def touch(one: Box, other: Box, gap: float) -> bool:
    """Return True if two boxes are not farther apart than a gap."""
    return (
        one.left <= other.right + gap
        and other.left <= one.right + gap
        and one.bottom <= other.top + gap
        and other.bottom <= one.top + gap
    )


def around(one: Box, other: Box) -> Box:
    """Return the smallest box around two boxes."""
    return Box(
        min(one.left, other.left),
        min(one.bottom, other.bottom),
        max(one.right, other.right),
        max(one.top, other.top),
    )


def _groups(shapes: Sequence[Box], shown: Box) -> Iterator[tuple[Box, int]]:
    """Yield the boxes of shapes that stand together, and how many heights these have, on a grid laid over the page."""
    width, height = shown.right - shown.left, shown.top - shown.bottom
    shapes = [box for box in shapes if (box.right - box.left) * (box.top - box.bottom) <= 0.5 * width * height]
    if len(shapes) < _MIN_SHAPES or width <= 0 or height <= 0:
        return
    parent = list(range(len(shapes)))
    first_in: dict[tuple[int, int], int] = {}
    for place, box in enumerate(shapes):
        for cell in _cells(box, shown):
            parent[_root(parent, place)] = _root(parent, first_in.setdefault(cell, place))
    found: dict[int, tuple[Box, set[int]]] = {}
    for place, box in enumerate(shapes):
        group, heights = found.setdefault(_root(parent, place), (box, set()))
        heights.add(_height(box))
        found[_root(parent, place)] = around(box, group), heights
    for box, heights in found.values():
        yield box, len(heights)


def _height(box: Box) -> int:
    return round((box.top - box.bottom) / _SAME_HEIGHT)


def _cells(box: Box, shown: Box) -> set[tuple[int, int]]:
    """Return the cells of the grid that the edge of a box runs through, with a gap around it."""
    across, up = _GRID / (shown.right - shown.left), _GRID / (shown.top - shown.bottom)
    left, right = int(across * (box.left - shown.left - _GAP)), int(across * (box.right - shown.left + _GAP))
    bottom, top = int(up * (box.bottom - shown.bottom - _GAP)), int(up * (box.top - shown.bottom + _GAP))
    cells = {(x, y) for x in range(left, right + 1) for y in (bottom, top)}
    return cells | {(x, y) for y in range(bottom, top + 1) for x in (left, right)}


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at
