"""Exported notes stand in their order, with the user's words, and can be verified like conversations."""

import json

from rag.exports.answer_schema import read_exports
from rag.exports.conversation_record import record
from rag.types import Note
from tests.rag.exports.test_conversation_record import ANSWER, provenance
from web.rendering.notes_file import export_notes


def note(title: str, text: str, *, is_saved: bool = False) -> Note:
    value = json.loads(json.dumps(record(ANSWER, provenance(1, 2)))) if is_saved else None
    times = {"created_at": "2026-01-01", "updated_at": "2026-01-02"}
    return Note(id="1", owner="", title=title, text=text, record=value, version=1, **times)


NOTES = [note("Mine", "<script>alert(1)</script>"), note("Fees", "Ask again.", is_saved=True)]


def test_the_json_keeps_the_question_and_is_read_like_a_conversation() -> None:
    written, saved = read_exports(export_notes("json", NOTES, "Notes", "1.0"), "Notes.json")
    assert (written.question, written.answer, written.sentences) == ("Mine", "<script>alert(1)</script>", [])
    assert saved.question == "And the fee?"
    assert saved.sentences[0].citations[0].quote == "The fee is 20 euros."


def test_the_page_has_titles_words_and_quotes_and_no_live_markup() -> None:
    page = export_notes("html", NOTES, "Notes", "1.0")
    assert page.index("1. Mine") < page.index("2. Fees") < page.index("Ask again.")
    assert "The fee is 20 euros." in page
    assert "<script" not in page


def test_no_notes_are_an_empty_file_and_no_error() -> None:
    assert export_notes("md", [], "Notes", "1.0").startswith("# Notes")
