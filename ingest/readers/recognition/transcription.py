"""Transcribe a line of text: cut it out of its image, run the model, and read off characters and where they stand."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PIL import Image

from ingest.readers.blocks.pages import clean_text
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.text_detection import Floats, Points
from rag.text.sanitize import strip_invisible

_HEIGHT = 48
_MIN_WIDTH = 16
_MAX_WIDTH = 4096
_UPRIGHT = 0.02


class Transcript(NamedTuple):
    """A line's text and confidence, and the edges of its characters as fractions of its length, one more than these."""

    text: str
    score: float
    edges: tuple[float, ...]


_NOTHING = Transcript("", 0.0, (0.0,))


def transcribe(image: Image.Image, corners: Points) -> Transcript:
    """Transcribe a line given by its corners, clockwise from where its text begins at the top.

    One line at a time: a batch would be padded to its longest line, and costs more for each.
    """
    crop = np.asarray(_crop(image, corners), np.float32)[:, :, ::-1] / 127.5 - 1
    (steps,) = onnx_models.session(onnx_models.TRANSCRIBER).run(None, {"x": crop.transpose(2, 0, 1)[None]})
    return _decode(np.asarray(steps[0], np.float32), alphabet())


@cache
def alphabet() -> tuple[str, ...]:
    """Return the transcriber's characters; "" stands for none, and for those that no text may have."""
    model = onnx_models.session(onnx_models.TRANSCRIBER).get_modelmeta()
    named = model.custom_metadata_map["character"].split("\n")
    return ("", *(clean_text(strip_invisible(character)[0]) for character in named), " ")


def _crop(image: Image.Image, corners: Points) -> Image.Image:
    """Return the image of a line, upright and of the height that the model expects."""
    along, down = corners[1] - corners[0], corners[3] - corners[0]
    length, height = max(1.0, float(np.hypot(*along))), max(1.0, float(np.hypot(*down)))
    width = min(_MAX_WIDTH, max(_MIN_WIDTH, round(_HEIGHT * length / height)))
    if abs(along[1]) <= _UPRIGHT * length / 10 and along[0] > 0:
        left, top = corners[0]
        right, bottom = corners[2]
        box = max(0.0, left), max(0.0, top), min(float(image.width), right), min(float(image.height), bottom)
        if box[2] - box[0] < 1 or box[3] - box[1] < 1:
            return Image.new("RGB", (width, _HEIGHT), "white")
        return image.resize((width, _HEIGHT), Image.Resampling.BICUBIC, box)
    size = max(1, round(length)), max(1, round(height))
    quad = [float(edge) for corner in (0, 3, 2, 1) for edge in corners[corner]]
    straight = image.transform(size, Image.Transform.QUAD, quad, Image.Resampling.BICUBIC, fillcolor="white")
    return straight.resize((width, _HEIGHT), Image.Resampling.BICUBIC)


def _decode(steps: Floats, alphabet: Sequence[str]) -> Transcript:
    """Read off a line, given how likely each character is at each step along it.

    By connectionist temporal classification: repeated characters are one, and the first of the alphabet is none.
    """
    best = steps.argmax(1)
    begins = np.flatnonzero(np.diff(best, prepend=-1))
    ends = np.append(begins[1:], len(best))
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    sure: list[float] = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if best[begin]:
            characters.append(alphabet[best[begin]])
            spans.append((begin, end))
            sure.append(float(steps[begin:end, best[begin]].max()))
    if not characters:
        return _NOTHING
    edges = [min(1.0, max(0.0, place / len(best))) for place in _edges([(a + b) / 2 for a, b in spans])]
    return _stripped("".join(characters), float(np.mean(sure)), edges, characters)


def _edges(centres: Sequence[float]) -> list[float]:
    """Return where characters begin and end, given their centres: half way between two, and as far at both ends."""
    middles = [(before + after) / 2 for before, after in pairwise(centres)]
    if not middles:
        return [0.0, 2 * centres[0]]
    return [2 * centres[0] - middles[0], *middles, 2 * centres[-1] - middles[-1]]


def _stripped(text: str, score: float, edges: Sequence[float], characters: Sequence[str]) -> Transcript:
    """Return the transcript without blanks at its ends, an edge for each code point."""
    if not text.strip():
        return _NOTHING
    spread = [edge for edge, character in zip(edges, characters, strict=False) for _ in character] + [edges[-1]]
    first = len(text) - len(text.lstrip())
    last = len(text.rstrip())
    return Transcript(text.strip(), score, tuple(spread[first : last + 1]))
