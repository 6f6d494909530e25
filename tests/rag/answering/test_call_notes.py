"""Calls are said in one line, in the language of the question."""

from rag.answering.call_notes import call_note
from rag.types import ToolCalled
from tests.rag.answering.test_calculated_evidence import passage


def test_a_call_is_said_with_what_it_brought() -> None:
    found = ToolCalled("search", {"query": "board\nof the club"}, "", (passage(),))
    assert call_note(found, "en") == "Searched again for “board of the club” (1 passage added)"
    assert call_note(found, "de") == "Nochmals gesucht nach „board of the club“ (1 Stelle hinzugefügt)"
    page = ToolCalled("read_page", {"document": "club.md", "page": "3"}, "Nothing new.")
    assert call_note(page, "") == "Read page 3 of club.md (nothing new)"
    computed = ToolCalled("calculate", {"expression": "143-57"}, "143 − 57 = 86")
    assert call_note(computed, "fr") == "Calcul : 143 − 57 = 86"


def test_a_call_that_was_none_is_said_too() -> None:
    assert call_note(ToolCalled("fly", {"to": "Rome"}, "", failed=True), "en") == "Called fly (no result)"
    assert call_note(ToolCalled("search", {"q": "{0}"}, "", failed=True), "en") == "Called search (no result)"
    wrong = ToolCalled("calculate", {"expression": "a"}, "It must.", failed=True)
    assert call_note(wrong, "en") == "Calculated: a (no result)"
