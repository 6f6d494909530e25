"""Export notes in the formats of conversations: each note as an answer, with the user's words as its remark."""

from collections.abc import Sequence
from typing import Any

from rag.exports.note_records import note_title
from rag.types import Conversation, Exchange, Note
from web.rendering.conversation_files import Format, QuoteImage, export


def export_notes(form: Format, notes: Sequence[Note], name: str, citewell: str, quote_image: QuoteImage) -> str:
    """Return the notes as a file's text; `citewell` is the version that writes it.

    Raises:
        LibraryError: a record is damaged.
    """
    exchanges = [_exchange(number, note, form) for number, note in enumerate(notes, start=1)]
    return export(form, _as_conversation(notes, name), exchanges, citewell, quote_image)


def _as_conversation(notes: Sequence[Note], name: str) -> Conversation:
    """Return the conversation that an export of notes looks like."""
    return Conversation(
        id="",
        owner="",
        name=name,
        settings={},
        created_at=min((note.created_at for note in notes), default=""),
        updated_at=max((note.updated_at for note in notes), default=""),
        exchanges=len(notes),
    )


def _exchange(number: int, note: Note, form: Format) -> Exchange:
    if note.record is None:
        return Exchange(number, note.created_at, _written(note))
    title = note_title(note)
    # In JSON the question stays: what was asked is part of what can be verified.
    question = note.record["question"] or title if form == "json" else title
    return Exchange(number, note.created_at, {**note.record, "question": question}, remark=note.text)


def _written(note: Note) -> dict[str, Any]:
    """Return the record of a note that is only written: an answer that no model wrote, with nothing to judge."""
    return {
        "format": 1,
        "citewell": "",
        "created_at": note.created_at,
        "model": "",
        "settings": {},
        "question": note_title(note),
        "answer": note.text,
        "sentences": [],
        "passages": [],
        "kept": {"passages": [], "dropped": [], "turns": [0]},
    }
