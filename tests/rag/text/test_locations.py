"""Where a page or a quote is, in words."""

import pytest

from rag.text.locations import chunk_location, cited_location, cited_place, page_location, place_of, section_name
from rag.types import Chunk, Citation
from tests.support.values import chunk


def below(heading: str, *, label: str = "", line: int = 0) -> Chunk:
    return chunk("One\nTwo\nThree", page_label=label, heading=heading, line=line)


def test_a_document_of_one_piece_needs_no_place() -> None:
    assert page_location(1, "") == ""


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("7 Decisions › 7.2 Voting", "§ 7.2"),
        ("Notes › Note 4. Revenue › Table 3. Net sales (in millions)", "Table 3"),
        ("Item 7. Management's Discussion", "Item 7"),
        ("ARTICLE IV - Members", "ARTICLE IV"),
        ("2018 was a good year", "2018 was a good year"),
        ("Part cleaning", "Part cleaning"),
        ("ACME Inc. · Balance Sheets · (In thousands)", ""),
        (
            "Part of the plan that has a very long title and goes on and on",
            "Part of the plan that has a very long title and…",
        ),
        ("", ""),
    ],
)
def test_a_section_is_called_by_its_number_or_its_title(heading: str, name: str) -> None:
    assert section_name(heading) == name


def test_a_quote_is_placed_by_section_and_line_or_page() -> None:
    assert place_of(below("7.2 Voting", label="lines 500–600", line=510), start=4) == "§ 7.2, line 511"
    assert place_of(below("Table 3. Net sales", label="56")) == "Table 3, p. 56 (page 1 of the file)"
    assert place_of(below("Intro", label="section “Intro”")) == "Intro"
    assert place_of(below("", label="slide 3")) == "slide 3"


def test_a_document_of_one_piece_is_located_by_its_name_alone() -> None:
    assert chunk_location(below("", label="slide 3")) == "a.pdf, slide 3"
    assert chunk_location(below("")) == "a.pdf"


def test_an_answer_kept_by_an_older_version_knows_the_page() -> None:
    old = Citation(number=1, document="a.pdf", page=3, label="3", start=0, end=1, quote="x", score=1.0)
    assert cited_place(old) == "p. 3"
    assert cited_location(old) == "a.pdf, p. 3"
