"""A note is shown with the user's words and with what was saved, whose citations open the page."""

import json

from rag.exports.conversation_record import record
from rag.exports.note_records import quoted
from rag.types import Note, Page
from tests.rag.exports.test_conversation_record import ANSWER, document, provenance
from web.rendering.notes_html import shown_note

PROVENANCE = provenance(1, 2)
PAGE = Page(number=3, label="iii", text="# Not a heading <b>20</b> *euros*")


def note(title: str = "", text: str = "", value: dict[str, object] | None = None) -> Note:
    kept = json.loads(json.dumps(value))
    return Note(id="1", owner="", title=title, text=text, record=kept, version=1, created_at="", updated_at="")


def test_a_saved_answer_has_chips_that_open_documents_of_now() -> None:
    shown = shown_note(note(value=record(ANSWER, PROVENANCE)), {document(1).sha256: 7})
    assert (shown["shown_title"], shown["saved"], shown["documents"]) == ("And the fee?", "answer", [7])
    assert 'value="7:2:5:25:' in shown["saved_html"]


def test_a_quote_is_text_as_it_stands_and_never_markup() -> None:
    shown = shown_note(note(value=quoted(document(1), PAGE, 0, len(PAGE.text), PROVENANCE)), {document(1).sha256: 7})
    assert shown["saved"] == "quote"
    assert "# Not a heading &lt;b&gt;20&lt;/b&gt; *euros*" in shown["saved_html"]
    assert 'value="7:3:0:' in shown["saved_html"]


def test_a_note_of_own_words_has_nothing_saved() -> None:
    shown = shown_note(note(text="Only *this*"), {})
    assert (shown["shown_title"], shown["saved"], shown["saved_html"]) == ("Only *this*", "", "")
    assert "<em>this</em>" in shown["text_html"]
    assert shown_note(note(), {})["shown_title"] == "Without a title"
