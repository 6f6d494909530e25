"""Find the cell of a measure in the tables of a few pages: the right one, or none.

Every term of the question must be in a cell's row label, the groups above it, its column's heads or its table's
caption, and every term of the label in the question. Where cells that fit equally well differ, there is no result.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.tables.formulas import Quantity
from rag.answering.tables.periods import Period, without_periods
from rag.answering.tables.table_grid import Entry, Grid, Line
from rag.answering.tables.table_request import STATEMENTS
from rag.text.figures import PERCENT, Figure
from rag.text.measure_terms import NET, RATE, TOTALS, Term, label_terms, strong, terms

_PART = re.compile(
    r"\bsegments?\b|\bdomestic\b|\binternational\b|\bparent\b|\bguarantor|\bpro forma\b"
    r"|\bdiscontinued\b|\bquarterly\b|\bdeferred tax",
    re.IGNORECASE,
)
_KIND_OF_ROWS = re.compile(
    r"^(?:(?:operating|reportable|business) )?segments?$|\bby (?:\w+ )?segments?\b", re.IGNORECASE
)
"""Says that the rows are segments, not that the table is about one."""

_WHOLE = re.compile(r"\bconsolidated\b|\btotal\b|\bkonzern|\bconsolidée?s?\b|\bconsolidad[oa]s?\b", re.IGNORECASE)
_FRAME = frozenset(
    "year end fiscal month week period date perform summari select data result inform financi follow unaudit audit "
    "restat million thousand billion dollar usd prior jahr geschäftsjahr exercic ejercicio".split()
)
"""Stems of heads and captions that say nothing of what is measured."""

_GENERIC = frozenset("other basic dilut miscellan subtot addit sonstig ander autr otr".split())
"""Stems of labels that say nothing without the group above them."""

_ABSOLUTE = frozenset(("@capital_expenditure", "@cost_of_sales"))
"""Measures that are amounts of money spent, whichever sign a statement gives them."""

_BALANCES = frozenset(("@inventory", "@receivable", "@payable", "@fixed_assets", "@total_assets"))
_CHANGES = re.compile(r"\bchanges? in\b|\badjustments?\b|veränderung|variation|variaci[oó]n", re.IGNORECASE)
_ELSEWHERE = 0.75
"""Factor of the confidence where the question names a statement and the cell is in another table."""

_CLEAR = 0.5
_SURE = 0.95
_ROW_CONFIDENCE = 0.85
KINDS_OF_ROWS = frozenset("segment categori product region countri geographi area group type item row line".split())
"""Stems by which questions name what the rows of a table are."""

_MAX_HITS = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that fits, and how well; `confidence` is set for the best."""

    grid: Grid
    line: Line
    entry: Entry
    score: float
    confidence: float = _SURE

    @property
    def figure(self) -> Figure:
        """Its figure, positive for amounts that are spent."""
        figure = self.entry.figure
        if figure.value < 0 and _ABSOLUTE & set(label_terms(self.line.label)):
            return Figure(-figure.value, figure.places, figure.unit, figure.scale)
        return figure

    @property
    def quantity(self) -> Quantity:
        """The quantity that its figure stands for."""
        figure = self.figure
        return Quantity(figure.amount, figure.unit, figure.scale, figure.places)


class Finder:
    """Find cells in tables. `ignored` are terms that name the documents themselves: they match anything."""

    def __init__(
        self, grids: Sequence[Grid], *, ignored: Collection[Term] = (), statements: Collection[str] = ()
    ) -> None:
        self._grids = grids
        self._ignored = frozenset(ignored)
        self._statements = [STATEMENTS[name] for name in statements]

    def find(self, asked: Sequence[Term], period: Period | None) -> Hit | None:
        """Return the cell of the asked measure in a period, the latest if None; None unless one is clearly the best."""
        best = best_of(list(self._hits(asked, period)))
        if best and self._statements and not any(each.search(best.grid.caption) for each in self._statements):
            return replace(best, confidence=best.confidence * _ELSEWHERE)
        return best

    def several(self, asked: Sequence[Term], period: Period | None) -> list[Hit]:
        """Return the cells of several measures of one table that a question names together ("A and B"); [] if unsure.

        Together they have every term of the question, and each has one that no other has.
        """
        wanted = strong(asked) - self._ignored
        found: list[Hit] = []
        for grid in self._grids:
            hits = [hit for line in grid.lines for hit in self._partial(grid, line, wanted, period)]
            best = max((hit.score for hit in hits), default=0.0)
            near = [hit for hit in hits if hit.score > best - _CLEAR]
            own = [self._of(label_terms(hit.line.label)) for hit in near]
            said = frozenset(term for hit in near for term in self._said(hit.line, hit.entry))
            if len(near) < 2 or wanted - said - self._of(label_terms(grid.caption)) or len(set(own)) < len(own):
                continue
            if not found or near[0].score > found[0].score:
                found = near
        return found

    def rows(self, asked: Sequence[Term], period: Period | None) -> list[Hit]:
        """Return the rows of the one group or column that a question asks the highest or lowest of; [] if unsure."""
        wanted = strong(asked) - self._ignored - KINDS_OF_ROWS
        found: list[list[Hit]] = []
        for grid in self._grids if wanted else ():
            groups: dict[tuple[tuple[str, ...], str], list[Hit]] = {}
            for line in grid.lines:
                for entry in _in_period(line, period):
                    key = (line.groups, without_periods(entry.head).strip())
                    around = self._of([t for part in (*line.groups, key[1], grid.caption) for t in label_terms(part)])
                    if wanted <= around and not TOTALS & set(label_terms(line.label)):
                        groups.setdefault(key, []).append(Hit(grid, line, entry, 0.0, _ROW_CONFIDENCE))
            found += [hits for hits in groups.values() if len(hits) > 1]
        return found[0] if len(found) == 1 else []

    def _partial(self, grid: Grid, line: Line, wanted: frozenset[Term], period: Period | None) -> Iterator[Hit]:
        """Yield cells whose label has only terms of the question, and whose groups and heads have some."""
        own = self._of(label_terms(line.label))
        for entry in _in_period(line, period) if own and own <= wanted else ():
            around = self._said(line, entry) - own
            yield Hit(grid, line, entry, 2.0 * len(around & wanted) - len(around - wanted), _ROW_CONFIDENCE)

    def _said(self, line: Line, entry: Entry) -> frozenset[Term]:
        texts = (line.label, *line.groups, without_periods(entry.head))
        return self._of([term for text in texts for term in label_terms(text)])

    def _hits(self, asked: Sequence[Term], period: Period | None) -> Iterator[Hit]:
        """Yield every cell that fits, with its score."""
        wanted = strong(asked) - self._ignored
        for grid in self._grids if wanted else ():
            for line in grid.lines:
                yield from self._line_hits(grid, line, wanted, asked, period)

    def _line_hits(
        self, grid: Grid, line: Line, wanted: frozenset[Term], asked: Sequence[Term], period: Period | None
    ) -> Iterator[Hit]:
        own = self._of(label_terms(line.label))
        groups = frozenset(term for group in line.groups for term in self._of(label_terms(group))) - own
        if not own <= wanted or (own and own <= _GENERIC and not groups & wanted) or _is_part(grid, line, asked):
            return
        for entry in _in_period(line, period):
            if _is_change(line, entry, own):
                continue
            head = self._of(label_terms(without_periods(entry.head))) - own
            said = own | groups | head
            left = wanted - said - {RATE}
            if (left and (not own or left - self._of(label_terms(grid.caption)))) or not said & wanted:
                continue
            if entry.figure.unit == PERCENT and RATE not in asked and RATE in said:
                continue
            score = 3 * len(own & wanted) + 2 * len(head & wanted) + 1.5 * len(groups & wanted)
            score -= len(head - wanted) + 0.6 * bool(groups - wanted) + len(left)
            known = 0.2 * bool(entry.figure.scale)
            yield Hit(grid, line, entry, score + known + self._context(grid, line, asked))

    def _context(self, grid: Grid, line: Line, asked: Sequence[Term]) -> float:
        around = " ".join((*line.groups, grid.caption))
        score = 0.5 * bool(_WHOLE.search(around)) + 0.3 * bool(_WHOLE.search(line.label))
        score += 0.6 * any(statement.search(grid.caption) for statement in self._statements)
        score += 0.3 * any(statement.search(grid.caption) for statement in STATEMENTS.values())
        labelled = set(label_terms(line.label))
        if NET in asked:
            score += 0.6 if NET in labelled else -0.6
        return score + 0.4 * bool(TOTALS & labelled and TOTALS & set(asked))

    def _of(self, found: Sequence[Term]) -> frozenset[Term]:
        return strong(found) - _FRAME - self._ignored


def _is_part(grid: Grid, line: Line, asked: Collection[Term]) -> bool:
    """Return True for a row that is about a part of the whole (a segment, the parent) that nobody asked for."""
    around = " ".join(_KIND_OF_ROWS.sub("", text) for text in (*line.groups, grid.caption))
    parts = _PART.findall(around)
    return bool(parts) and not _WHOLE.search(line.label) and not any(set(terms(part)) & set(asked) for part in parts)


def _is_change(line: Line, entry: Entry, own: frozenset[Term]) -> bool:
    """Return True for the change of a balance, as a statement of cash flows has it under the balance's own name."""
    return bool(own & _BALANCES) and (entry.figure.value < 0 or any(_CHANGES.search(group) for group in line.groups))


def best_of(hits: Sequence[Hit]) -> Hit | None:
    """Return the best of the cells; None where one with another amount is as good."""
    if not hits:
        return None
    ordered = sorted(hits[:_MAX_HITS], key=lambda hit: -hit.score)
    best = ordered[0]
    if best.entry.figure.is_dash:
        return None
    others = [hit for hit in ordered if not same_amount(hit.figure, best.figure)]
    lead = best.score - others[0].score if others else best.score
    if lead < _CLEAR:
        return None
    return Hit(best.grid, best.line, best.entry, best.score, _SURE if lead >= 1 or not others else 0.8)


def same_amount(one: Figure, other: Figure) -> bool:
    """Return True if two figures are the same amount as far as the coarser one is printed."""
    if one.unit != other.unit and one.unit and other.unit:
        return False
    if 0 in (one.scale, other.scale) and abs(one.value) == abs(other.value):
        return True  # one of the tables does not say its scale
    step = max(Decimal(1).scaleb(figure.scale - figure.places) for figure in (one, other))
    return abs(abs(one.amount) - abs(other.amount)) <= (step / 2 if one.amount != other.amount else 0)


def _in_period(line: Line, period: Period | None) -> Iterator[Entry]:
    """Yield the figures of a line in a period; without one, the latest, or all if its columns are no periods."""
    if period is None:
        known = [entry.period for entry in line.entries if entry.period and not entry.period.part]
        period = max(known, default=None)
        if period is None and any(entry.period for entry in line.entries):
            return
    yield from (entry for entry in line.entries if entry.period == period)
