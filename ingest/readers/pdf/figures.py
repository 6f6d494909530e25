"""Find the figures of a page: pictures and drawings, with their captions (pure)."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.readers.blocks.geometry import Box, Line
from ingest.readers.pdf.drawings import MIN_HEIGHTS, Drawing, around, joined, touch

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|chart|graph|scheme|plate|diagram|map|photo|abbildung|abb\.|figura|fig|gráfico|graphique"
    r"|diagramm|рис(?:унок|\.)?|图|圖|図)\s*(?P<number>[A-Z]{0,2}[.-]?\d+(?:[.-]\d+)*[a-z]?|[IVX]+\b)(?P<end>\s*[.:|—–)-]|\s*$)?",
    re.IGNORECASE,
)
_MAY_HAVE_CAPTION = re.compile(rf"^\s*(?:{_CAPTION.pattern})", re.IGNORECASE | re.MULTILINE)

_MIN_SIDE = 36.0
_THIN = 3.0
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
        box = around(box, drawing.box)
    for drawing in sorted(others, key=lambda other: abs(other.box.bottom - box.bottom)):
        if touch(drawing.box, box, _MIN_SIDE) and not _is_rule(drawing.box):
            box = around(box, drawing.box)
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


def is_within(line: Line, figures: Sequence[FoundFigure]) -> bool:
    """Return True for a line that stands within a figure: a label of an axis, or a word of a diagram."""
    return any(_is_inside(line, figure.box) for figure in figures)


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
