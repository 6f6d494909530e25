"""A table of a page as lines of figures: each with its label, the groups above it, and its columns' heads.

A figure has the unit of its cell, its row, its column or its table.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.answering.tables.periods import Period, part_in, period_of_head
from rag.text.characters import decimal_mark_of
from rag.text.figures import (
    PERCENT,
    POINTS,
    SHARES,
    Figure,
    Unit,
    decimal_mark,
    names_percentage,
    parse_figure,
    read_unit,
)
from rag.text.language import detect_language
from rag.types import Cell, Page, Span, Table

MAX_CELLS = 20_000
"""Cells of a table that are read; a longer one is a data file, not a table that a question is about."""

_MAX_HEAD_ROW_CELLS = 200
_ABOVE = 160
_IN_BRACKETS = re.compile(r"\(([^()\d]{3,80})\)")
_NOTE = re.compile(r"\(\d\)")
_FIGURES = re.compile(r"\d{3}")
_DIGIT = re.compile(r"\d")
_CONTINENTAL = re.compile(r"(?<!\w)(?:T€|TEUR|Tsd|Mio|Mrd|milliers|milliards|miles de|millones)(?!\w)")
"""Scales by which a table shows that its figures are printed as on the continent, whatever its labels are."""

_NAMES_UNIT = re.compile(
    r"[%$€£¥]|\b(?:millions?|thousands?|billions?|Tsd|Mio|Mrd|TEUR|MEUR)\b|\b[A-Z]{3} ?(?:[kmb]|mn|bn)\b"
)
_EXCEPT = re.compile(
    r"[,;(]?\s*\b(?:except|außer|ausgenommen|mit ausnahme|sauf|excepto|salvo)\b(.*)", re.IGNORECASE | re.DOTALL
)
_PER_SHARE = re.compile(
    r"\bper\b[\w\s]{0,24}?\bshares?\b|\bEPS\b|\bje\b[\w\s-]{0,12}aktie|\bpar\s+action\b|\bpor\s+acci[oó]n\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\b(?:number of|employees|headcount|stores|anzahl|mitarbeiter\w*|nombre de|effectifs?|número de|empleados)\b",
    re.IGNORECASE,
)
_SHARES = re.compile(r"\bshares?\b(?!holder)|\baktien\b|\bactions\b|\bacciones\b", re.IGNORECASE)
_COUNTED_SHARES = re.compile(
    r"\b(?:number of shares|shares (?:outstanding|used|issued)|average\b.{0,20}\bshares)\b", re.IGNORECASE
)
_SHARE_OF_OWNERS = re.compile(
    r"\bshare(?:s)?\s+(?:of|repurchase|buyback|based)|repurchase|share-based|dividend", re.IGNORECASE
)
_TOTAL = re.compile(r"^(?:sub)?total\b|^(?:gesamt|summe)|^net cash\b", re.IGNORECASE)


class TableUnit(NamedTuple):
    """The unit line of a table; `excepts_shares` if it excepts shares, not just amounts per share."""

    unit: Unit
    excepts_shares: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A cell with a figure: its column's heads, its period if the heads name one, its place on the page, its row's."""

    figure: Figure
    text: str
    start: int
    end: int
    head: str
    period: Period | None
    row: Span


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, or a column of one whose rows are periods: its label, the groups above it, its figures."""

    label: str
    groups: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The figures of a table; `text` is its page's."""

    document_id: int
    document: str
    page: int
    caption: str
    text: str
    lines: tuple[Line, ...]


def read_grid(document_id: int, document: str, page: Page, table: Table) -> Grid | None:
    """Return the figures of a table; None if it has none, too many cells, or thousands that may be fractions."""
    if not table.cells or len(table.cells) > MAX_CELLS:
        return None
    reader = _Reader(page.text, table)
    lines = reader.lines() if reader.is_readable else []
    if not lines:
        return None
    return Grid(
        document_id=document_id,
        document=document,
        page=page.number,
        caption=table.caption,
        text=page.text,
        lines=_upright(lines),
    )


def read_table_unit(text: str) -> TableUnit:
    """Return the unit of a table's values from its unit line ("in millions, except per share")."""
    excepted = _EXCEPT.search(text)
    kept = text[: excepted.start()] if excepted else text
    rest = _PER_SHARE.sub("", excepted[1]) if excepted else ""
    return TableUnit(read_unit(kept), bool(_SHARES.search(rest)))


def unit_of_row(label: str, table: TableUnit) -> Unit | None:
    """Return the unit that a row's label gives its bare numbers; None where that of the table holds."""
    if _COUNTED_SHARES.search(label):
        return Unit(SHARES, 0 if table.excepts_shares else table.unit.scale)
    if _PER_SHARE.search(label):
        return Unit(table.unit.name if table.unit.is_money else "")
    if names_percentage(label):
        return Unit(PERCENT)
    if _COUNTED.search(label):
        return Unit()
    if _SHARES.search(label) and not _SHARE_OF_OWNERS.search(label):
        return Unit(SHARES, 0 if table.excepts_shares else table.unit.scale)
    return None


def with_unit(figure: Figure, unit: Unit) -> Figure:
    """Return a figure with the unit of its table or row, unless it is printed with one of its own."""
    if figure.unit in (PERCENT, POINTS) or figure.scale:
        return figure
    if figure.unit and unit.name and figure.unit != unit.name and not unit.is_money:
        return figure
    return replace(figure, unit=figure.unit or unit.name, scale=unit.scale)


class _Reader:
    def __init__(self, text: str, table: Table) -> None:
        self._text = text
        self._caption = table.caption
        self._rows: dict[int, list[Cell]] = defaultdict(list)
        for cell in table.cells:
            self._rows[cell.row].append(cell)
        body = [self._of(cell) for cell in table.cells if not cell.is_head]
        self._decimal = decimal_mark(
            (self._of(cell) for cell in table.cells if not cell.is_head and cell.column), self._usual_mark(table)
        )
        self._unit = self._table_unit(table, body)
        self._heads = self._column_heads()

    @property
    def is_readable(self) -> bool:
        """True if it is known which mark is that of decimals."""
        return bool(self._decimal)

    def lines(self) -> list[Line]:
        found: list[Line] = []
        group = ""
        for number in sorted(self._rows):
            row = sorted((cell for cell in self._rows[number] if not cell.is_head), key=lambda cell: cell.column)
            if not row:
                continue
            label, figures = self._split(row)
            if figures:
                found.append(self._line(label, group, figures))
                group = "" if _TOTAL.match(label) else group
            elif len(row) == 1 and not _FIGURES.search(label):
                group = label
        return _with_group_units(found)

    def _usual_mark(self, table: Table) -> str:
        """Return the mark of decimals in the language of a table, and of its page; "" if they are not of one kind."""
        words = " ".join(text for cell in table.cells if not _DIGIT.search(text := self._of(cell)))
        said = f"{table.caption} {table.unit}"
        own = "," if _CONTINENTAL.search(f"{said} {words}") else decimal_mark_of(detect_language(f"{said} {words}"))
        around = decimal_mark_of(detect_language(self._text))
        return own if own == around or not around else "" if own else around

    def _split(self, row: Sequence[Cell]) -> tuple[str, list[tuple[Cell, Figure]]]:
        """Return the label of a row, and its cells with figures; the first column is a label whatever it has."""
        label: list[str] = []
        figures: list[tuple[Cell, Figure]] = []
        for cell in row:
            text = self._of(cell)
            figure = parse_figure(text, self._decimal) if cell.column else None
            if figure:
                figures.append((cell, figure))
            elif not figures and text not in label:
                label.append(text)
        return " ".join(label), figures

    def _line(self, label: str, group: str, figures: Sequence[tuple[Cell, Figure]]) -> Line:
        *above, own = [part.strip() for part in label.split(": ")]
        groups = tuple(dict.fromkeys(part for part in (self._stub_head(), group.rstrip(": "), *above) if part))
        unit = unit_of_row(label, self._unit) or unit_of_row(f"{group} {self._stub_head()}", self._unit)
        entries = tuple(self._entry(cell, figure, unit) for cell, figure in figures)
        return Line(own or label, groups, entries)

    def _entry(self, cell: Cell, figure: Figure, unit: Unit | None) -> Entry:
        head = " ".join(self._heads.get(cell.column, []))
        column_unit = read_unit(head) if _NAMES_UNIT.search(head) else None
        read = with_unit(figure, unit or (column_unit if column_unit and any(column_unit) else self._unit.unit))
        period = period_of_head(head) or (None if part_in(head) else period_of_head(self._caption))
        return Entry(
            figure=read,
            text=self._of(cell),
            start=cell.start,
            end=cell.end,
            head=head,
            period=period,
            row=Span(self._text.rfind("\n", 0, cell.start) + 1, _line_end(self._text, cell.end)),
        )

    def _column_heads(self) -> dict[int, list[str]]:
        """Return the heads over each column, from top to bottom; units in a body row before any figure count too."""
        heads: dict[int, list[str]] = defaultdict(list)
        for number in sorted(self._rows):
            row = [cell for cell in self._rows[number] if cell.is_head] or self._row_of_units(number)
            for cell in row:
                for column in range(cell.column, cell.column + min(cell.column_span, _MAX_HEAD_ROW_CELLS)):
                    if (text := self._of(cell)) not in heads[column]:
                        heads[column].append(text)
        return heads

    def _row_of_units(self, number: int) -> list[Cell]:
        """Return the cells of a row that says the units of its columns ("$ million", "%") and has no figures."""
        cells = [cell for cell in self._rows[number] if cell.column]
        texts = [self._of(cell) for cell in cells]
        is_row = len(cells) > 1 and not any(map(str.isdigit, "".join(_NOTE.sub("", text) for text in texts)))
        return cells if is_row and all(any(read_unit(text)) for text in texts) else []

    def _stub_head(self) -> str:
        """Return the head over the labels; it says what the whole table is about."""
        return " ".join(self._heads.get(0, []))

    def _table_unit(self, table: Table, body: Sequence[str]) -> TableUnit:
        found = read_table_unit(table.unit or self._unit_above(table))
        if found.unit.name:
            return found
        signs = {unit.name for text in body if (unit := read_unit(text)).is_money}
        if len(signs) == 1 and found.unit.scale:
            return found._replace(unit=Unit(signs.pop(), found.unit.scale))
        return found

    def _unit_above(self, table: Table) -> str:
        """Return the unit in brackets in the lines above a table, "" if none."""
        first = min((cell.start for cell in table.cells if not cell.is_head), default=table.start)
        above = self._text[max(0, table.start - _ABOVE) : first]
        return next((found for found in reversed(_IN_BRACKETS.findall(above)) if read_unit(found).scale), "")

    def _of(self, cell: Cell) -> str:
        return self._text[cell.start : cell.end]


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _with_group_units(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, in which bare figures below one in percent, in the same group, are in percent too."""
    found: list[Line] = []
    percent_group: tuple[str, ...] | None = None
    for line in lines:
        if line.entries[0].figure.unit == PERCENT:
            percent_group = line.groups
        elif line.groups != percent_group:
            percent_group = None
        is_bare = all(entry.text.strip("()- –—").replace(".", "").isdigit() for entry in line.entries)
        if percent_group and line.groups and is_bare and all(len(entry.text) < 7 for entry in line.entries):
            line = replace(line, entries=tuple(_as_percent(entry) for entry in line.entries))
        found.append(line)
    return found


def _as_percent(entry: Entry) -> Entry:
    return replace(entry, figure=replace(entry.figure, unit=PERCENT, scale=0))


def _upright(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the lines of a table whose rows are periods by its columns, those of any other as they are."""
    periods = [period_of_head(line.label) for line in lines]
    if len(lines) < 2 or not all(periods) or any(entry.period for line in lines for entry in line.entries):
        return tuple(lines)
    columns: dict[str, list[Entry]] = defaultdict(list)
    for line, period in zip(lines, periods, strict=True):
        for entry in line.entries:
            columns[entry.head].append(replace(entry, head=line.label, period=period))
    return tuple(Line(head, (), tuple(entries)) for head, entries in columns.items() if head)
