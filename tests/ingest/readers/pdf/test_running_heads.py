"""Running heads and page numbers are left out of the text, and nothing else is."""

from pathlib import Path

import pytest

from ingest.readers.pdf.raw_page import comparison_window
from tests.support.documents.pdfs import Words, read_pdf, write_words


def test_running_heads_and_page_numbers_go_and_the_first_head_stays(tmp_path: Path) -> None:
    pages = [
        [
            Words(60, 810, "Annual Report of the Example Company"),
            *(Words(60, 700 - 12 * at, f"Sentence {at} of page {number} says something.") for at in range(5)),
            Words(290, 30, str(number + 4)),
        ]
        for number in range(12)
    ]
    read_pages = read_pdf(write_words(tmp_path / "report.pdf", pages))
    heads = [page.number for page in read_pages if "Annual Report" in page.text]
    assert heads == [1]
    assert all(page.text.split("\n")[-1].startswith("Sentence 4") for page in read_pages)
    assert all(f"Sentence 0 of page {page.number - 1} says" in page.text for page in read_pages)


def test_a_running_head_stands_beside_the_text_that_is_without_it(tmp_path: Path) -> None:
    pages = [
        [
            Words(290, 820, str(number + 1)),
            Words(60, 800, "Example Company and Subsidiaries"),
            Words(60, 700, f"Sentence of page {number} says something."),
            Words(60, 30, "Printed on paper"),
        ]
        for number in range(6)
    ]
    first, *others = read_pdf(write_words(tmp_path / "report.pdf", pages))
    assert "Example Company" in first.text
    assert first.head == ""
    assert {page.head for page in others} == {"Example Company and Subsidiaries"}
    assert not any("Example" in page.text for page in others)


def test_a_page_that_has_nothing_but_a_running_head_has_it_as_its_text(tmp_path: Path) -> None:
    pages = read_pdf(write_words(tmp_path / "a.pdf", [[Words(60, 810, "Nothing else on any page")]] * 9))
    assert {(page.head, page.text) for page in pages} == {("", "Nothing else on any page")}


def test_a_line_that_only_looks_like_a_running_head_stays(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [[Words(60, 810, "Same on both pages")]] * 2)
    assert [page.text for page in read_pdf(path)] == ["Same on both pages"] * 2
    path = write_words(tmp_path / "b.pdf", [[Words(60, 810, "Nothing else on any page")]] * 9)
    assert {page.text for page in read_pdf(path)} == {"Nothing else on any page"}
    numbers = [[Words(60, 810, "2018 2017 2016"), Words(60, 500, f"Row {at}")] for at in range(9)]
    assert all(page.text.startswith("2018 2017 2016") for page in read_pdf(write_words(tmp_path / "c.pdf", numbers)))


@pytest.mark.parametrize(
    ("index", "pages", "expected"),
    [(0, 100, range(9)), (50, 100, range(46, 55)), (99, 100, range(91, 100)), (1, 3, range(3))],
)
def test_a_page_is_compared_with_its_neighbours(index: int, pages: int, expected: range) -> None:
    assert comparison_window(index, pages) == expected
