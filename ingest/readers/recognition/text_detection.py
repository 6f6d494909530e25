"""Find the lines of text in an image: the pixels that belong to one, and the rectangle around each group of them."""

from collections.abc import Iterator
from math import ceil, degrees, radians
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from ingest.readers.recognition import onnx_models

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]
"""Points (…, 2), x to the right and y downwards, in pixels."""

_SIDE = 1536
_MAX_SIDE = 4096
"""Longer side of the image in which lines are sought: first, and if most of the print is too small in it."""

_SMALL = 15.0
_ORDINARY = 22.0
_ENOUGH_SMALL = 0.35
_FEW = 6
_TILE = 1536
_OVERLAP = 96
_STRIDE = 32
_THRESHOLD = 0.3
_MIN_SCORE = 0.5
_MIN_SIDE = 3
_UNCLIP = 1.6
"""How far a line reaches beyond its pixels, which the model is trained to leave narrow: area / circumference × this."""

_MAX_LINES = 3000
_MAX_POINTS = 400
_LONG = 5.0
_SKEWED = 0.2
_MORE_LEVEL = 1.5
_INEXACT = 1.5
"""Pixels by which the ends of a line may be higher or lower than they seem."""

_AGREEING = 0.6
_OWN_ANGLE = 8.0
_ANGLES = np.arange(-45.0, 45.0, 1.0)
_FINE = np.arange(-1.0, 1.01, 0.1)


class FoundLines(NamedTuple):
    """Rectangles (count, 4, 2) around lines, in pixels: corners clockwise from the one at the top left.

    `angle` is that of the page's lines, clockwise in degrees.
    """

    corners: Points
    angle: float


def find_lines(image: Image.Image) -> FoundLines:
    """Find the lines in an RGB image, looking closer where the print is small."""
    longer = max(image.size)
    scale = min(1.0, _SIDE / longer)
    found = _lines_in(_map(image, scale))
    if len(found.corners) < _FEW:
        found = _with_others(found, _lines_in(_map(image, scale / 2)))
    closer = min(scale * _enlargement(found.corners), 1.0, _MAX_SIDE / longer)
    if closer > 1.1 * scale:
        scale = closer
        found = _lines_in(_map(image, scale))
    return FoundLines(found.corners / scale, found.angle)


def _with_others(found: FoundLines, other: FoundLines) -> FoundLines:
    """Add lines that only a map of half the size has: a line alone on a page may be too large for the model."""
    corners = other.corners * 2.0
    low, high = found.corners.min(1), found.corners.max(1)
    middles = corners.mean(1)[:, None]
    known = ((low <= middles) & (middles <= high)).all(2).any(1)
    angle = found.angle if len(found.corners) else other.angle
    return FoundLines(np.concatenate([found.corners, corners[~known]]), angle)


def _enlargement(corners: Points) -> float:
    """Return how much larger an image must be if many lines are so low that their letters run together, or 1."""
    if not len(corners):
        return 2.0
    heights = np.minimum(*sides(corners))
    return float(_ORDINARY / np.median(heights)) if (heights < _SMALL).mean() > _ENOUGH_SMALL else 1.0


def sides(corners: Points) -> tuple[Points, Points]:
    """Return the widths and the heights of rectangles, given their corners (count, 4, 2)."""
    along, down = corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]
    return np.hypot(along[:, 0], along[:, 1]), np.hypot(down[:, 0], down[:, 1])


def _map(image: Image.Image, scale: float) -> Floats:
    """Return how likely each pixel of an image at a scale is part of a line.

    The map is put together from tiles, so that memory does not grow with the image.
    """
    width, height = (max(_STRIDE, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Image.Resampling.BILINEAR)
    found = np.zeros((height, width), np.float32)
    for top, bottom in _tiles(height):
        for left, right in _tiles(width):
            tile = _tile_map(small.crop((left, top, right, bottom)))
            inner = found[top:bottom, left:right]
            np.maximum(inner, tile, out=inner)
    return found


def _tiles(length: int) -> Iterator[tuple[int, int]]:
    """Yield the beginnings and ends of overlapping tiles."""
    if length <= _TILE:
        yield 0, length
        return
    count = ceil((length - _OVERLAP) / (_TILE - _OVERLAP))
    for place in range(count):
        start = round(place * (length - _TILE) / (count - 1))
        yield start, start + _TILE


def _tile_map(tile: Image.Image) -> Floats:
    width, height = tile.size
    padded = np.ones((_padded(height), _padded(width), 3), np.float32)
    padded[:height, :width] = np.asarray(tile, np.float32)[:, :, ::-1] / 127.5 - 1
    (found,) = onnx_models.session(onnx_models.DETECTOR).run(None, {"x": padded.transpose(2, 0, 1)[None]})
    return np.asarray(found[0, 0, :height, :width], np.float32)


def _padded(length: int) -> int:
    return -(-length // _STRIDE) * _STRIDE


def _lines_in(found: Floats) -> FoundLines:
    from scipy import ndimage  # slow to load, and most files need no recognition

    labels, _ = ndimage.label(ndimage.binary_dilation(found > _THRESHOLD, np.ones((2, 2))), np.ones((3, 3)))
    groups: list[Points] = []
    scores: list[float] = []
    for label, place in enumerate(ndimage.find_objects(labels)[:_MAX_LINES], start=1):
        inside = labels[place] == label
        if min(inside.shape) < _MIN_SIDE:
            continue
        scores.append(float(found[place][inside].mean()))
        groups.append(_outline(inside, place[1].start, place[0].start))
    groups = [group for group, score in zip(groups, scores, strict=True) if score >= _MIN_SCORE]
    angle = _page_angle(groups)
    rectangles = [_rectangle(group, angle) for group in groups]
    return FoundLines(np.array(rectangles, np.float64).reshape(-1, 4, 2), angle)


def _outline(inside: npt.NDArray[np.bool_], left: int, top: int) -> Points:
    """Return the first and last point of each row and each column of a group of pixels."""
    rows = np.flatnonzero(inside.any(1))
    columns = np.flatnonzero(inside.any(0))
    rows = rows[:: max(1, len(rows) // _MAX_POINTS)]
    columns = columns[:: max(1, len(columns) // _MAX_POINTS)]
    width, height = inside.shape[1], inside.shape[0]
    points = np.concatenate(
        [
            np.stack([inside[rows].argmax(1), rows], 1),
            np.stack([width - inside[rows, ::-1].argmax(1), rows], 1),
            np.stack([columns, inside[:, columns].argmax(0)], 1),
            np.stack([columns + 1, height - inside[::-1, columns].argmax(0)], 1),
        ]
    )
    return points + np.array([left, top], np.float64)


def _extents(points: Points, angles: Points) -> tuple[Points, Points, Points, Points]:
    """Return the least and greatest coordinates of points along axes that are turned clockwise by angles."""
    cosines, sines = np.cos(np.radians(angles)), np.sin(np.radians(angles))
    along = points[:, :1] * cosines + points[:, 1:] * sines
    across = points[:, 1:] * cosines - points[:, :1] * sines
    return along.min(0), along.max(0), across.min(0), across.max(0)


def _own_angle(points: Points) -> tuple[float, float, float]:
    """Return the angle of the smallest rectangle around points, its area, and the ratio of its sides."""
    angle = 0.0
    for around in (_ANGLES, _FINE):
        angles = angle + around
        left, right, top, bottom = _extents(points, angles)
        best = int(((right - left) * (bottom - top)).argmin())
        angle = float(angles[best])
    width, height = right[best] - left[best], bottom[best] - top[best]
    return angle, float(width * height), float(max(width, height) / max(1.0, min(width, height)))


def _page_angle(groups: list[Points]) -> float:
    """Return the angle of the page's long lines, 0 if they are as good as straight or do not agree."""
    angles = [angle for angle, _, ratio in map(_own_angle, groups) if ratio >= _LONG]
    if len(angles) < 3:
        return 0.0
    middle = float(np.median(angles))
    if float(np.mean(np.abs(np.array(angles) - middle) < 2.0)) < _AGREEING:
        return 0.0
    angle = _levelling_angle(groups, middle)
    return angle if abs(angle) > _SKEWED else 0.0


def _levelling_angle(groups: list[Points], about: float) -> float:
    """Return the angle at which far more lines are level than at the one that the lines show, short ones inexactly."""
    middles = np.array([(group.min(0) + group.max(0)) / 2 for group in groups])
    low = np.median([min(np.ptp(group, 0)) for group in groups])
    length = np.median([max(np.ptp(group, 0)) for group in groups])
    angles = about + _FINE * min(1.0, degrees(_INEXACT / max(1.0, length)))
    across = middles[:, 1:] * np.cos(np.radians(angles)) - middles[:, :1] * np.sin(np.radians(angles))
    steps = np.round(across / max(1.0, low / 4)).astype(int)
    crowded = [float((np.unique(column, return_counts=True)[1] ** 2).sum()) for column in steps.T]
    best = int(np.argmax(crowded))
    return float(angles[best]) if crowded[best] > _MORE_LEVEL * crowded[len(crowded) // 2] else about


def _rectangle(points: Points, page_angle: float) -> Points:
    """Return the corners of the line around points, turned like the page unless it clearly stands askew in it."""
    left, right, top, bottom = (float(edge[0]) for edge in _extents(points, np.array([page_angle])))
    angle = page_angle
    own, area, _ = _own_angle(points)
    if abs(own - page_angle) > _OWN_ANGLE and area < 0.7 * (right - left) * (bottom - top):
        angle = own
        left, right, top, bottom = (float(edge[0]) for edge in _extents(points, np.array([own])))
    width, height = right - left, bottom - top
    margin = _UNCLIP * width * height / max(1.0, 2 * (width + height))
    corners = np.array(
        [
            [left - margin, top - margin],
            [right + margin, top - margin],
            [right + margin, bottom + margin],
            [left - margin, bottom + margin],
        ]
    )
    return turned(corners, angle)


def turned(points: Points, angle: float) -> Points:
    """Turn points clockwise around the origin by degrees."""
    cosine, sine = np.cos(radians(angle)), np.sin(radians(angle))
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]))
