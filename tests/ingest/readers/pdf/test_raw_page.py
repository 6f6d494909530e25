"""Running heads and page numbers are left out of the text, and nothing else is; form values follow their labels."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.readers.blocks.geometry import Box, Line
from ingest.readers.pdf.raw_page import comparison_window, insert_form_values
from tests.support.documents.pdfs import Words, read_pdf, write_words


def test_running_heads_go_beside_the_text_page_numbers_go_and_the_first_head_stays(tmp_path: Path) -> None:
    pages = [
        [
            Words(290, 820, str(number + 4)),
            Words(60, 800, "Example Company and Subsidiaries"),
            Words(60, 700, f"Sentence of page {number} says something."),
            Words(60, 42, "Printed on paper"),
            Words(290, 30, str(number + 1)),
        ]
        for number in range(12)
    ]
    first, *others = read_pdf(write_words(tmp_path / "report.pdf", pages))
    assert "Example Company" in first.text
    assert first.head == ""
    assert {page.head for page in others} == {"Example Company and Subsidiaries"}
    assert [page.text for page in others] == [f"Sentence of page {number} says something." for number in range(1, 12)]


def test_a_page_that_has_nothing_but_a_running_head_has_it_as_its_text(tmp_path: Path) -> None:
    pages = read_pdf(write_words(tmp_path / "a.pdf", [[Words(60, 810, "Nothing else on any page")]] * 9))
    assert {(page.head, page.text) for page in pages} == {("", "Nothing else on any page")}


def test_a_line_that_only_looks_like_a_running_head_stays(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [[Words(60, 810, "Same on both pages")]] * 2)
    assert [page.text for page in read_pdf(path)] == ["Same on both pages"] * 2
    numbers = [[Words(60, 810, "2018 2017 2016"), Words(60, 500, f"Row {at}")] for at in range(9)]
    assert all(page.text.startswith("2018 2017 2016") for page in read_pdf(write_words(tmp_path / "c.pdf", numbers)))


@pytest.mark.parametrize(
    ("index", "pages", "expected"),
    [(0, 100, range(9)), (50, 100, range(46, 55)), (99, 100, range(91, 100)), (1, 3, range(3))],
)
def test_a_page_is_compared_with_its_neighbours(index: int, pages: int, expected: range) -> None:
    assert comparison_window(index, pages) == expected


class Typewriter:
    """Text whose characters are ten units wide; each line has a place of its own."""

    def __init__(self, lines: Sequence[tuple[float, float, str]]) -> None:
        self.text = "\r\n".join(text for _, _, text in lines)
        self.lines: list[Line] = []
        self._boxes: dict[int, Box] = {}
        at = 0
        for left, bottom, text in lines:
            for place in range(len(text)):
                self._boxes[at + place] = Box(left + 10 * place, bottom, left + 10 * place + 10, bottom + 10)
            self.lines.append(Line(at, at + len(text), left, bottom, left + 10 * len(text), bottom + 10))
            at += len(text) + 2

    def boxes(self, positions: Sequence[int]) -> list[Box]:
        return [self._boxes[position] for position in positions]


def texts(page: Typewriter, fields: Sequence[Box]) -> list[str]:
    return [page.text[line.start : line.end] for line in insert_form_values(page, page.lines, fields, 0)]


def test_a_line_of_several_values_is_divided_among_its_fields() -> None:
    page = Typewriter([(0, 100, "From:"), (200, 100, "to:"), (60, 100, "May           June")])
    assert texts(page, [Box(55, 95, 120, 115), Box(195, 95, 300, 115)]) == ["From:", "May", "to:", "June"]
