"""Figures of a table's row: held against the column and row that a claim names, not against what stands near them."""

import pytest

from rag.grounding.row_cells import followed_by, is_misplaced, read_rows
from rag.text.analyzer import words
from rag.text.normalize import normalize

ROW = "Year: 2023 | Income (euros): 5250 | Expenses (euros): 4700"
ROWS = f"Year: 2022 | Income (euros): 4800 | Expenses (euros): 4100\n{ROW}"


def misplaced(claim: str, rows: str, figure: str) -> bool:
    plain = normalize(claim)
    sequence = words(plain)
    return is_misplaced(read_rows(rows, words), sequence, sequence.index(figure), followed_by(plain, words))


@pytest.mark.parametrize(
    ("claim", "figure"),
    [
        ("In 2023 the income was 5250 euros and the expenses were 4700 euros", "4700"),
        ("Expenses were 4700, income 5250", "5250"),
        ("It was 5250", "5250"),
        ("The year 2023", "2023"),
    ],
)
def test_a_figure_of_the_column_that_is_named_is_in_its_place(claim: str, figure: str) -> None:
    assert not misplaced(claim, ROW, figure)


def test_a_figure_of_another_column_is_misplaced_even_where_only_the_word_behind_it_tells() -> None:
    assert misplaced("Income was 4700 and expenses were 5250", ROW, "5250")
    assert misplaced("The income was 5250 members", "Year: 2023 | Income: 5250 | Members: 44", "5250")


def test_of_several_rows_the_nearest_label_must_be_the_figures_own() -> None:
    assert not misplaced("Income rose from 4800 in 2022 to 5250 in 2023", ROWS, "4800")
    assert not misplaced("Income rose from 4800 in 2022 to 5250 in 2023", ROWS, "5250")
    assert misplaced("Income rose from 5250 in 2022 to 4800 in 2023", ROWS, "5250")


def test_a_scale_in_the_head_must_be_said() -> None:
    row = "Year: 2023 | Income (thousand euros): 5250"
    assert misplaced("The income in 2023 was 5250 euros", row, "5250")
    assert not misplaced("The income in 2023, in thousand euros, was 5250", row, "5250")


@pytest.mark.parametrize("text", ["The income was 5250 euros.", "Year | Income", f"As follows:\n{ROW}", "a | b"])
def test_what_is_not_only_rows_with_heads_has_none(text: str) -> None:
    assert not read_rows(text, words)
