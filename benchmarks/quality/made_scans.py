"""Make scans of pages whose text is known: printed, photocopied and scanned again, in a way that a seed repeats."""

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from ingest.readers.blocks.geometry import upright
from ingest.readers.blocks.lines import lines_in_reading_order
from ingest.readers.blocks.pages import clean_text
from ingest.readers.blocks.paragraphs import join_runs, text_runs
from ingest.readers.pdf.pdfium import Pdf, open_pdf
from ingest.readers.pdf.scanned import FULL_IMAGE, image_share, odd_words, strange_characters
from rag.errors import DocumentError

_POINTS_PER_INCH = 72
_MIN_WORDS = 80
_MAX_WORDS = 900
_MIN_LATIN = 0.97
_TRIED_PAGES = 3
_TABLE_DIGITS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How a page is scanned: its resolution, how crooked it lies (degrees), quarter turns, and the dirt on it."""

    dpi: int = 200
    skew: float = 0.0
    turns: int = 0
    noise: float = 10.0
    blur: float = 0.5
    quality: int = 70


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A page of a PDF that states its text, and that text."""

    path: Path
    number: int
    text: str

    @property
    def is_table(self) -> bool:
        """True if a large share of its words are numbers."""
        found = words(self.text)
        return sum(any(map(str.isdigit, word)) for word in found) > _TABLE_DIGITS * len(found)


def printed_pages(folder: Path) -> Iterator[PrintedPage]:
    """Yield pages of text in Latin script, one a PDF, in an order that depends on nothing but the files' names."""
    seen: set[str] = set()
    paths = [path for path in folder.rglob("*") if path.suffix.lower() == ".pdf"]
    for path in sorted(paths, key=lambda path: sha256(path.name.encode()).hexdigest()):
        page = _printed_page(path)
        if page and page.text not in seen:
            seen.add(page.text)
            yield page


def scanned(page: PrintedPage, wear: Wear) -> Image.Image:
    """Return a page as its worn scan."""
    with open_pdf(page.path) as pdf, pdf.page(page.number - 1) as shown:
        image = shown.image(wear.dpi / _POINTS_PER_INCH)
    return worn(image, wear, seed=int(sha256(page.text.encode()).hexdigest()[:8], 16))


def worn(image: Image.Image, wear: Wear, seed: int) -> Image.Image:
    """Return an image as grey, blurred, noisy and crooked as a scan, and compressed like one."""
    image = image.convert("L")
    if wear.skew:
        image = image.rotate(wear.skew, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    image = image.filter(ImageFilter.GaussianBlur(wear.blur))
    chance = np.random.default_rng(seed)
    pixels = np.asarray(image, np.float32) * 0.85 + 25
    pixels += chance.normal(0, wear.noise, pixels.shape).astype(np.float32)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    for _ in range(wear.turns):
        image = image.transpose(Image.Transpose.ROTATE_270)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=wear.quality)
    return Image.open(io.BytesIO(out.getvalue()))


def _printed_page(path: Path) -> PrintedPage | None:
    try:
        with open_pdf(path) as pdf:
            for index in range(min(_TRIED_PAGES, len(pdf))):
                text = _visible_text(pdf, index)
                if _is_suitable(text) and not _is_scan(pdf, index):
                    return PrintedPage(path, index + 1, text)
    except DocumentError:
        pass  # damaged or encrypted: the next file is as good
    return None


def _is_scan(pdf: Pdf, index: int) -> bool:
    """Return True if a page is an image, whose text may be a scanner's guess."""
    with pdf.page(index) as page:
        return image_share(page) >= FULL_IMAGE


def _visible_text(pdf: Pdf, index: int) -> str:
    """Return the lines of a page that stand on the part of it that is shown."""
    with pdf.page(index) as page, page.text() as characters:
        lines, turn = lines_in_reading_order(characters)
        shown = upright(page.shown, turn)
        lines = [
            line
            for line in lines
            if shown.left <= (line.left + line.right) / 2 <= shown.right
            and shown.bottom <= (line.bottom + line.top) / 2 <= shown.top
        ]
        return clean_text(join_runs(characters.text, list(text_runs(characters.text, lines))))


def _is_suitable(text: str) -> bool:
    count = len(words(text))
    letters = [character for character in text if character.isalpha()]
    latin = sum(character < "\u0250" for character in letters)
    return (
        _MIN_WORDS <= count <= _MAX_WORDS
        and latin >= _MIN_LATIN * len(letters)
        and not strange_characters(text)
        and odd_words(text) < 0.1
    )


def words(text: str) -> list[str]:
    """Return runs of letters and digits as they are written (case counts); a Chinese or Japanese sign is a word."""
    found: list[str] = []
    folded = unicodedata.normalize("NFKC", text)
    for kind, group in groupby(folded, key=_kind):
        if kind == "word":
            found.append("".join(group))
        elif kind == "sign":
            found += group
    return found


def _kind(character: str) -> str:
    if not character.isalnum():
        return ""
    return "sign" if "\u3040" <= character <= "\u9fff" else "word"
