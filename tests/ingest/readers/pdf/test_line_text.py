"""Numbers of headings are read, and lines of other kinds told by their text."""

import pytest

from ingest.readers.blocks.geometry import Line
from ingest.readers.pdf import heading_candidates
from ingest.readers.pdf.heading_candidates import heading_number, is_number_alone


@pytest.mark.parametrize(
    ("text", "rank", "depth"),
    [
        ("7.2 Results", None, 2),
        ("1 Introduction", None, 1),
        ("A.1 Proofs", None, 2),
        ("IV. Discussion", None, 0),
        ("B. Methods", None, 0),
        ("Item 7. Management's Discussion", 1, 0),
        ("ITEM 1A. RISK FACTORS", 1, 0),
        ("NOTE 4 - Goodwill", 3, 0),
        ("Chapter Three", 1, 0),
        ("ARTICLE IV", 1, 0),
        ("Part II", 0, 0),
        ("Appendix A", 2, 0),
        ("§ 12 Haftung", 3, 0),
        ("第三章 结果", 1, 0),
        ("Kapitel 2", 1, 0),
    ],
)
def test_the_number_of_a_heading_says_its_rank_and_depth(text: str, rank: int | None, depth: int) -> None:
    number = heading_number(text)

    assert number is not None
    assert (number.rank, number.depth) == (rank, depth)


@pytest.mark.parametrize("text", ["Results", "part of the plan", "note 4 says", "Parties to it", "Itemised costs", ""])
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert heading_number(text) is None


def test_the_title_begins_where_the_number_ends() -> None:
    text = "Item 7. Management's Discussion"
    number = heading_number(text)

    assert number
    assert text[number.end :] == "Management's Discussion"


def test_a_number_alone_has_no_title() -> None:
    assert is_number_alone("7.2")
    assert is_number_alone("Item 7.")
    assert not is_number_alone("7.2 Results")


@pytest.mark.parametrize("text", ["Figure 3. Sales", "Table 2: Costs", "Abb. 4 Aufbau", "Fig. 1", "图 2 结果"])
def test_captions_are_known_by_their_number(text: str) -> None:
    assert heading_candidates.is_caption(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, True) for text in ("Net sales 32,765 31,657", "2018 2017 2016", "Other (12) 5%", "— —")),
        *((text, False) for text in ("Overview of 2022", "Item 7", "Results of Operations", "Note 4. Revenue")),
    ],
)
def test_rows_of_figures_are_numeric_and_titles_with_a_number_are_not(text: str, expected: bool) -> None:
    assert heading_candidates.is_numeric_row(text) == expected


@pytest.mark.parametrize(
    ("texts", "entries"),
    [
        (
            ["Contents", "1 Introduction 3", "2 Methods 7", "Part Two", "3 Results 12", "4 Discussion 20", "Text."],
            {1, 2, 3, 4, 5},
        ),
        (["One ........ 1", "Two ........", "Three ...... 5", "Four ....... 9"], {0, 1, 2, 3}),
        (["Cash 1,200 1,100", "Debt 900 800", "Equity 300 250", "Total 2,400 2,150", "Other 12 11"], set()),
        (["Anna won 9", "Berta won 7", "Clara won 5", "Dora won 2"], set()),
    ],
    ids=["with what stands between", "leaders without a number", "figures", "falling numbers"],
)
def test_entries_of_a_table_of_contents_are_found(texts: list[str], entries: set[int]) -> None:
    lines = [Line(0, 1, 50, 700 - 12 * at, 400, 710 - 12 * at) for at in range(len(texts))]

    assert heading_candidates.contents_lines(texts, lines) == entries


def test_continuations_units_and_formulas_are_told_apart_from_titles() -> None:
    assert heading_candidates.is_continuation("NOTES TO THE STATEMENTS (Continued)")
    assert heading_candidates.is_unit("In millions, except per share amounts")
    assert heading_candidates.is_unit("Years ended December 31")
    assert not heading_candidates.is_unit("Investments in securities")
    assert not heading_candidates.has_word("x = y + z ≤ 3")
    assert heading_candidates.is_capitals("RISK FACTORS")
    assert not heading_candidates.is_capitals("1.3 XML")
