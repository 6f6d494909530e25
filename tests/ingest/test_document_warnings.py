"""Warnings about a document are collected page by page into one line."""

import pytest

from ingest.document_warnings import BLANK, DocumentWarnings
from rag.errors import DocumentError
from rag.types import Page, PageState


def page(number: int, text: str = "", state: PageState = "empty", note: str = "") -> Page:
    return Page(number=number, label=str(number), text=text, state=state, note=note)


def test_pages_are_counted_and_listed_by_state_but_for_blank_ones() -> None:
    warnings = DocumentWarnings()
    for number in range(1, 21):
        warnings.add(page(number, "text", "ocr") if number > 2 else page(number), 0)
    warnings.add(page(21, note=BLANK), 0)
    assert warnings.summary() == (
        "2 of 21 pages have no text (scanned?): 1, 2; "
        "18 of 21 pages were recognised from their images: 3, 4, 5, 6, 7, 8, 9, 10 …"
    )


def test_notes_of_readable_pages_come_once_each_and_not_without_end() -> None:
    warnings = DocumentWarnings()
    for number, note in enumerate(["cut", "cut", "two", "three", "four"], start=1):
        warnings.add(page(number, "text", "ready", note), 0)
    assert warnings.summary() == "cut; two; three"


def test_a_document_without_text_is_refused_with_what_was_removed() -> None:
    warnings = DocumentWarnings()
    with pytest.raises(DocumentError, match=r"^it has no text$"):
        warnings.require_text()
    warnings.add(page(1), 1)
    with pytest.raises(DocumentError, match=r"^it has no text but 1 invisible character$"):
        warnings.require_text()
    warnings.add(page(2, "text", "ready"), 1999)
    warnings.require_text()
    assert warnings.summary().endswith("2,000 invisible characters removed")


def test_a_document_without_a_letter_or_figure_is_refused() -> None:
    warnings = DocumentWarnings()
    warnings.add(page(1, "?!", "ready"), 0)
    with pytest.raises(DocumentError, match=r"^it has no letter and no figure, so that nothing in it could be found$"):
        warnings.require_text()
