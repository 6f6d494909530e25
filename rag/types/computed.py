"""A result that code computed: its statement, its expression, and the cells or items that it was computed from."""

from dataclasses import dataclass
from typing import Literal

Computation = Literal["lookup", "change", "ratio", "sum", "average", "median", "extreme", "count", "formula", "list"]
"""Kind of a computation: figures as printed, a change with its percentage, a ratio, a sum, an average, a median, the
highest or lowest, a number of rows, a formula that the question states, or a list with the number of its items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operand:
    """A cell or item that a result was computed from: `text` is characters `[start, end)` of the stored page.

    `quote` is its whole row, characters `[quote_start, quote_end)` of the page. `row` and `column` are its heads,
    `unit` is its unit with its scale ("$ million"), and `period` what its column is about ("2018"; "" if none).
    """

    document_id: int
    document: str
    page: int
    start: int
    end: int
    text: str
    quote_start: int
    quote_end: int
    quote: str
    row: str = ""
    column: str = ""
    unit: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A result computed by code. `statement` says it in the question's language.

    `expression` is the calculation in text ("(32,136 − 32,765) / 32,765 = −1.9%"), "" for figures as printed. `results`
    are the figures computed, as stated. `confidence`, in [0, 1], says how surely these are the cells that were asked
    for; the arithmetic itself is exact. `language` is that of the statement.
    """

    kind: Computation
    statement: str
    expression: str = ""
    results: tuple[str, ...] = ()
    operands: tuple[Operand, ...]
    confidence: float
    language: str = "en"
