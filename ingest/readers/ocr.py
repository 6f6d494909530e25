"""Recognise text in images with rapidocr (the extra `ocr`), whose models come in its wheel: nothing is fetched.

The result is laid out like the text of a PDF page, so that the same code handles columns, divided words and boxes.
"""

import importlib.util
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError

from ingest.readers.layout.geometry import Box, Line
from ingest.readers.layout.lines import lines_in_reading_order
from ingest.readers.layout.paragraphs import TextRun, join_runs, text_runs
from ingest.readers.pages import clean_text
from rag.errors import DocumentError
from rag.types import Page

HINT = "to recognise text in images, run pip install --editable '.[ocr]' in Citewell's folder"
SCALE = 2.5
"""Pixels per point: 180 dots per inch, enough for eight-point print."""

MAX_PAGES = 500
_QUARTER_TURNS = {1: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_270}
_MAX_PIXELS = 150_000_000
_MAX_SIDE = 3000
_DETECTION_SIDE = 1280


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The recognised lines of an image, as `Characters` whose widths are equal within a line.

    `turns` counts the counterclockwise quarter turns after which the image was read. `places` are the lines' boxes in
    pixels of the turned image of `width` and `height`, y upwards.
    """

    text: str
    starts: tuple[int, ...]
    places: tuple[Box, ...]
    turns: int
    width: int
    height: int
    score: float

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        """Return the boxes of characters."""
        return [self._box(position) for position in positions]

    def _box(self, position: int) -> Box:
        line = max(bisect_right(self.starts, position) - 1, 0)
        place = self.places[line]
        end = self.starts[line + 1] - 2 if line + 1 < len(self.starts) else len(self.text)
        advance = (place.right - place.left) / max(1, end - self.starts[line])
        left = place.left + (position - self.starts[line]) * advance
        return Box(left, place.bottom, left + advance, place.top)

    @property
    def is_sideways(self) -> bool:
        """True if most lines are higher than wide."""
        high = sum(place.top - place.bottom > 1.5 * (place.right - place.left) for place in self.places)
        return high * 2 > len(self.places)

    def lines(self) -> list[Line]:
        """Return the lines in reading order."""
        return lines_in_reading_order(self)[0] if self.text else []

    def runs(self) -> list[TextRun]:
        """Return the runs of its text."""
        return list(text_runs(self.text, self.lines()))

    def page_text(self) -> str:
        """Return the text of the page it becomes."""
        return clean_text(join_runs(self.text, self.runs()))

    def fractions(self, box: Box) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom as fractions of the image before it was turned."""
        left, right = box.left / self.width, box.right / self.width
        top, bottom = 1 - box.top / self.height, 1 - box.bottom / self.height
        for _ in range(self.turns):
            left, top, right, bottom = 1 - bottom, left, 1 - top, right
        return left, top, right, bottom


def is_available() -> bool:
    """Return True if the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def recognise(image: Image.Image) -> Recognised:
    """Recognise the text of an image, turned if it cannot be read as it is.

    Raises:
        DocumentError: the recognition failed.
    """
    image = image.convert("RGB")
    image.thumbnail((_MAX_SIDE, _MAX_SIDE))
    upright = _read(image, 0)
    if not upright.is_sideways:  # rapidocr itself turns lines that are upside down
        return upright
    turned = [_read(image.transpose(transposed), turns) for turns, transposed in _QUARTER_TURNS.items()]
    return max([upright, *turned], key=lambda found: found.score * len(found.text))


def _read(image: Image.Image, turns: int) -> Recognised:
    try:
        found = _engine()(np.asarray(image)[:, :, ::-1])
    except Exception as error:  # whatever its runtime raises, even for memory, fails this image only
        raise DocumentError(f"the text in the image could not be recognised ({type(error).__name__})") from error
    if not found.txts:
        return Recognised(text="", starts=(), places=(), turns=turns, width=image.width, height=image.height, score=0.0)
    starts: list[int] = []
    places: list[Box] = []
    at = 0
    for text, corners in zip(found.txts, found.boxes, strict=True):
        starts.append(at)
        at += len(text) + len("\r\n")
        across, down = corners[:, 0], corners[:, 1]
        height = image.height
        places.append(
            Box(float(across.min()), height - float(down.max()), float(across.max()), height - float(down.min()))
        )
    text = "\r\n".join(found.txts)
    score = float(np.mean(found.scores))
    return Recognised(
        text=text,
        starts=tuple(starts),
        places=tuple(places),
        turns=turns,
        width=image.width,
        height=image.height,
        score=score,
    )


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR  # an extra, and slow to load

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "Det.limit_type": "max",  # detect lines in a smaller image: a third of the time
            "Det.limit_side_len": _DETECTION_SIDE,
        }
    )


class ImageReader:
    """Read an image by recognising its text, a page per frame."""

    name = "image"
    suffixes = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or one per frame of the image."""
        try:
            image = Image.open(path)
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise DocumentError("the image cannot be read: it is damaged, or far too large") from error
        with image:
            if image.width * image.height > _MAX_PIXELS:
                raise DocumentError(f"the image has {image.width} × {image.height} pixels, too many to be read")
            found = False
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if number > MAX_PAGES:
                    yield Page(
                        number=number,
                        label=str(number),
                        text="",
                        state="failed",
                        note=f"only the first {MAX_PAGES} images are read",
                    )
                    break
                text = recognise(frame).page_text()
                label = f"image {number}" if getattr(image, "n_frames", 1) > 1 else ""
                found = found or bool(text)
                yield Page(
                    number=number,
                    label=label,
                    text=text,
                    state="ocr" if text else "empty",
                    note="" if text else "no text was recognised",
                )
            if not found:
                raise DocumentError("no text was recognised in the image")
