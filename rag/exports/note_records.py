"""Make the records of notes: answers and parts of them as they were stored, quotes as answers that only quote."""

from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate
from typing import Any

from rag.exports.answer_json import Provenance
from rag.exports.answer_schema import AnswerRecord, SentenceExport, read_stored
from rag.exports.conversation_record import Record, record
from rag.text.characters import shortened
from rag.text.locations import quote_of
from rag.types import Answer, Chunk, Document, Note, Page, Passage, Sentence, Span, Turn

_MIN_LETTERS = 3
"""A selection of fewer is a slip of the hand."""

_MAX_TITLE_CHARACTERS = 120


def selected(value: Record, selection: str) -> dict[str, Any] | None:
    """Return the record of the sentences that a selection of an answer touches, each whole and with its quotes.

    None if the answer does not have these words, or if nothing in it is judged.

    Raises:
        LibraryError: the record is damaged.
    """
    stored = read_stored(AnswerRecord, value)
    texts = [_letters(sentence.text) for sentence in stored.sentences]
    wanted = _letters(selection)
    at = "".join(texts).find(wanted)
    if at < 0 or len(wanted) < _MIN_LETTERS:
        return None
    ends = list(accumulate(map(len, texts)))
    touched = stored.sentences[bisect_right(ends, at) : bisect_right(ends, at + len(wanted) - 1) + 1]
    text, sentences = "", []
    for sentence in touched:
        text += " " if text else ""
        sentences.append(_at(sentence, len(text)))
        text += sentence.text
    unjudged: dict[str, Any] = {
        "thinking": "",
        "notes": [],
        "left_out": [],
        "not_found": [],
        "computed": None,
        "tool_calls": [],
    }
    return stored.model_copy(update={**unjudged, "answer": text, "sentences": sentences}).to_json()


def _at(sentence: SentenceExport, start: int) -> SentenceExport:
    return sentence.model_copy(update={"start": start, "end": start + len(sentence.text)})


def find_quote(page: Page, words: str) -> tuple[int, int] | None:
    """Return where words stand on a page, whatever is between them; None if they do not."""
    wanted = _letters(words)
    places = [index for index, sign in enumerate(page.text) for _ in _letters(sign)]
    at = _letters(page.text).find(wanted)
    if at < 0 or len(wanted) < _MIN_LETTERS:
        return None
    return places[at], places[at + len(wanted) - 1] + 1


def quoted(document: Document, page: Page, start: int, end: int, provenance: Provenance) -> dict[str, Any]:
    """Return the record of a quote: characters `[start, end)` of a page."""
    text = page.text[start:end]
    chunk = Chunk(
        id=0,
        document_id=document.id,
        document=document.name,
        page=page.number,
        page_label=page.label,
        start=start,
        end=end,
        text=text,
        heading="",
    )
    sentence = Sentence(
        start=0, end=len(text), text=text, citations=(quote_of(chunk, Span(0, len(text)), 1, 1.0),), support="supported"
    )
    passages = (Passage(chunk, 1.0),)
    answer = Answer(
        question="",
        query="",
        text=text,
        sentences=(sentence,),
        abstained=False,
        passages=passages,
        stop_reason="none",
        turns=(Turn("", text, passages),),
        language=document.facts.language,
    )
    return record(answer, replace(provenance, model="", settings={}))


def note_title(note: Note) -> str:
    """Return a note's title; without one its question, else its first words."""
    if note.title:
        return note.title
    said = str(note.record["question"] or note.record["answer"]) if note.record else note.text
    return shortened(" ".join(said.split()), _MAX_TITLE_CHARACTERS)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
