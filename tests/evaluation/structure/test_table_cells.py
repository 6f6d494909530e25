"""A cell counts if its row and all of its heads are right, and those of other columns are not said with it."""

from pathlib import Path

import pytest

from evaluation.structure.table_cells import (
    LABELS,
    LabelledCell,
    LabelledTable,
    evaluate_tables,
    judge,
    read_labels,
    scores,
)
from ingest.readers.blocks.tables import CellText, render_table
from rag.errors import DocumentError
from rag.types import Page, Structure

ROWS = [["", "Year 2018", "Year 2017"], ["Net sales", "$32,765", "31,657"], ["Cost", "16,682", "16,055"]]
LABEL = LabelledTable(
    "a.pdf",
    1,
    "unruled",
    "seen",
    (
        LabelledCell("32,765", "Net sales", ("Year", "2018")),
        LabelledCell("16,055", "Cost", ("Year", "2017")),
    ),
)


def page_of(rows: list[list[str]], head_rows: int = 1) -> Page:
    cells = [CellText(row, column, text) for row, line in enumerate(rows) for column, text in enumerate(line)]
    rendered = render_table(cells, head_rows=head_rows)
    structure = Structure(tables=(rendered.as_table(0),))
    return Page(number=1, label="1", text=rendered.text, structure=structure)


def test_cells_with_their_heads_are_right() -> None:
    assert judge(LABEL, [page_of(ROWS)]).right == 2


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["", "Year 2018 2017", "Year 2018 2017"], *ROWS[1:]], "heads"),
        ([["", "Year 2017", "Year 2018"], *ROWS[1:]], "heads"),
        ([ROWS[0], ["Cost", "32,765", ""], ["Net sales", "", "16,055"]], "row"),
        ([ROWS[0], ["Net sales", "32,765 31,657", ""], ["Cost", "16,682 16,055", ""]], "no such cell"),
    ],
    ids=["heads of all columns", "heads exchanged", "rows exchanged", "columns in one"],
)
def test_what_is_misplaced_is_wrong(rows: list[list[str]], reason: str) -> None:
    result = judge(LABEL, [page_of(rows)])
    assert result.right == 0
    assert all(why.startswith(reason) for _, why in result.wrong)


def test_a_page_without_tables_has_no_cell_right() -> None:
    assert judge(LABEL, [Page(number=1, label="1", text="32,765")]).wrong[0][1] == "no table found"


def test_scores_are_by_kind_and_half() -> None:
    found = {score.kind: score for score in scores([judge(LABEL, [page_of(ROWS)])])}
    assert (found["unruled"].share, found["unruled"].tables) == (1.0, 1)
    assert found["unruled, unseen"].cells == 0


def test_sixty_tables_are_labelled_with_five_cells_or_more() -> None:
    labels = read_labels(LABELS)
    assert len(labels) >= 60
    assert all(len(label.cells) >= 5 for label in labels)
    assert sum(label.half == "unseen" for label in labels) >= 30


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"a\.pdf is missing"):
        list(evaluate_tables(tmp_path, [LABEL]))
