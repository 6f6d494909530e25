"""Measure the cells of tables by their rows and heads: `python -m benchmarks.quality.tables DIR [--show-wrong]`.

DIR is the folder of the labelled sets, with financebench/ and documents/. The labels were made by hand from pictures of
the pages: some values of a table, each with its row's label and the heads over it. A cell is right if a table of the
page has it as a cell of its own, the cells to its left in its row have the label, and the words said before it have all
of its heads, and none that the label gives to other columns or rows.
"""

import argparse
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.readers.registry import reader_for
from rag.types import Cell, Page, Table

LABELS = Path(__file__).with_name("labels") / "table_cells.json"
KINDS = ("ruled", "unruled", "office")

_WORD = re.compile(r"[^\W\d]+|\d[\d.,]*|[%＜≤<>μ#]")
_NOTE = re.compile(r"\s*(?:\(\d\)|\(?[*†‡]\)?|[¹²³])+$")


@dataclass(frozen=True, slots=True)
class LabelledCell:
    """A value as printed, the label of its row, and the heads over it from top to bottom."""

    value: str
    row: str
    heads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledTable:
    """A table of a file; `page` counts from 1, and 0 stands for the whole of a file without fixed pages.

    The `half` is "seen" if somebody looked at what is found in it while the rules were made.
    """

    file: str
    page: int
    kind: str
    half: str
    cells: tuple[LabelledCell, ...]


@dataclass(frozen=True, slots=True)
class TableResult:
    """A labelled table with the cells that were found right, and those that were not with the reason."""

    table: LabelledTable
    right: int
    wrong: tuple[tuple[LabelledCell, str], ...]


def main() -> None:
    """Print the share of right cells of each kind of tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--show-wrong", action="store_true", help="list the cells that are not right, with why")
    options = parser.parse_args()
    results = list(evaluate_tables(options.folder, read_labels(LABELS)))
    print("tables that are\tnumber\tcells\tright\tshare")
    for score in scores(results):
        print(f"{score.kind}\t{score.tables}\t{score.cells}\t{score.right}\t{score.share:.3f}")
    for result in results if options.show_wrong else ():
        for cell, reason in result.wrong:
            place = f"{result.table.file}, p. {result.table.page}" if result.table.page else result.table.file
            print(f"{place}: '{cell.value}' in '{cell.row}': {reason}")


def read_labels(path: Path) -> list[LabelledTable]:
    """Return the labelled tables."""
    return [
        LabelledTable(
            table["file"],
            table["page"],
            table["kind"],
            table["half"],
            tuple(LabelledCell(value, row, tuple(heads)) for value, row, heads in table["cells"]),
        )
        for table in json.loads(path.read_text(encoding="utf-8"))
    ]


def evaluate_tables(data: Path, labels: Sequence[LabelledTable]) -> Iterator[TableResult]:
    """Read each file below `data` once, and yield a result for every labelled table."""
    pages: dict[str, list[Page]] = {}
    for label in labels:
        if label.file not in pages:
            path = data / label.file
            pages = {label.file: list(reader_for(path, path.name).read(path))}
        yield judge(label, [page for page in pages[label.file] if label.page in (0, page.number)])


def judge(label: LabelledTable, pages: Sequence[Page]) -> TableResult:
    """Return how many of a table's cells were found with their heads."""
    wrong: list[tuple[LabelledCell, str]] = []
    for cell in label.cells:
        reason = _fault(cell, label, pages)
        if reason:
            wrong.append((cell, reason))
    return TableResult(label, len(label.cells) - len(wrong), tuple(wrong))


def _fault(wanted: LabelledCell, label: LabelledTable, pages: Sequence[Page]) -> str:
    """Return why a cell is not right; "" if it is. The nearest miss counts."""
    reasons: list[str] = []
    for page in pages:
        for table in page.structure.tables:
            for cell in table.cells:
                if not cell.is_head and _same_value(page.text[cell.start : cell.end], wanted.value):
                    reason = _misplaced(wanted, label, page, table, cell)
                    if not reason:
                        return ""
                    reasons.append(reason)
    if not any(page.structure.tables for page in pages):
        return "no table found"
    return max(reasons, key=lambda reason: reason.startswith("heads"), default="no such cell")


def _misplaced(wanted: LabelledCell, label: LabelledTable, page: Page, table: Table, cell: Cell) -> str:
    beside = [
        other for other in table.cells if _is_beside(other, cell) and not other.is_head and other.column < cell.column
    ]
    labels = [page.text[other.start : other.end] for other in beside]
    others = {other.row for other in label.cells if other.row != wanted.row}
    if not any(_contains(text, wanted.row) for text in labels):
        return f"row: {' | '.join(labels)[:80]!r}"
    if any(_goes_on(text, wanted.row, others) for text in labels):
        return f"another row: {' | '.join(labels)[:80]!r}"
    said = heads_said(page.text, table, cell)
    foreign = {head for other in label.cells for head in other.heads} - set(wanted.heads)
    if not all(_contains(said, head) for head in wanted.heads) or _has_another(said, " ".join(wanted.heads), foreign):
        return f"heads: {said[:120]!r}"
    return ""


def heads_said(text: str, table: Table, cell: Cell) -> str:
    """Return the words of its row that stand before a cell and after the one before it: the heads of its column."""
    line = text.rfind("\n", table.start, cell.start) + 1 or table.start
    before = [other.end for other in table.cells if other.end <= cell.start and other.start >= line]
    return text[max([line, *before]) : cell.start].strip(" |:")


def _is_beside(other: Cell, cell: Cell) -> bool:
    return other.row <= cell.row < other.row + other.row_span or cell.row <= other.row < cell.row + cell.row_span


def _words(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return f" {' '.join(_WORD.findall(text))} "


def _contains(text: str, part: str) -> bool:
    if not part.isascii():  # a line end within Chinese words is no blank
        return _words(part).replace(" ", "") in _words(text).replace(" ", "")
    return _words(part) in _words(text)


def _goes_on(text: str, own: str, others: Iterable[str]) -> bool:
    """Return True if the label of another row follows that of the cell's own row."""
    after = _words(text).rpartition(_words(own).rstrip())[2]
    return _contains(text, own) and any(_words(other) in after and not _contains(own, other) for other in others)


def _has_another(text: str, own: str, others: Iterable[str]) -> bool:
    """Return True if a text also has the head of another column or row, unless that is part of its own."""
    rest = _words(text).replace(_words(own), " ") if _words(own) in _words(text) else _words(text)
    return any(_words(other) in rest and not _contains(own, other) for other in others)


def _same_value(text: str, value: str) -> bool:
    return any(_bare(one) == _bare(value) for one in (text, _NOTE.sub("", text)))


def _bare(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    return re.sub(r"[\s$]", "", text) or text


@dataclass(frozen=True, slots=True)
class KindScore:
    """Cells of a kind of tables: how many were found with their heads."""

    kind: str
    tables: int
    cells: int
    right: int

    @property
    def share(self) -> float:
        """Share of cells that are right."""
        return self.right / self.cells if self.cells else 0.0


def scores(results: Sequence[TableResult]) -> list[KindScore]:
    """Return a score for each kind of tables, and for those of each kind that nobody looked at before."""
    found = []
    for kind in KINDS:
        own = [result for result in results if result.table.kind == kind]
        unseen = [result for result in own if result.table.half == "unseen"]
        found += [_score(kind, own), _score(f"{kind}, unseen", unseen)]
    return found


def _score(name: str, results: Sequence[TableResult]) -> KindScore:
    cells = sum(len(result.table.cells) for result in results)
    return KindScore(name, len(results), cells, sum(result.right for result in results))


if __name__ == "__main__":
    main()
