"""The cells that a result is computed from: as leaves of its expression, and as operands to cite (pure)."""

import re

from rag.text.numbers.column_periods import without_periods
from rag.text.numbers.expressions import Leaf, Quantity
from rag.text.numbers.lookup import KINDS_OF_ROWS, Hit
from rag.text.numbers.terms import label_terms
from rag.text.numbers.wording import say, say_number
from rag.types.computed import Operand

_MAX_LABEL = 80
_CAPTION_FRAME = re.compile(r"^\w+ \d[\d.\-–]*\s*[.:|)–—-]\s*|\s*\([^()]*\)|\s+by \w+$|[.:]\s*$")
"""The number of a table, its unit in brackets and what its rows are."""


class Operands:
    """Collect the cells of one calculation, each once, in the order of their use."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._hits: list[Hit] = []

    @property
    def confidence(self) -> float:
        """How surely all of them are the cells that were asked for."""
        return min((hit.confidence for hit in self._hits), default=0.0)

    def leaf(self, hit: Hit) -> Leaf:
        """Return a cell as a leaf of an expression, and keep it as an operand."""
        places = [(each.grid.document_id, each.grid.page, each.entry.start) for each in self._hits]
        place = (hit.grid.document_id, hit.grid.page, hit.entry.start)
        if place not in places:
            self._hits.append(hit)
            places.append(place)
        figure = hit.figure
        text = say_number(figure.value, figure.places, self._language)
        if figure.scale != self._hits[0].figure.scale:
            text = say(quantity_of(hit), figure.places, self._language)
        return Leaf(quantity_of(hit), text, places.index(place))

    def all(self) -> tuple[Operand, ...]:
        """Return the operands."""
        return tuple(_operand(hit) for hit in self._hits)


def quantity_of(hit: Hit) -> Quantity:
    """Return the quantity of a cell."""
    figure = hit.figure
    return Quantity(figure.amount, figure.unit, figure.scale, figure.places)


def label_of(hit: Hit) -> str:
    """Return how a sentence calls the measure of a cell: its row's label, after the group that a bare total is in."""
    label = hit.line.label.strip(" :")
    for group in reversed(hit.line.groups if label.lower() in ("consolidated", "total", "gesamt") else ()):
        return f"{group}, {label}"[:_MAX_LABEL]
    return label if len(label) <= _MAX_LABEL else label[: _MAX_LABEL - 1].rstrip() + "…"


def measure_of_rows(hit: Hit) -> str:
    """Return what the rows of a table are compared by: their group, their column, or what the caption says."""
    heads = (*hit.line.groups[::-1], without_periods(hit.entry.head).strip(), _CAPTION_FRAME.sub("", hit.grid.caption))
    measures = (head for head in heads if set(label_terms(head)) - KINDS_OF_ROWS)
    return next(measures, "").strip()[:_MAX_LABEL]


def _operand(hit: Hit) -> Operand:
    figure, entry = hit.entry.figure, hit.entry
    scale = {3: " thousand", 6: " million", 9: " billion"}.get(figure.scale, "")
    return Operand(
        document_id=hit.grid.document_id,
        document=hit.grid.document,
        page=hit.grid.page,
        start=entry.start,
        end=entry.end,
        text=entry.text,
        quote_start=entry.row.start,
        quote_end=entry.row.end,
        quote=hit.grid.text[entry.row.start : entry.row.end],
        row=": ".join((*hit.line.groups, hit.line.label)),
        column=entry.head,
        unit=f"{figure.unit}{scale}".strip(),
        period=str(entry.period) if entry.period else "",
    )
