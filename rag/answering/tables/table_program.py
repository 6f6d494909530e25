"""Compute what a form asks of a table: exactly, and with the cells that it was computed from.

Where the form leaves something open, or asks for what cannot be computed, there is no result, and the question is the
language model's.
"""

import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from rag.answering.tables.calculations import Operands
from rag.answering.tables.cell_lookup import Hit
from rag.answering.tables.formulas import (
    CalculationError,
    Expression,
    Operation,
    Quantity,
    as_text,
    average,
    evaluate,
    total,
)
from rag.answering.tables.result_wording import ResultWording, listed, rounded, say_number
from rag.answering.tables.table_form import TEXTUAL, TableForm, TableOutline
from rag.answering.tables.table_grid import Grid
from rag.answering.tables.table_request import Request
from rag.text.figures import parse_number
from rag.text.measure_terms import TOTALS, label_terms
from rag.types.computed import Computation, Computed

_MOST_NAMED = 6
_MEAN_PLACES = 2
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
_CONDITION = re.compile(r"(?P<relation>[<>]=?|=) (?P<value>-?\d[\d.,]*)")
_RELATIONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


def outline_of(grid: Grid, title: str) -> TableOutline:
    """Return what a table is about and the labels of its columns and rows."""
    return TableOutline(title, _columns(grid), tuple(line.label for line in grid.lines))


def _columns(grid: Grid) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.head for line in grid.lines for entry in line.entries))


def overlooks(form: TableForm, outline: TableOutline, question: str) -> bool:
    """Return True if a question names a row or a column in full that the form leaves out, or a year that no label has.

    Of years only where some label has one: another table says nothing of them.
    """
    asked = _as_words(question)
    labelled = {*_YEAR.findall(" ".join((outline.title, *outline.rows, *outline.columns)))}
    if labelled and {*_YEAR.findall(question)} - labelled - {*_YEAR.findall(form.where)}:
        return True

    def is_named(label: str) -> bool:
        words = _as_words(_IN_BRACKETS.sub("", label))
        return bool(words.strip()) and words in asked

    chosen = ((form.rows, outline.rows), (form.columns, outline.columns))
    return any(own and any(is_named(label) for label in labels if label not in own) for own, labels in chosen)


def _as_words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def compute_form(form: TableForm, grid: Grid, language: str, confidence: float) -> Computed | None:
    """Return what a form asks of a table; None if it cannot be computed."""
    cells = _cells(form, grid, confidence)
    if not cells or form.operation in TEXTUAL:
        return None
    program = _Program(form, cells, language)
    try:
        return program.run()
    except (CalculationError, ArithmeticError):
        return None


def _cells(form: TableForm, grid: Grid, confidence: float) -> list[Hit]:
    """Return the cells of the chosen rows and columns, of all rows those that are no totals; [] if one is missing."""
    lines = {line.label: line for line in grid.lines}
    columns = form.columns or _columns(grid)
    rows = form.rows or tuple(label for label in lines if not TOTALS & set(label_terms(label)))
    found: list[Hit] = []
    for row in rows:
        entries = {entry.head: entry for entry in lines[row].entries}
        cells = [Hit(grid, lines[row], entries[head], 0.0, confidence) for head in columns if head in entries]
        if len(cells) < len(columns) and (form.rows or form.columns):
            return []
        found += cells
    return found


class _Program:
    def __init__(self, form: TableForm, cells: Sequence[Hit], language: str) -> None:
        self._form = form
        self._cells = cells
        self._language = language
        self._operands = Operands(language)
        self._words = ResultWording(Request(kind="lookup", measures=()), language)
        self._phrases = self._words.phrases
        self._rows = list(dict.fromkeys(cell.line.label for cell in cells))
        self._columns = list(dict.fromkeys(cell.entry.head for cell in cells))
        self._kind: Computation = "lookup"

    def run(self) -> Computed | None:
        """Return the result, None if the cells do not fit the operation."""
        programs: dict[str, tuple[Callable[[], Computed | None], Computation, bool]] = {
            "sum": (partial(self._of_all, total, self._phrases.total), "sum", True),
            "average": (partial(self._of_all, average, self._phrases.average), "average", True),
            "median": (partial(self._of_all, _middle, self._phrases.median), "median", True),
            "highest": (self._extreme, "extreme", True),
            "lowest": (self._extreme, "extreme", True),
            "difference": (self._difference, "change", True),
            "ratio": (self._ratio, "ratio", True),
            "share": (self._share, "ratio", False),
            "count": (self._count, "count", True),
        }
        run, self._kind, is_of_one_kind = programs[self._form.operation]
        units = {cell.figure.unit for cell in self._cells}
        if is_of_one_kind and (len(self._cells) < 2 or len(units) > 1):
            return None
        return run()

    def _of_all(self, combine: Callable[[list[Expression]], Expression], sentence: str) -> Computed | None:
        """Return one figure made of all cells of a row or a column."""
        if min(len(self._rows), len(self._columns)) > 1:
            return None
        expression = combine([self._operands.leaf(cell) for cell in self._cells])
        result = evaluate(expression)
        said = self._words.amount(result, _places(result))
        names = [self._name(cell) for cell in self._cells]
        over = listed(names, self._language) if len(names) <= _MOST_NAMED else f"{names[0]} … {names[-1]}"
        label = f"{self._label()} ({over})" if self._form.operation == "sum" else self._label()
        statement = sentence.format(label=label, over=over, values=said)
        return self._computed(statement, f"{as_text(expression)} = {said}", [said])

    def _extreme(self) -> Computed | None:
        """Return the cells in their order up to the one asked for, unless two share its place."""
        if min(len(self._rows), len(self._columns)) > 1:
            return None
        is_highest, nth = self._form.operation == "highest", self._form.nth
        ordered = sorted(self._cells, key=lambda cell: cell.figure.amount, reverse=is_highest)
        amounts = [cell.figure.amount for cell in ordered]
        if nth > len(ordered) or amounts.count(amounts[nth - 1]) > 1:
            return None
        for cell in [ordered[nth - 1], *ordered]:
            self._operands.leaf(cell)
        name, said = self._name(ordered[nth - 1]), self._said(ordered[nth - 1])
        if nth > 1:
            places = (f"{at}. {self._name(cell)} {self._said(cell)}" for at, cell in enumerate(ordered[:nth], start=1))
            return self._result(self._label(), ", ".join(places), results=[name, said])
        rest = ", ".join(f"{self._name(cell)} {self._said(cell)}" for cell in ordered[1:4])
        statement = self._words.extreme(self._label(), name, said, rest, is_lowest=not is_highest)
        return self._computed(statement, results=[name, said])

    def _difference(self) -> Computed | None:
        """Return how far two cells are apart: from one period to the next, or the higher less the lower."""
        if len(self._cells) != 2:
            return None
        periods = [cell.entry.period for cell in self._cells]
        are_periods = all(periods) and periods[0] != periods[1]
        if are_periods:
            first, last = sorted(self._cells, key=lambda cell: cell.entry.period or (0, ""))
        else:
            first, last = sorted(self._cells, key=lambda cell: cell.figure.amount)
        before, after = self._operands.leaf(first), self._operands.leaf(last)
        difference = Operation("−", after, before)
        change = evaluate(difference)
        amount = self._words.amount(change, change.decimals)
        said, expression = amount.lstrip("−"), f"{as_text(difference)} = {amount}"
        if before.quantity.amount > 0:
            share = Operation("/", difference, before)
            percent = self._words.percent(evaluate(share))
            said, expression = f"{said} ({percent.lstrip('−')})", f"{expression}; {as_text(share)} = {percent}"
        if are_periods:
            values = [f"{self._said(cell)} ({cell.entry.period})" for cell in (first, last)]
            statement = self._words.change(change.amount, label=self._label(), by=said, first=values[0], last=values[1])
            return self._computed(statement, expression, [said])
        what = f"{self._name(last)} {self._said(last)} − {self._name(first)} {self._said(first)}"
        return self._result(self._label(), f"{what} = {said}", expression, [said])

    def _ratio(self) -> Computed | None:
        if len(self._cells) != 2:
            return None
        one, base = self._cells
        return self._quotient(one, self._operands.leaf(base), f"{self._name(base)} {self._said(base)}")

    def _share(self) -> Computed | None:
        """Return the share of one cell in its column, which has to be the sum of all its rows."""
        grid = self._cells[0].grid
        if len(self._cells) != 1:
            return None
        whole = _cells(TableForm("sum", (), tuple(self._columns)), grid, self._cells[0].confidence)
        if len(whole) < 2:
            return None
        self._operands.leaf(self._cells[0])
        everything = total([self._operands.leaf(cell) for cell in whole])
        result = evaluate(everything)
        return self._quotient(self._cells[0], everything, self._words.amount(result, result.decimals))

    def _quotient(self, one: Hit, whole: Expression, base_said: str) -> Computed:
        quotient = Operation("/", self._operands.leaf(one), whole)
        ratio = evaluate(quotient)
        said = self._words.ratio(ratio) if abs(ratio.amount) <= 1 else self._times(ratio.amount)
        name = self._name(one) or one.line.label
        values = f"{name} {self._said(one)} / {base_said} = {said}"
        return self._result(self._label(), values, f"{as_text(quotient)} = {said}", [said])

    def _times(self, amount: Decimal) -> str:
        """Say how many times as much something is."""
        return say_number(amount, 0 if amount == round(amount) else 2, self._language)

    def _count(self) -> Computed | None:
        """Return how many cells of a column fulfil the condition."""
        match = _CONDITION.fullmatch(self._form.where)
        bound = parse_number(match["value"], ".") if match else None
        if match is None or bound is None or len(self._columns) != 1:
            return None
        fulfils = _RELATIONS[match["relation"]]
        counted = [cell for cell in self._cells if fulfils(cell.figure.value, bound)]
        for cell in counted or self._cells:
            self._operands.leaf(cell)
        names = f" ({', '.join(self._name(cell) for cell in counted)})" if counted else ""
        label = f"{self._columns[0]} {self._form.where}"
        return self._result(label, f"{len(counted)}{names}", results=[str(len(counted))])

    def _label(self) -> str:
        """Return what all cells have in common: their column, their row, or both."""
        one_row, one_column = len(self._rows) == 1, len(self._columns) == 1
        label = ", ".join([*(self._rows if one_row else []), *(self._columns if one_column else [])])
        units = {cell.figure.unit for cell in self._cells}
        return label.replace(f" ({units.pop()})", "") if len(units) == 1 else label  # each figure is said with it

    def _name(self, cell: Hit) -> str:
        """Return in what a cell differs from the others; "" for the only one."""
        parts = [cell.line.label] if len(self._rows) > 1 else []
        return ", ".join([*parts, cell.entry.head] if len(self._columns) > 1 else parts)

    def _said(self, cell: Hit) -> str:
        return self._words.hit(cell)

    def _result(self, label: str, values: str, expression: str = "", results: Sequence[str] = ()) -> Computed:
        sentence = self._phrases.value if label else "{values}."
        return self._computed(sentence.format(label=label, values=values), expression, results)

    def _computed(self, statement: str, expression: str = "", results: Sequence[str] = ()) -> Computed:
        return self._operands.computed(self._kind, statement, expression, results)


def _places(result: Quantity) -> int:
    """Return the decimals of a mean: those of its sources, and more where it has them, as far as they say anything."""
    exact = result.amount.scaleb(-result.scale)
    wanted = (places for places in range(max(result.decimals, 0), _MEAN_PLACES) if rounded(exact, places) == exact)
    return next(wanted, max(result.decimals, _MEAN_PLACES))


def _middle(parts: list[Expression]) -> Expression:
    """Return the median: the middle one in order, or the mean of the two there."""
    ordered = sorted(parts, key=lambda part: evaluate(part).amount)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else average(ordered[half - 1 : half + 1])
