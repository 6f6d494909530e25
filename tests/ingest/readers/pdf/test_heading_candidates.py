"""Lines that differ from the prose around them and stand apart are headings; what differs for other reasons is none."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.blocks.geometry import Line
from ingest.readers.blocks.paragraphs import usual_pitch
from ingest.readers.pdf import heading_candidates
from ingest.readers.pdf.heading_candidates import (
    Body,
    PageLines,
    body_of_page,
    body_type,
    find_candidates,
    heading_number,
)
from ingest.readers.pdf.pdfium import Type

_PROSE = "This line of a paragraph is long enough to fill the column to its end"
_BODY = Body(10)
_Row = tuple[float, str, Type]
"""The distance from the line above, the text, and its type."""


def _page(rows: Sequence[_Row], left: float = 50) -> PageLines:
    lines: list[Line] = []
    baseline = 800.0
    for distance, text, kind in rows:
        baseline -= distance
        lines.append(Line(0, len(text), left, baseline, left + 0.5 * kind.size * len(text), baseline + kind.size))
    return PageLines([text for _, text, _ in rows], lines, [kind for _, _, kind in rows], usual_pitch(lines))


def _titles(rows: Sequence[_Row]) -> list[str]:
    return [candidate.title for candidate in find_candidates(_page(rows), _BODY)]


def _prose(count: int = 3) -> list[_Row]:
    return [(12, _PROSE, Type(10))] * count


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Results of Operations", Type(14)),
        ("Results of Operations", Type(10, bold=True)),
        ("RESULTS OF OPERATIONS", Type(10)),
        ("Net Sales", Type(10, italic=True)),
        ("Item 7. Management's Discussion", Type(10, bold=True)),
        ("Investments in securities", Type(10, bold=True)),
        ("3 Results", Type(12, bold=True)),
    ],
)
def test_a_line_apart_that_differs_from_the_prose_is_a_heading(text: str, kind: Type) -> None:
    assert _titles([*_prose(), (20, text, kind), (20, _PROSE, Type(10)), *_prose()]) == [text]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Plain words of the text", Type(10)),
        *((caption, Type(10, bold=True)) for caption in ("Table 2: Costs", "Abb. 4 Aufbau", "Fig. 1", "图 2 结果")),
        ("In millions, except per share amounts", Type(10, bold=True)),
        ("Years ended December 31", Type(10, bold=True)),
        ("• A point of a list", Type(10, bold=True)),
        ("www.example.org/reports", Type(10, bold=True)),
        ("2018 2017 2016", Type(10, bold=True)),
        ("Notes (continued)", Type(10, bold=True)),
        ("f(x) = y + z ≤ 3", Type(10, italic=True)),
        ("Begins bold and goes on", Type(10, bold=True, even=False)),
    ],
)
def test_what_differs_for_other_reasons_is_none(text: str, kind: Type) -> None:
    assert _titles([*_prose(), (20, text, kind), (20, _PROSE, Type(10)), *_prose()]) == []


def test_a_heading_of_two_lines_is_one() -> None:
    rows = [*_prose(), (24, "A Long Title That", Type(16)), (18, "Takes Two Lines", Type(16)), *_prose()]

    assert _titles(rows) == ["A Long Title That Takes Two Lines"]


def test_numbered_headings_one_below_the_other_are_two() -> None:
    rows = [*_prose(), (24, "1 Methods", Type(14)), (18, "1.1 Material", Type(14)), *_prose()]

    assert _titles(rows) == ["1 Methods", "1.1 Material"]


def test_the_bold_label_of_a_table_is_none() -> None:
    rows = [
        *_prose(),
        (24, "Consolidated Balance Sheet", Type(10, bold=True)),
        (20, "2018 2017", Type(10, bold=True)),
        (12, "Current assets", Type(10, bold=True)),
        (12, "Cash 2,853 3,053", Type(10)),
        (12, "Liabilities", Type(10, bold=True)),
        (12, "Debt 1,211 1,853", Type(10)),
    ]

    assert _titles(rows) == ["Consolidated Balance Sheet"]


def test_entries_of_a_table_of_contents_are_none() -> None:
    entries = [(14.0, f"Chapter {at} {title} {at * 10}", Type(10, bold=True)) for at, title in enumerate("ABCDE", 1)]

    assert _titles([(20, "Contents", Type(16)), *entries]) == ["Contents"]


def test_bold_words_that_begin_a_paragraph_are_none() -> None:
    rows = [*_prose(), (20, _PROSE, Type(10, bold=True)), (12, "and goes on in the next line.", Type(10)), *_prose()]

    assert _titles(rows) == []


def test_a_whole_bold_paragraph_is_none() -> None:
    rows = [*_prose(), (20, _PROSE, Type(10, bold=True)), *[(12.0, _PROSE, Type(10, bold=True))] * 5, *_prose(20)]

    assert _titles(rows) == []


def test_a_number_that_stands_beside_its_title_belongs_to_it() -> None:
    page = _page([*_prose(), (24, "1.2", Type(14)), (0, "Material", Type(14)), (24, _PROSE, Type(10)), *_prose()])
    lines = list(page.lines)
    lines[4] = lines[4]._replace(left=120, right=180)

    assert [found.title for found in find_candidates(page._replace(lines=lines), _BODY)] == ["1.2 Material"]


def test_an_article_has_the_name_below_it() -> None:
    rows = [
        *_prose(),
        (24, "ARTICLE TWO", Type(10)),
        (20, "General Provisions", Type(10)),
        (24, _PROSE, Type(10)),
        *_prose(),
    ]

    assert _titles(rows) == ["ARTICLE TWO General Provisions"]


def test_a_line_that_other_pages_have_too_is_none_unless_it_is_larger() -> None:
    page = _page([(20, "Annual Report", Type(10, bold=True)), (20, _PROSE, Type(10)), *_prose()])
    large = _page([(20, "Annual Report", Type(16)), (20, _PROSE, Type(10)), *_prose()])

    assert find_candidates(page._replace(furniture={0: False}), _BODY) == []
    assert len(find_candidates(large._replace(furniture={0: False}), _BODY)) == 1
    assert find_candidates(large._replace(furniture={0: True}), _BODY) == []


@given(
    st.lists(
        st.tuples(
            st.floats(0, 40),
            st.text(min_size=1, max_size=80).filter(str.strip),
            st.builds(
                Type, st.sampled_from([6.0, 10.0, 18.0]), st.booleans(), st.booleans(), st.booleans(), st.booleans()
            ),
        ),
        max_size=30,
    )
)
def test_any_page_gives_headings_that_lie_in_order_and_apart(rows: list[_Row]) -> None:
    found = find_candidates(_page([(distance, text.strip(), kind) for distance, text, kind in rows]), _BODY)

    places = [place for candidate in found for place in range(candidate.first, candidate.last + 1)]
    assert places == sorted(set(places))
    assert all(0 <= place < len(rows) for place in places)


def test_the_usual_type_is_that_of_the_prose_not_of_many_short_lines() -> None:
    texts = ["A line of prose that is long enough to be one of a paragraph."] * 5 + ["12"] * 20
    types = [Type(10)] * 5 + [Type(7, bold=True)] * 20
    lines = [Line(0, 1, 50, 0, 400, 10)] * 25

    assert body_type([PageLines(texts, lines, types, 12)]) == Body(10, bold=False, italic=False)


def test_a_page_in_larger_type_has_a_body_of_its_own() -> None:
    page = PageLines(["A line of prose that is long enough."] * 3, [Line(0, 1, 50, 0, 400, 12)] * 3, [Type(12)] * 3, 14)

    assert body_of_page(page, Body(9)) == Body(12)
    assert body_of_page(page, Body(14)) == Body(14)


@pytest.mark.parametrize(
    ("text", "rank", "depth"),
    [
        ("7.2 Results", None, 2),
        ("1 Introduction", None, 1),
        ("A.1 Proofs", None, 2),
        ("IV. Discussion", None, 0),
        ("B. Methods", None, 0),
        ("ITEM 1A. RISK FACTORS", 1, 0),
        ("NOTE 4 - Goodwill", 3, 0),
        ("Chapter Three", 1, 0),
        ("Part II", 0, 0),
        ("Appendix A", 2, 0),
        ("§ 12 Haftung", 3, 0),
        ("第三章 结果", 1, 0),
    ],
)
def test_the_number_of_a_heading_says_its_rank_and_depth(text: str, rank: int | None, depth: int) -> None:
    number = heading_number(text)

    assert number is not None
    assert (number.rank, number.depth) == (rank, depth)


@pytest.mark.parametrize("text", ["Results", "part of the plan", "note 4 says", "Parties to it", "Itemised costs", ""])
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert heading_number(text) is None


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


def test_an_abbreviation_does_not_make_a_title_one_in_capitals() -> None:
    assert heading_candidates.is_capitals("RISK FACTORS")
    assert not heading_candidates.is_capitals("1.3 XML")
