"""Make the question of a briefing: what is said about each of a few notes, asked like any other question.

What the notes say is no source. It only names what to write about.
"""

from collections.abc import Sequence

from rag.errors import QuestionError
from rag.exports.note_records import note_title
from rag.text.answer_language import question_language
from rag.text.message_catalogues import messages_in
from rag.types import Note
from rag.understanding.parts import MAX_PARTS

_TOPIC_CHARACTERS = 160
_SPLITTING = str.maketrans(dict.fromkeys('?？“”„«»"', " "))
"""Signs at which a question is taken apart."""


def briefing_question(notes: Sequence[Note]) -> str:
    """Return the question, in the language of the notes; each is a part of it that is searched for by itself.

    Raises:
        QuestionError: no note was chosen, or too many.
    """
    topics = [topic for note in notes if (topic := _topic(note))]
    if not 1 <= len(topics) <= MAX_PARTS:
        raise QuestionError(f"A briefing is written about 1 to {MAX_PARTS} notes. Choose them in the list.")
    language = question_language(" ".join(topics)) or next(
        (each.record.get("language", "") for each in notes if each.record), ""
    )
    translated = messages_in(language)
    if all(_is_question(topic) for topic in topics):
        topics[0] = translated.gettext("In detail: {question}").format(question=topics[0])
        return " ".join(topics)
    about = translated.gettext("What is said in detail about “{topic}”?")
    asked = (topic if _is_question(topic) else about.format(topic=_plain(topic)) for topic in topics)
    return " ".join(asked)


def _topic(note: Note) -> str:
    """Return a saved question as it is, else the title with the first of what is written below it."""
    title = " ".join(note_title(note).split())
    said = " ".join(note.text.split())
    if _is_question(title) or not said or said.startswith(title.rstrip("…")):
        return title
    return f"{title}: {said}"


def _is_question(topic: str) -> bool:
    return topic.endswith(("?", "？"))


def _plain(topic: str) -> str:
    words = " ".join(topic.translate(_SPLITTING).split())
    return words if len(words) <= _TOPIC_CHARACTERS else words[:_TOPIC_CHARACTERS].rsplit(" ", 1)[0]
