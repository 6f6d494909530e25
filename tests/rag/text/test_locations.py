"""Locations are given as a person finds them: by printed page, slide or lines, with the document before them."""

from rag.text.locations import document_location, page_location


def test_a_page_is_named_by_its_printed_number_and_by_its_place_in_the_file_where_they_differ() -> None:
    assert page_location(3, "3") == "p. 3"
    assert page_location(11, "3") == "p. 3 (page 11 of the file)"
    assert page_location(2, "iv") == "p. iv (page 2 of the file)"


def test_what_is_no_page_is_named_as_its_label_says() -> None:
    assert page_location(2, "lines 40–90") == "lines 40–90"
    assert page_location(2, "slide 2") == "slide 2"


def test_a_document_without_pages_is_named_alone() -> None:
    assert page_location(1, "") == ""
    assert document_location("notes.md", 1, "") == "notes.md"
    assert document_location("report.pdf", 3, "3") == "report.pdf, p. 3"
