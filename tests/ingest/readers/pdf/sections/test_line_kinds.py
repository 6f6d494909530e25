import pytest

from ingest.readers.layout.geometry import Line
from ingest.readers.pdf.sections import line_kinds


def _lines(count: int) -> list[Line]:
    return [Line(0, 1, 50, 700 - 12 * at, 400, 710 - 12 * at) for at in range(count)]


@pytest.mark.parametrize("text", ["Figure 3. Sales", "Table 2: Costs", "Abb. 4 Aufbau", "Fig. 1", "图 2 结果"])
def test_captions_are_known_by_their_number(text: str) -> None:
    assert line_kinds.is_caption(text)


@pytest.mark.parametrize("text", ["Net sales 32,765 31,657", "2018 2017 2016", "Other (12) 5%", "— —"])
def test_rows_of_figures_are_numeric(text: str) -> None:
    assert line_kinds.is_numeric_row(text)


@pytest.mark.parametrize("text", ["Overview of 2022", "Item 7", "Results of Operations", "Note 4. Revenue"])
def test_titles_with_a_number_are_not_numeric_rows(text: str) -> None:
    assert not line_kinds.is_numeric_row(text)


def test_entries_of_a_table_of_contents_are_found_with_what_stands_between_them() -> None:
    texts = [
        "Contents",
        "1 Introduction 3",
        "2 Methods 7",
        "Part Two",
        "3 Results 12",
        "4 Discussion 20",
        "Text begins.",
    ]

    assert line_kinds.contents_lines(texts, _lines(len(texts))) == {1, 2, 3, 4, 5}


def test_leaders_make_entries_without_a_page_number_too() -> None:
    texts = ["One ........ 1", "Two ........", "Three ...... 5", "Four ....... 9"]

    assert line_kinds.contents_lines(texts, _lines(4)) == {0, 1, 2, 3}


def test_a_table_of_figures_is_no_table_of_contents() -> None:
    texts = ["Cash 1,200 1,100", "Debt 900 800", "Equity 300 250", "Total 2,400 2,150", "Other 12 11"]

    assert line_kinds.contents_lines(texts, _lines(5)) == set()


def test_falling_numbers_are_no_table_of_contents() -> None:
    texts = ["Anna won 9", "Berta won 7", "Clara won 5", "Dora won 2"]

    assert line_kinds.contents_lines(texts, _lines(4)) == set()


def test_continuations_units_and_formulas_are_told_apart_from_titles() -> None:
    assert line_kinds.is_continuation("NOTES TO THE STATEMENTS (Continued)")
    assert line_kinds.is_unit("In millions, except per share amounts")
    assert line_kinds.is_unit("Years ended December 31")
    assert not line_kinds.is_unit("Investments in securities")
    assert not line_kinds.has_word("x = y + z ≤ 3")
    assert line_kinds.is_capitals("RISK FACTORS")
    assert not line_kinds.is_capitals("1.3 XML")
