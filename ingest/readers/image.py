"""Read images by recognising their text, and show them with the boxes of its characters."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from math import ceil, sqrt
from pathlib import Path

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from ingest.readers.blocks.geometry import Fractions
from ingest.readers.blocks.paragraphs import TextLine
from ingest.readers.pdf.scanned import ScanText
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.recogniser import confidence_note, nothing_note, recognise
from rag.errors import DocumentError
from rag.types import Page

MAX_PAGES = 500
_MAX_BYTES = 400_000_000
"""Memory of a decoded image: 100 million pixels in colour, 400 million in grey."""

_MAX_READ_PIXELS = 24_000_000
_DAMAGED = "the image cannot be read: it is damaged, or far too large"
_CUT_OFF = "the image is cut off: only the part that is there was read"
_REPEATED = "it is the same as an image before it"
_CACHED_PAGES = 16
_SHOWN_SIDE = 900
"""Longer side, in pixels, of an image shown at scale 1."""


class ImageReader:
    """Read an image by recognising its text, a page per frame."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or one per frame of the image."""
        if not onnx_models.is_available():
            raise DocumentError(f"it is an image, without text of its own; {onnx_models.HINT}")
        count = count_pages(path)
        seen: set[bytes] = set()
        found, failure = False, ""
        for number in range(1, min(count, MAX_PAGES) + 1):
            page = Page(number=number, label=f"image {number}" if count > 1 else "", text="", state="empty")
            page = _read_frame(path, page, seen)
            found = found or bool(page.text)
            failure = failure or (page.note if page.state == "failed" else "")
            yield replace(page, total=min(count, MAX_PAGES))
        if not found:
            raise DocumentError(failure or nothing_note("in the image"))
        if count > MAX_PAGES:
            note = f"the file has {count} images, and only the first {MAX_PAGES} are read"
            yield Page(number=MAX_PAGES + 1, label="", text="", state="failed", note=note)


def count_pages(path: Path) -> int:
    """Return the number of frames of an image."""
    with _opened(path) as image:
        return int(getattr(image, "n_frames", 1))


def render(path: Path, page_number: int, scale: float) -> bytes:
    """Return a frame as a PNG, smaller than it is if that shows enough."""
    frame, _ = _frame(path, page_number)
    side = round(_SHOWN_SIDE * scale)
    frame.thumbnail((side, side))
    out = io.BytesIO()
    frame.save(out, "PNG", compress_level=4)
    return out.getvalue()


def boxes(path: Path, page_number: int, start: int, end: int) -> list[Fractions]:
    """Return a rectangle for each line of characters `[start, end)` of the frame's stored text."""
    stat = path.stat()
    found = _recognised(path, (stat.st_mtime_ns, stat.st_size), page_number)
    return found.boxes(start, end)


def text_lines(path: Path, page_number: int) -> list[TextLine]:
    """Return the lines of the frame's stored text with their boxes."""
    stat = path.stat()
    return _recognised(path, (stat.st_mtime_ns, stat.st_size), page_number).text_lines()


@lru_cache(_CACHED_PAGES)
def _recognised(path: Path, _version: tuple[int, int], page_number: int) -> ScanText:
    return ScanText(recognise(_frame(path, page_number)[0]))


def _read_frame(path: Path, page: Page, seen: set[bytes]) -> Page:
    """Return a frame as a page; `seen` has the digests of the frames before, to which its own is added."""
    try:
        frame, note = _frame(path, page.number)
        if page.label:
            digest = sha256(frame.tobytes()).digest()
            if digest in seen:
                return replace(page, note=_REPEATED)
            seen.add(digest)
        found = recognise(frame)
    except DocumentError as error:
        return replace(page, state="failed", note=str(error))
    scan = ScanText(found)
    if not scan.text:
        return replace(page, note="; ".join(filter(None, (note, nothing_note("in it")))))
    note = "; ".join(filter(None, (note, confidence_note(found))))
    return replace(page, text=scan.text, state="ocr", note=note, structure=scan.structure)


def _frame(path: Path, page_number: int) -> tuple[Image.Image, str]:
    """Return a frame on white, as its camera was held, no larger than is read; and a note if it is cut off."""
    with _opened(path) as image:
        count = getattr(image, "n_frames", 1)
        if not 1 <= page_number <= count:
            raise DocumentError(f"the file has {count} images, and no image {page_number}")
        note = ""
        try:
            if count > 1:
                image.seek(page_number - 1)
            image.load()
        except (OSError, SyntaxError, EOFError):
            image, note = _what_is_there(path, page_number - 1), _CUT_OFF
        excess = image.width * image.height / _MAX_READ_PIXELS
        frame = image.reduce(ceil(sqrt(excess))) if excess > 1 else image
        if frame.has_transparency_data:
            frame = frame.convert("RGBA")
            frame = Image.alpha_composite(Image.new("RGBA", frame.size, "white"), frame)
        return ImageOps.exif_transpose(frame.convert("RGB")), note


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Open an image so that a large JPEG is decoded smaller; the memory of any other is that of all its pixels."""
    try:
        image = Image.open(path)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DocumentError(_DAMAGED) from error
    with image:
        width, height = image.size
        if width * height > _MAX_READ_PIXELS:
            image.draft(None, (width // 2, height // 2))
        if image.width * image.height * (4 if len(image.getbands()) > 1 else 1) > _MAX_BYTES:
            raise DocumentError(f"the image has {width:,} × {height:,} pixels, too many to be read")
        yield image


def _what_is_there(path: Path, number: int) -> Image.Image:
    """Return a damaged frame with what can be decoded of it."""
    allowed = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with Image.open(path) as image:
            if number:
                image.seek(number)
            image.load()
            return image.copy()
    except (OSError, SyntaxError, EOFError) as error:
        raise DocumentError(_DAMAGED) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = allowed
