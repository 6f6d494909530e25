"""Clean the text, labels and metadata of pages, and move structure with its text. Offsets count in cleaned text."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

from rag.text.characters import shortened
from rag.text.sanitize import strip_invisible
from rag.types import Cell, Figure, Heading, Page, Structure, Table

CLEANING_VERSION = 1
"""Increased when the same text would be cleaned differently."""

PART_CHARACTERS = 20_000
"""Length of a part. A page is loaded whole to quote from it, so it must be small."""

NO_TEXT = "no text"
MAX_CHARACTERS = 50_000_000
_MAX_LABEL = 60
_MAX_VALUE = 500
_LINE_ENDS = re.compile(r"\r\n?|[\v\u0085\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")

METADATA = ("title", "author", "organisation", "date")
"""The names that all formats share for what a file says of itself."""

_Place = TypeVar("_Place", Cell, Figure, Heading, Table)
_start, _end = attrgetter("start"), attrgetter("end")


def unit_label(kind: str, title: str) -> str:
    """Return a label by which the user finds a unit: its kind and its title."""
    short = shortened(" ".join(clean_text(title).split()), _MAX_LABEL)
    return f"{kind} “{short}”" if short else kind


def clean_text(text: str) -> str:
    """Normalise line ends; remove control characters, lone surrogates, trailing blanks and blank edges.

    Each of these breaks SQLite, JSON or tantivy.
    """
    text = _LINE_ENDS.sub("\n", text).removeprefix("\ufeff")
    text = _CONTROLS.sub("", text)
    return "\n".join([line.rstrip(" \t\xa0") for line in text.split("\n")]).strip()


def clean_cell(text: str) -> str:
    """Return a text on one line, clean; most are already."""
    return " ".join((text if text.isprintable() else clean_text(text)).split())


def without_invisible(pages: Iterable[Page]) -> tuple[tuple[Page, ...], int]:
    """Return the pages without invisible characters, and the number removed.

    A human reader does not see them, but the search and the model would. The user is told their number: soft hyphens
    are harmless, a paragraph in tag characters is not.
    """
    cleaned: list[Page] = []
    total = 0
    for page in pages:
        text, removed = strip_invisible(page.text)
        if removed:
            text = clean_text(text)
            structure = moved(page.structure, page.text, text)
            page = replace(page, text=text, structure=structure, state=page.state if text else "empty")
        if page.head:
            page = replace(page, head=strip_invisible(page.head)[0])  # repeats the document's text: not counted
        cleaned.append(page)
        total += removed
    return tuple(cleaned), total


def metadata_of(values: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Return what a file says of itself: the first value of each key that says something."""
    found: dict[str, str] = {}
    for key, value in values:
        shown = " ".join(clean_text(value or "").split())[:_MAX_VALUE]
        if shown and key in METADATA:
            found.setdefault(key, shown)
    return found


def stated_values(stated: Mapping[str, Sequence[str]], names: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield what a file states under the names that each key may have: all authors, else the first value."""
    for key, own in names.items():
        for name in own:
            values = stated.get(name, ())
            yield key, joined(values) if key == "author" else next(iter(values), "")


def joined(values: Iterable[str | None]) -> str:
    """Return several authors as one value, each once."""
    return ", ".join(dict.fromkeys(shown for value in values if (shown := " ".join((value or "").split()))))


def moved(structure: Structure, before: str, after: str) -> Structure:
    """Return the structure of `before` for `after`, which has the same characters without some of them.

    A heading or figure's caption that is gone goes too; a cell that is gone is empty.
    """
    if not structure or before == after:
        return structure
    kept = _kept_positions(before, after)
    found = _with_offsets(structure, lambda offset: bisect_left(kept, offset))
    return replace(found, headings=tuple(heading for heading in found.headings if heading.start < heading.end))


def _kept_positions(before: str, after: str) -> list[int]:
    """Return the positions in `before` of the characters of `after`, ascending."""
    kept: list[int] = []
    at = 0
    for character in after:
        found = before.find(character, at)
        if found < 0:  # replaced by another, such as a line end
            found = at
        kept.append(found)
        at = found + 1
    return kept


def shifted(structure: Structure, by: int) -> Structure:
    """Return a structure of which every offset is `by` larger."""
    if not by or not structure:
        return structure
    return _with_offsets(structure, lambda offset: offset + by)


def _with_offsets(structure: Structure, new: Callable[[int], int]) -> Structure:
    """Return a structure with a `new` offset for each of its offsets."""

    def move(place: _Place) -> _Place:
        return replace(place, start=new(place.start), end=new(place.end))

    return Structure(
        headings=tuple(map(move, structure.headings)),
        tables=tuple(replace(move(table), cells=tuple(map(move, table.cells))) for table in structure.tables),
        figures=tuple(map(move, structure.figures)),
    )


def cut(structure: Structure, start: int, end: int) -> Structure:
    """Return what lies within characters `[start, end)`, counted from `start`; a table may be cut between cells."""
    tables = structure.tables[
        bisect_right(structure.tables, start, key=_end) : bisect_left(structure.tables, end, key=_start)
    ]
    cut_tables = (_cut_table(one, start, end) for one in tables)
    inside = Structure(
        headings=_within(structure.headings, start, end),
        tables=tuple(one for one in cut_tables if one.cells),
        figures=_within(structure.figures, start, end),
    )
    return shifted(inside, -start)


def _within(places: tuple[_Place, ...], start: int, end: int) -> tuple[_Place, ...]:
    first, last = bisect_left(places, start, key=_start), bisect_right(places, end, key=_start)
    return tuple(one for one in places[first:last] if one.end <= end)


def _cut_table(table: Table, start: int, end: int) -> Table:
    cells = tuple(cell for cell in table.cells if start <= cell.start and cell.end <= end)
    first = min((cell.row for cell in cells), default=0)
    return replace(
        table,
        start=max(table.start, start),
        end=min(table.end, end),
        cells=tuple(replace(cell, row=cell.row - first) for cell in cells),
        continues=table.continues or table.start < start,
    )
