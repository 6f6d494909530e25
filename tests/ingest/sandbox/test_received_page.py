"""A page from a reading process is checked before it is believed."""

from dataclasses import asdict

import pytest

from ingest.sandbox.received_page import received_page
from rag.errors import DocumentError
from rag.types import Cell, Figure, Heading, Page, Structure, Table

PAGE = Page(
    number=1,
    label="1",
    text="Sales 2018",
    structure=Structure(
        (Heading(1, 0, 5, "Sales"),),
        (Table(start=0, end=10, cells=(Cell(row=0, column=0, start=6, end=10),)),),
        (Figure(0, 5, "Sales"),),
    ),
    head="ACME",
    metadata={"title": "Report"},
)


def test_a_page_arrives_as_it_was_sent_and_the_rest_of_the_message_is_ignored() -> None:
    page = received_page({**asdict(PAGE), "invisible": 3})
    assert page == PAGE
    assert (page.head, page.metadata) == ("ACME", {"title": "Report"})


@pytest.mark.parametrize(
    "changes", [{"number": "one"}, {"state": "lost"}, {"text": None}, {"total": 1.5}, {"head": 7}, {"metadata": 1}]
)
def test_what_is_no_page_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(DocumentError, match="what is no page"):
        received_page({**asdict(PAGE), **changes})


@pytest.mark.parametrize("text", ["", "Sales 20"])
def test_a_structure_that_points_outside_the_text_is_refused(text: str) -> None:
    with pytest.raises(DocumentError, match="what is no page"):
        received_page({**asdict(PAGE), "text": text})
