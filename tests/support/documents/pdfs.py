"""Write small real PDFs with known text at known places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

from ingest.readers.blocks.geometry import Fractions
from ingest.readers.blocks.pages import without_invisible
from ingest.readers.pdf.reader import PdfReader
from rag.types import Page

WIDTH, HEIGHT = 595, 842
_FONTS = ("/Courier", "/Courier-Bold", "/Courier-Oblique")
_ADVANCE = 0.6
"""Width of every character of Courier as a share of the font size, which makes places predictable."""


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text whose baseline begins at (x, y), in points from the lower left corner.

    `font` is F1 for Courier, F2 for its bold, F3 for its italics.
    """

    x: float
    y: float
    text: str
    size: float = 10
    font: str = "F1"

    def box(self, start: int = 0, end: int | None = None) -> tuple[float, float, float, float]:
        """Return left, bottom, right and top of characters `[start, end)`."""
        end = len(self.text) if end is None else end
        advance = _ADVANCE * self.size
        top, bottom = self.y + 0.8 * self.size, self.y - 0.2 * self.size
        return self.x + start * advance, bottom, self.x + end * advance, top


LEFT = [f"left column line {number:02} goes on" for number in range(20)]
RIGHT = [f"right hand line {number:02} goes on too" for number in range(20)]


def two_columns() -> list[tuple[Words, Words]]:
    """Return the rows of a page in two columns, `LEFT` and `RIGHT`."""
    return [
        (Words(60, 700 - 14 * at, left, 9), Words(320, 700 - 14 * at, right, 9))
        for at, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True))
    ]


def read_pdf(path: Path) -> list[Page]:
    """Return the pages of a PDF as they are stored."""
    return list(without_invisible(PdfReader().read(path))[0])


def shown(box: Sequence[float], rotation: int, crop: Sequence[float]) -> Fractions:
    """Return where a box in points is on the page as shown, independently of the code under test."""
    width, height = crop[2] - crop[0], crop[3] - crop[1]
    left, right = ((edge - crop[0]) / width for edge in (box[0], box[2]))
    top, bottom = ((crop[3] - edge) / height for edge in (box[3], box[1]))
    for _ in range(rotation // 90):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return left, top, right, bottom


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return shared / (sum(areas) - shared)


def write_pdf(path: Path, pages: Sequence[str], *, password: str | None = None) -> Path:
    """Write a PDF with one line of text per page; an empty string makes a page without text."""
    return write_words(path, [[Words(72, 720, text, 12)] if text else [] for text in pages], password=password)


def write_words(
    path: Path,
    pages: Sequence[Sequence[Words]],
    *,
    rotation: int = 0,
    turned: bool = False,
    crop: tuple[float, float, float, float] | None = None,
    password: str | None = None,
    outline: Sequence[tuple[str, int, int]] = (),
    drawn: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write a PDF with lines at known places, drawn in the order given.

    `rotation` is the page's, in clockwise degrees; `turned` draws everything a quarter turn counterclockwise. `outline`
    has titles with the index of their page and their depth, `drawn` are operators that draw on every page.
    """
    writer = PdfWriter()
    fonts = DictionaryObject(
        {NameObject(f"/F{number}"): writer._add_object(_font(name)) for number, name in enumerate(_FONTS, start=1)}
    )
    for lines in pages:
        page = writer.add_blank_page(WIDTH, HEIGHT)
        content = DecodedStreamObject()
        turn = ["0 1 -1 0 842 0 cm"] if turned else []
        content.set_data("\n".join([*turn, drawn, *map(_drawn, lines)]).encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        _shape(page, rotation, crop)
    above: list[Any] = []
    for title, index, depth in outline:
        del above[depth - 1 :]
        above.append(writer.add_outline_item(title=title, page_number=index, parent=above[-1] if above else None))
    if metadata:
        writer.add_metadata(dict(metadata))
    if password:
        writer.encrypt(password, algorithm="AES-256")
    with path.open("wb") as stream:
        writer.write(stream)
    return path


def _font(name: str) -> DictionaryObject:
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": name, "/Encoding": "/WinAnsiEncoding"}
    return DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})


def _drawn(words: Words) -> str:
    escaped = words.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"BT /{words.font} {words.size} Tf {words.x} {words.y} Td ({escaped}) Tj ET"


def _shape(page: PageObject, rotation: int, crop: tuple[float, float, float, float] | None) -> None:
    if rotation:
        page.rotate(rotation)
    if crop:
        page[NameObject("/CropBox")] = ArrayObject([FloatObject(edge) for edge in crop])
