"""The lines of a page as headings are found in them, what looks like one, and the usual type of a document (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from ingest.readers.layout.geometry import Line
from ingest.readers.pdf.fonts import Type
from ingest.readers.pdf.sections.numbering import Number

_PROSE = 40


class PageLines(NamedTuple):
    """The lines of a page without its running heads: texts, boxes and types, in reading order; and the usual pitch.

    `furniture` are the lines that other pages have too, as the first page with a running head keeps it in its text, and
    the lines within figures; they are mapped to True if they are none whatever their size.
    """

    texts: Sequence[str]
    lines: Sequence[Line]
    types: Sequence[Type]
    pitch: float
    furniture: Mapping[int, bool] = MappingProxyType({})


class Style(NamedTuple):
    """What headings of one kind share: size (rounded), capitals, weight, slope."""

    size: float
    capitals: bool
    bold: bool
    italic: bool


class Candidate(NamedTuple):
    """Lines `[first, last]` of a page that look like a heading."""

    first: int
    last: int
    title: str
    style: Style
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The type of a document's usual text, and the sizes in which it has whole paragraphs."""

    size: float = 0.0
    bold: bool = False
    italic: bool = False


def body_type(pages: Iterable[PageLines]) -> Body:
    """Return the type that most characters of the pages have, in lines that are long enough for prose."""
    count: Counter[tuple[float, bool, bool]] = Counter()
    for page in pages:
        for text, kind in zip(page.texts, page.types, strict=True):
            count[kind.size, kind.bold, kind.italic] += len(text) if len(text) > _PROSE else len(text) // 4
    if not count:
        return Body()
    sizes: Counter[float] = Counter()
    for (size, _, _), characters in count.items():
        sizes[size] += characters
    size = sizes.most_common(1)[0][0]
    return Body(*max((key for key in count if key[0] == size), key=count.__getitem__))


def body_of_page(page: PageLines, body: Body) -> Body:
    """Return the body of a page, where most of its characters are larger than the document's, bold, or in italics."""
    total = sum(map(len, page.texts)) or 1
    sizes: Counter[float] = Counter()
    for text, kind in zip(page.texts, page.types, strict=True):
        sizes[kind.size] += len(text)
    size, characters = sizes.most_common(1)[0] if sizes else (0.0, 0)
    size = max(size, body.size) if characters > 0.5 * total else body.size
    bold = sum(len(text) for text, kind in zip(page.texts, page.types, strict=True) if kind.bold)
    italic = sum(len(text) for text, kind in zip(page.texts, page.types, strict=True) if kind.italic)
    return Body(size, body.bold or bold > 0.5 * total, body.italic or italic > 0.5 * total)


def are_beside(one: Line, other: Line) -> bool:
    """Return True if two lines stand at one height, side by side."""
    overlap = min(one.top, other.top) - max(one.bottom, other.bottom)
    lower = min(one.top - one.bottom, other.top - other.bottom)
    return overlap > 0.5 * lower > 0
