"""Recognise the text of an image, whichever way up and however crooked it is."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from ingest.document_warnings import UNSURE
from ingest.readers.blocks.geometry import Box
from ingest.readers.recognition.onnx_models import SCRIPTS
from ingest.readers.recognition.reading_order import LINE_HEIGHT, Fragment
from ingest.readers.recognition.recognised_page import Frame, Recognised
from ingest.readers.recognition.text_detection import FoundLines, Points, find_lines, sides
from ingest.readers.recognition.transcription import Transcript, transcribe
from rag.errors import DocumentError

_SCALE = 2.5
"""Pixels per point: 180 dots per inch, enough for eight-point print."""

_MAX_SCALE = 6.0
_SIDE = 2100

LEAST_SURE = 0.8
"""Confidence below which a page's text is said to be unsure."""

_MIN_SCORE = 0.5
_SURE = 0.9
_SHAPES = "".join(map(chr, range(0x2500, 0x2600)))
"""Lines, blocks and squares: what the transcriber takes edges and patches of pictures for."""

_SAMPLED = 8
_TALL = 1.5
_TALL_LINE = 2.5
_QUARTERS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
"""How pillow, which turns counterclockwise, turns an image clockwise by quarters."""


def page_scale(width: float, height: float) -> float:
    """Return how many pixels to a point are needed of a page of this size; a small one may be a reduced scan."""
    return min(_MAX_SCALE, max(_SCALE, _SIDE / max(width, height, 1.0)))


def recognise(image: Image.Image) -> Recognised:
    """Recognise the text of an image.

    Raises:
        DocumentError: the recognition failed.
    """
    try:
        return _recognised(image if image.mode == "RGB" else image.convert("RGB"))
    except DocumentError:
        raise
    except Exception as error:  # whatever the runtime raises, even for memory, fails this image only
        raise DocumentError(f"the text in the image could not be recognised ({type(error).__name__})") from error


def confidence_note(found: Recognised) -> str:
    """Return what people are told of a recognised page: how sure its text is, and what of it is missing."""
    unread = f"{found.unread} line{'' if found.unread == 1 else 's'} could not be made out" if found.unread else ""
    sure = f"recognised, confidence {found.confidence:.2f}"
    unsure = f"{UNSURE}: confidence {found.confidence:.2f} (only {SCRIPTS} is read)"
    return "; ".join(filter(None, (sure if found.confidence >= LEAST_SURE else unsure, unread)))


def nothing_note(where: str) -> str:
    """Return what people are told where nothing was recognised."""
    return f"no text was recognised {where} (only {SCRIPTS} is read, and little handwriting)"


def _recognised(image: Image.Image) -> Recognised:
    found = find_lines(image)
    turns = _turns(image, found) if len(found.corners) else 0
    if turns:
        size = image.size
        image = image.transpose(_QUARTERS[turns])
        found = FoundLines(np.array([_turned_corners(line, size, turns) for line in found.corners]), found.angle)
    frame = Frame(image.width, image.height, turns, found.angle, _points_to_a_pixel(found.corners))
    pieces = [_fragment(image, corners, frame) for corners in found.corners]
    pieces = [piece for piece in pieces if piece.text.strip(_SHAPES)]
    read = tuple(piece for piece in pieces if piece.score >= _MIN_SCORE)
    return Recognised(read, frame, unread=len(pieces) - len(read))


def _points_to_a_pixel(corners: Points) -> float:
    """Return the scale at which most lines are as high as ordinary print."""
    _, heights = sides(corners)
    return LINE_HEIGHT / max(1.0, float(np.median(heights))) if len(heights) else 1.0


def _turns(image: Image.Image, found: FoundLines) -> int:
    """Return the clockwise quarter turns that set the image upright: those with which a sample reads best."""
    widths, heights = sides(found.corners)
    are_tall = heights > _TALL * widths
    candidates = (1, 3) if heights[are_tall].sum() > widths[~are_tall].sum() else (0, 2)
    longest = np.argsort(-np.maximum(widths, heights), kind="stable")[:_SAMPLED]
    scores: dict[int, float] = {}
    for turns in candidates:
        sample = [transcribe(image, _starting_at(found.corners[place], turns)) for place in longest]
        scores[turns] = _confidence(sample)
        if scores[turns] >= _SURE:
            break
    return max(scores, key=scores.__getitem__)


def _confidence(sample: Sequence[Transcript]) -> float:
    count = sum(len(line.text) for line in sample)
    return sum(line.score * len(line.text) for line in sample) / count if count else 0.0


def _starting_at(corners: Points, turns: int) -> Points:
    """Return a line's corners in the order in which it reads once the image is turned clockwise by quarters."""
    return np.roll(corners, turns, axis=0)


def _turned_corners(corners: Points, size: tuple[int, int], turns: int) -> Points:
    """Return where corners are once their image of this size is turned clockwise by quarters."""
    width, height = size
    for _ in range(turns):
        corners = np.stack([height - corners[:, 1], corners[:, 0]], 1)
        width, height = height, width
    return np.roll(corners, turns, axis=0)


def _fragment(image: Image.Image, corners: Points, frame: Frame) -> Fragment:
    """Transcribe a line; one that stands upright in the page is read both ways, and the better one taken."""
    line = transcribe(image, corners)
    (width,), (height,) = sides(corners[None])
    if height > _TALL_LINE * width:
        ways = [line, *(transcribe(image, _starting_at(corners, turns)) for turns in (1, 3))]
        line = max(ways, key=lambda way: way.score * min(len(way.text), 3))
    points = frame.to_page(corners)
    left, bottom = points.min(0).tolist()
    right, top = points.max(0).tolist()
    edges = tuple(left + edge * (right - left) for edge in line.edges)
    return Fragment(line.text, line.score, Box(edges[0], bottom, max(edges[-1], edges[0]), top), edges)
