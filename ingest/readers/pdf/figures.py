"""Find the figures of a page: what is drawn on it beside its text, pictures and drawings, with captions.

A file may draw every letter as an object of its own. So on a page of thousands of objects only the first and the last
are looked at, unless a caption says that there is a figure; and of many shapes only some.
"""

import ctypes
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from ingest.readers.blocks.geometry import Box, Line, around, root, upright
from ingest.readers.pdf.pdfium import object_bounds, object_kind, page_objects

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

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|chart|graph|scheme|plate|diagram|map|photo|abbildung|abb\.|figura|fig|gráfico|graphique"
    r"|diagramm|рис(?:унок|\.)?|图|圖|図)\s*(?P<number>[A-Z]{0,2}[.-]?\d+(?:[.-]\d+)*[a-z]?|[IVX]+\b)(?P<end>\s*[.:|—–)-]|\s*$)?",
    re.IGNORECASE,
)
_MAY_HAVE_CAPTION = re.compile(rf"^\s*(?:{_CAPTION.pattern})", re.IGNORECASE | re.MULTILINE)

_MIN_SIDE = 36.0
_MIN_SHARE = 0.012
_WHOLE_PAGE = 0.8
_EDGE = 0.12
_MAX_EDGE_HEIGHT = 0.1
_NEAR = 60.0
_MIN_SHAPE_SHARE = 0.04
_MAX_TEXT = 500
_LONG_LINE = 70
_MAX_CAPTION_LINES = 8
_CAPTION_PITCH = 1.7
_MAX_FIGURES = 50


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
    count = min(int(pdfium.FPDFPage_CountObjects(page)), MAX_OBJECTS)
    places: Sequence[int] = range(count)
    if count > _MANY_OBJECTS and not has_caption:
        places = [*range(_AT_EACH_END), *range(count - _AT_EACH_END, count)]
    objects = page_objects(page, places)
    kinds = list(map(object_kind, objects))
    drawn = [each for each in zip(objects, kinds, strict=True) if each[1] != pdfium.FPDF_PAGEOBJ_TEXT]
    paths = [each for each in drawn if each[1] == pdfium.FPDF_PAGEOBJ_PATH]
    pictures = [each for each in drawn if each[1] != pdfium.FPDF_PAGEOBJ_PATH][:_MAX_PICTURES]
    edges = (ctypes.c_float * 4)()
    first = ctypes.addressof(edges)
    for found, kind in [*pictures, *paths[:: 1 + len(paths) // _MAX_SHAPES]]:
        if object_bounds(found, first, first + 4, first + 8, first + 12):
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
                box = around([box, other])
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
            parent[root(parent, place)] = root(parent, first_in.setdefault(cell, place))
    found: dict[int, tuple[Box, set[int]]] = {}
    for place, box in enumerate(shapes):
        group, heights = found.setdefault(root(parent, place), (box, set()))
        heights.add(_height(box))
        found[root(parent, place)] = around([box, group]), heights
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


class FoundFigure(NamedTuple):
    """A figure's box, turned as the lines are, and the first and last of its caption's lines, None if it has none."""

    box: Box
    caption: tuple[int, int] | None


def may_have_caption(text: str) -> bool:
    """Return True if a page's text has anything like the caption of a figure."""
    return bool(_MAY_HAVE_CAPTION.search(text))


def find_figures(
    drawings: Sequence[Drawing], texts: Sequence[str], lines: Sequence[Line], shown: Box
) -> list[FoundFigure]:
    """Return the figures of a page from top to bottom; those too small, and the page as a whole, are none."""
    captions = [place for place, text in enumerate(texts) if _is_caption(text)]
    spans = {place: (place, _last_line(place, texts, lines)) for place in captions}
    free = list(drawings)
    found: list[FoundFigure] = []
    for place in captions:
        own = _above_or_below(lines[place], free, shown)
        if own:
            box, parts = own
            free = [drawing for drawing in free if drawing not in parts and not touch(drawing.box, box, 0)]
            found.append(FoundFigure(box, spans[place]))
    alone = joined([drawing.box for drawing in free if _stands_alone(drawing, texts, lines, shown)])
    found += [FoundFigure(box, None) for box in alone]
    return sorted(found, key=lambda figure: (-figure.box.top, figure.box.left))[:_MAX_FIGURES]


def _is_caption(text: str) -> bool:
    """Return True for a line that begins with a figure's number and a mark, or has little more."""
    match = _CAPTION.match(text)
    if not match:
        return False
    rest = text[match.end() :].lstrip()
    return match["end"] is not None or not rest or (rest[0].isupper() and not text[0].islower())


def _last_line(first: int, texts: Sequence[str], lines: Sequence[Line]) -> int:
    """Return the last line of a caption: the lines below it that stand close and end with it."""
    last = first
    while last + 1 < len(lines) and last - first + 1 < _MAX_CAPTION_LINES:
        line, following = lines[last], lines[last + 1]
        height = line.top - line.bottom
        distance = line.bottom - following.bottom
        if not 0 < distance <= _CAPTION_PITCH * height or following.left > line.right or _is_caption(texts[last + 1]):
            break
        if abs((following.top - following.bottom) - height) > 0.2 * height:
            break
        last += 1
        if texts[last].rstrip().endswith(".") and following.right < 0.95 * line.right:
            break
    return last


def _above_or_below(line: Line, drawings: Sequence[Drawing], shown: Box) -> tuple[Box, list[Drawing]] | None:
    """Return the box of the drawings nearest to a caption, above or else below it, and those drawings."""
    overlapping = [
        drawing
        for drawing in drawings
        if drawing.box.left < line.right
        and line.left < drawing.box.right
        and _share(drawing.box, shown) < _WHOLE_PAGE
        and not _is_rule(drawing.box)
    ]
    middle = (line.top + line.bottom) / 2
    above = [drawing for drawing in overlapping if (drawing.box.top + drawing.box.bottom) / 2 > middle]
    below = [drawing for drawing in overlapping if (drawing.box.top + drawing.box.bottom) / 2 < middle]
    for near in (
        [drawing for drawing in above if drawing.box.bottom - line.top <= _NEAR],
        [drawing for drawing in below if line.bottom - drawing.box.top <= _NEAR],
    ):
        box = _grown(near, above if near and near[0] in above else below)
        if box and _is_large(box, shown):
            return box, [drawing for drawing in overlapping if touch(drawing.box, box, 0)]
    return None


def _grown(near: Sequence[Drawing], others: Sequence[Drawing]) -> Box | None:
    """Return the box around the drawings near a caption and those that stand close to them."""
    if not near:
        return None
    box = near[0].box
    for drawing in near[1:]:
        box = around([box, drawing.box])
    for drawing in sorted(others, key=lambda other: abs(other.box.bottom - box.bottom)):
        if touch(drawing.box, box, _MIN_SIDE) and not _is_rule(drawing.box):
            box = around([box, drawing.box])
    return box


def _stands_alone(drawing: Drawing, texts: Sequence[str], lines: Sequence[Line], shown: Box) -> bool:
    """Return True for a drawing that is a figure without a caption to say so: a picture, or a chart drawn in shapes."""
    box = drawing.box
    share = _share(box, shown)
    if not _is_large(box, shown):
        return False
    depth = _EDGE * (shown.top - shown.bottom)
    at_edge = box.bottom > shown.top - depth or box.top < shown.bottom + depth
    if at_edge and box.top - box.bottom < _MAX_EDGE_HEIGHT * (shown.top - shown.bottom):
        return False
    inside = [text for text, line in zip(texts, lines, strict=True) if _is_inside(line, box)]
    if share >= _WHOLE_PAGE:
        return not inside
    has_little_text = sum(map(len, inside)) <= _MAX_TEXT and all(len(text) < _LONG_LINE for text in inside)
    if drawing.is_picture:
        return has_little_text
    return drawing.heights >= MIN_HEIGHTS and share >= _MIN_SHAPE_SHARE and has_little_text


def is_within(line: Line, figures: Sequence[Box]) -> bool:
    """Return True for a line that stands within a figure: a label of an axis, or a word of a diagram."""
    return any(_is_inside(line, box) for box in figures)


def _is_inside(line: Line, box: Box) -> bool:
    across, up = (line.left + line.right) / 2, (line.top + line.bottom) / 2
    return box.left <= across <= box.right and box.bottom <= up <= box.top


def _is_rule(box: Box) -> bool:
    return min(box.right - box.left, box.top - box.bottom) < _THIN


def _is_large(box: Box, shown: Box) -> bool:
    return min(box.right - box.left, box.top - box.bottom) >= _MIN_SIDE and _share(box, shown) >= _MIN_SHARE


def _share(box: Box, shown: Box) -> float:
    area = (shown.right - shown.left) * (shown.top - shown.bottom)
    return (box.right - box.left) * (box.top - box.bottom) / area if area > 0 else 0.0
