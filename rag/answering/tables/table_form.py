"""Ask the model what a question wants of a table: it fills in a small form of the table's own rows and columns.

The form is JSON, and the model can write nothing else: an operation, and labels that the table has. So it need not read
the figures, which it would copy and add up wrongly, and what it asks for can always be computed. (Compare Binder, Cheng
et al. 2022, 2210.02875, where a model writes a program over a table.)
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.interfaces import Message

FormOperation = Literal[
    "lookup", "sum", "average", "median", "highest", "lowest", "difference", "ratio", "share", "count", "none"
]

TEXTUAL: tuple[FormOperation, ...] = ("lookup", "none")
"""What needs no computing: a cell is read in the text as well, where a judge says whether it is what was asked for."""

MAX_ROWS = 40
MAX_COLUMNS = 12
_MAX_LABEL = 80
"""Of a longer text nobody would say that it names a row."""

_MAX_CHOSEN = 12
_ALL = "all"


@dataclass(frozen=True, slots=True)
class TableForm:
    """What a question wants of a table: no `rows` or `columns` are all there are.

    `nth` is 2 for the second highest, `where` what a figure that counts fulfils ("> 700").
    """

    operation: FormOperation
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    nth: int = 1
    where: str = ""


@dataclass(frozen=True, slots=True)
class TableOutline:
    """What the model is shown of a table: what it is about, and the labels of its columns and rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]

    def reversed(self) -> "TableOutline":
        """Return the same table with its labels the other way round."""
        return TableOutline(self.title, self.columns[::-1], self.rows[::-1])

    @property
    def is_short(self) -> bool:
        """True if all labels can be shown, and each names one thing."""
        sizes = 0 < len(self.rows) <= MAX_ROWS and 0 < len(self.columns) <= MAX_COLUMNS
        return sizes and all(
            all(0 < len(label) <= _MAX_LABEL for label in labels) and len(set(labels)) == len(labels)
            for labels in (self.rows, self.columns)
        )


_INSTRUCTION = (
    "You turn a question about a table into a request in JSON, which a program computes. The operation is lookup, sum, "
    "average, median, highest, lowest, difference, ratio, share, count, or none if the figures of the table do not "
    "answer the question. columns and rows are those that it is about."
)

_BOATS = TableOutline(
    "Boats for hire",
    ("Seats", "Price per hour (€)", "Deposit (€)"),
    ("Canoe", "Kayak", "Rowing boat", "Pedalo", "Sailing boat"),
)
_BATHS = TableOutline("Besucher der Bäder", ("2019", "2020", "2021"), ("Nordbad", "Südbad", "Freibad"))
_OFFICES = TableOutline("Staff by office", ("Employees", "Part-time", "Average age"), ("Lyon", "Porto", "Graz"))
_EXAMPLES = (
    (_BOATS, "Which boat is the least expensive?", TableForm("lowest", (), ("Price per hour (€)",))),
    (_BOATS, "Why do I have to pay a deposit?", TableForm("none")),
    (
        _BOATS,
        "How many boats cost more than 12 euros an hour?",
        TableForm("count", (), ("Price per hour (€)",), 1, "> 12"),
    ),
    (
        _BOATS,
        "How much more is the sailing boat than the canoe?",
        TableForm("difference", ("Canoe", "Sailing boat"), ("Price per hour (€)",)),
    ),
    (_BATHS, "Wie viele Gäste hatte das Südbad 2020?", TableForm("lookup")),
    (
        _BATHS,
        "Um wie viel Prozent stieg die Zahl der Gäste des Freibads von 2019 bis 2021?",
        TableForm("difference", ("Freibad",), ("2019", "2021")),
    ),
    (_BATHS, "In which year did the Nordbad have the most visitors?", TableForm("highest", ("Nordbad",))),
    (_BATHS, "Quelle part des visiteurs de 2021 est allée au Südbad ?", TableForm("share", ("Südbad",), ("2021",))),
    (_OFFICES, "Who runs the office in Lyon?", TableForm("none")),
    (_OFFICES, "How many people work in Porto and Graz together?", TableForm("sum", ("Porto", "Graz"), ("Employees",))),
    (_OFFICES, "Which office has the second biggest team?", TableForm("highest", (), ("Employees",), 2)),
    (
        _OFFICES,
        "What is the ratio of part-time staff to all employees in Porto?",
        TableForm("ratio", ("Porto",), ("Part-time", "Employees")),
    ),
    (_OFFICES, "¿Cuántos empleados hay en total?", TableForm("sum", (), ("Employees",))),
    (_OFFICES, "On average, how many employees does an office have?", TableForm("average", (), ("Employees",))),
)


def form_messages(outline: TableOutline, question: str) -> list[Message]:
    """Return what the model reads, the same up to the last message: its keys and values are kept."""
    messages: list[Message] = [{"role": "system", "content": _INSTRUCTION}]
    shown: TableOutline | None = None
    for example, asked, form in _EXAMPLES:
        content = f"Question: {asked}" if example is shown else _shown(example, asked)
        messages += [{"role": "user", "content": content}, {"role": "assistant", "content": _written(form)}]
        shown = example
    return [*messages, {"role": "user", "content": _shown(outline, question)}]


def form_pattern(outline: TableOutline) -> str:
    """Return the regular expression of the forms that can be filled in for a table, each with the cells it needs."""
    column, row = (_one_of(labels) for labels in (outline.columns, outline.rows))
    in_line = f"(?:{_cells([column], _many(row))}|{_cells(_many(column), [row])})"
    of_two = f"(?:{_cells([column], [row, row])}|{_cells([column, column], [row])})"
    operations = {
        "|".join(TEXTUAL): "",
        "sum|average|median": in_line,
        "highest|lowest": in_line + '(?:,"nth":[2-9])?',
        "difference|ratio": of_two,
        "share": _cells([column], [row]),
        "count": _cells([column], _many(row)) + r',"where":"(?:[<>]=?|=) -?\d[\d.,]*"',
    }
    return "|".join(rf'\{{"operation":"(?:{names})"{rest}\}}' for names, rest in operations.items())


def read_form(text: str) -> TableForm:
    """Return the form that was filled in, one that asks for nothing if it was not."""
    if not text:
        return TableForm("none")
    values = json.loads(text)
    rows, columns = (() if (chosen := values.get(name, _ALL)) == _ALL else chosen for name in ("rows", "columns"))
    return TableForm(
        values["operation"],
        tuple(dict.fromkeys(rows)),
        tuple(dict.fromkeys(columns)),
        values.get("nth", 1),
        values.get("where", ""),
    )


def _shown(outline: TableOutline, question: str) -> str:
    columns, rows = " | ".join(outline.columns), " | ".join(outline.rows)
    return f"Table: {outline.title}\nColumns: {columns}\nRows: {rows}\nQuestion: {question}"


def _written(form: TableForm) -> str:
    values: dict[str, object] = {"operation": form.operation}
    if form.operation not in TEXTUAL:
        values |= {"columns": form.columns or _ALL, "rows": form.rows or _ALL}
    values |= {"nth": form.nth} if form.nth > 1 else {}
    values |= {"where": form.where} if form.where else {}
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _cells(columns: str | list[str], rows: str | list[str]) -> str:
    """Return the pattern of the part that names columns and rows: as many as there are patterns, or what `_many` is."""
    parts = (each if isinstance(each, str) else rf"\[{','.join(each)}\]" for each in (columns, rows))
    return ',"columns":{},"rows":{}'.format(*parts)


def _many(one: str) -> str:
    return rf'(?:"{_ALL}"|\[{one}(?:,{one}){{0,{_MAX_CHOSEN - 1}}}\])'


def _one_of(labels: Sequence[str]) -> str:
    return "(?:" + "|".join(re.escape(json.dumps(label, ensure_ascii=False)) for label in labels) + ")"
