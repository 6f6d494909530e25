"""Render notes for their pane: the user's words and what was saved, as HTML in which nothing is live."""

from collections.abc import Mapping
from typing import Any

from rag.exports.conversation_record import NO_DOCUMENT, answer_of
from rag.exports.note_records import note_title
from rag.text.locations import cited_place
from rag.text.table_rows import table_rows
from rag.types import Answer, Note
from web.page_language import gettext
from web.rendering.answer_html import answer_markdown, citation_target
from web.rendering.inert_html import inert_html
from web.rendering.markdown import inert_markdown
from web.rendering.templates import render
from web.stored_texts import place_shown


def shown_note(note: Note, documents: Mapping[str, int]) -> dict[str, Any]:
    """Return a note as its pane shows it; `documents` are the ids of the user's by sha256.

    Raises:
        LibraryError: its record is damaged.
    """
    saved = answer_of(note.record, documents) if note.record is not None else None
    return {
        "id": note.id,
        "title": note.title,
        "shown_title": note_title(note) or gettext("Without a title"),
        "text": note.text,
        "text_html": inert_html(inert_markdown(note.text)),
        "saved_html": _saved(saved) if saved else "",
        "saved": "" if saved is None else "answer" if saved.question else "quote",
        "documents": sorted(_documents(saved)) if saved else [],
        "version": note.version,
    }


def _saved(answer: Answer) -> str:
    if answer.question:
        return inert_html(answer_markdown(answer))
    cards = [
        {
            "target": citation_target(citation, answer.passages),
            "document": citation.document,
            "place": place_shown(cited_place(citation)),
            "quote": citation.quote,
            "table": table_rows(citation.quote),
        }
        for citation in answer.citations
    ]
    return render("saved_quotes.html", cards=cards, text=answer.text)


def _documents(answer: Answer) -> set[int]:
    cited = (answer.passages[each.number - 1].chunk.document_id for each in answer.citations)
    return {id_ for id_ in cited if id_ != NO_DOCUMENT}
