"""Render an answer as the chat's Markdown. Text of documents, models and users is escaped here."""

import textwrap
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from rag.answering.answer_notes import call_note
from rag.answering.overviews import kept_note
from rag.grounding.abstention import explain, refusal
from rag.postprocessing.output_checks import stop_note
from rag.text.locations import cited_place, place_of
from rag.text.message_catalogues import messages_in
from rag.text.sentences import unfinished
from rag.text.table_rows import table_rows
from rag.types import Answer, Citation, Passage, Sentence, ToolCalled
from web.rendering.cited_cells import CitedCell, cited_cells
from web.rendering.markdown import marked
from web.rendering.quoted_places import QuotedPlaces
from web.rendering.templates import render_macro
from web.stored_texts import place_shown

_MAX_PASSAGE_CHARACTERS = 300

_macro = partial(render_macro, "answer.html")


class _Chip(NamedTuple):
    """A numbered button that opens a page with the quoted words marked."""

    number: int
    target: str
    title: str
    """Document, place and words: of a citation all of them, for prints and copies."""


def answer_markdown(answer: Answer) -> str:
    """Return the answer with numbered chips after each supported sentence, and the others visibly different."""
    paragraphs = [notice(searched_for(answer))] if answer.query not in ("", answer.question) else []
    paragraphs += tool_calls(answer.tool_calls, answer.language)
    paragraphs += thinking(answer.thinking, answer.language)
    if answer.abstained:
        paragraphs += _refusal(answer)
    else:
        cut = unfinished(answer)
        paragraphs.append(marked_markdown(answer.text, answer.sentences, answer.passages, cut, answer.language))
    if ending := stop_note(answer) or kept_note(answer):
        paragraphs.append(notice(ending))
    if answer.notes:
        paragraphs.append(notice(" ".join(answer.notes)))
    return "\n\n".join(paragraphs)


def marked_markdown(
    written: str,
    sentences: Sequence[Sentence],
    passages: Sequence[Passage],
    cut: Sentence | None = None,
    language: str = "",
) -> str:
    """Return a text, perhaps still being written, with a mark after each judged sentence; `cut` is unfinished."""
    places = QuotedPlaces(sentences, passages)
    return marked(written, sentences, lambda each: _mark(each, places, passages, language, is_cut=each is cut))


def thinking(text: str, language: str = "") -> list[str]:
    """Return what the model thought before its answer, closed until somebody opens it; nothing if it did not think."""
    return [_macro("thinking", text, language=language)] if text.strip() else []


def tool_calls(calls: Sequence[ToolCalled], language: str = "") -> list[str]:
    """Return the calls of tools in a line, closed until somebody opens it; nothing if there were none."""
    notes = [call_note(call, language) for call in calls]
    return [_macro("tool_calls", notes, language=language)] if notes else []


def searched_for(answer: Answer) -> str:
    """Return a note of what was searched for."""
    return messages_in(answer.language).gettext("Searched for: {query}").format(query=answer.query)


def notice(text: str) -> str:
    """Return a message of Citewell's own in the chat."""
    return _macro("notice", text)


def citation_target(citation: Citation, passages: Sequence[Passage], cells: Sequence[CitedCell] = ()) -> str:
    """Return the button value that tells the viewer what to open; the `cells` of the quote are marked more strongly."""
    document_id = passages[citation.number - 1].chunk.document_id if citation.number <= len(passages) else 0
    target = _target(document_id, citation.page, citation.start, citation.end, citation.quote)
    spans = ",".join(f"{citation.start + cell.start}-{citation.start + cell.end}" for cell in cells)
    return f"{target}:{spans}" if spans else target


def passage_target(passage: Passage) -> str:
    """Return the same for a whole passage."""
    chunk = passage.chunk
    return _target(chunk.document_id, chunk.page, chunk.start, chunk.end, chunk.text)


def quote_hash(quote: str) -> str:
    """Return enough of a hash to tell a quote from other text at its place in another version of its document."""
    return sha256(quote.encode()).hexdigest()[:12]


def shorten(text: str, limit: int) -> str:
    """Return the text on one line, cut after a word if it has more than `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else textwrap.shorten(line, limit, placeholder=" …")  # slow, and often not needed


def _mark(sentence: Sentence, places: QuotedPlaces, passages: Sequence[Passage], language: str, *, is_cut: bool) -> str:
    """Return what follows a sentence: its chips or that it has none, and which document contradicts it."""
    cited, disputed = (
        [
            _citation_chip(number, each, passages, cited_cells(sentence.text, each.quote))
            for number, each in _once_each(citations, places).items()
        ]
        for citations in (sentence.citations, sentence.disputed)
    )
    return _macro("mark", sentence, cited, disputed, is_cut, language=language)


def _once_each(citations: Sequence[Citation], places: QuotedPlaces) -> dict[int, Citation]:
    """Return one citation for each place, the first, by the place's number."""
    numbered: dict[int, Citation] = {}
    for citation in citations:
        numbered.setdefault(places.number(citation), citation)
    return numbered


def _refusal(answer: Answer) -> list[str]:
    if answer.stop_reason == "filtered" and not answer.text:
        return []
    paragraphs = [_macro("refusal", refusal(answer), explain(answer))]
    if answer.nearest:
        numbers = [number for number, _ in answer.nearest_passages]
        shown = numbers.index(answer.nearest.number) + 1 if answer.nearest.number in numbers else len(numbers) + 1
        chip = _citation_chip(shown, answer.nearest, answer.passages)
        quote = " ".join(answer.nearest.quote.split())  # a line of the source is none of the chat
        paragraphs.append(_macro("nearest_statement", quote, chip, language=answer.language))
    if answer.nearest_passages:
        chips = [_passage_chip(shown, each) for shown, (_, each) in enumerate(answer.nearest_passages, start=1)]
        paragraphs.append(_macro("nearest", chips, language=answer.language))
    if answer.sentences:
        paragraphs.append(_macro("draft", answer.text, language=answer.language))
    return paragraphs


def _citation_chip(
    number: int, citation: Citation, passages: Sequence[Passage], cells: Sequence[CitedCell] = ()
) -> _Chip:
    title = _title(citation.document, place_shown(cited_place(citation)), citation.quote)
    return _Chip(number, citation_target(citation, passages, cells), title)


def _passage_chip(number: int, passage: Passage) -> _Chip:
    chunk = passage.chunk
    title = _title(chunk.document, place_shown(place_of(chunk)), chunk.text)
    return _Chip(number, passage_target(passage), shorten(title, _MAX_PASSAGE_CHARACTERS))


def _target(document_id: int, page: int, start: int, end: int, quote: str) -> str:
    """Format a button value; by its hash the viewer checks that these words are still there."""
    return f"{document_id}:{page}:{start}:{end}:{quote_hash(quote)}"


def _title(document: str, where: str, quote: str) -> str:
    """Return what a citation says, on one line, or on a line for each row of a table."""
    rows = quote.splitlines() if table_rows(quote) else [quote]
    return "\n".join(
        " ".join(row.split()) for row in (f"{document}{', ' if where else ''}{where}: {rows[0]}", *rows[1:])
    )
