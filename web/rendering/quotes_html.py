"""Render the pane beside the chat, and the line below it, as HTML (pure)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rag.text.locations import cited_place, place_of
from rag.text.messages.message_catalogues import messages_in, percent_in
from rag.text.sanitize import without_leaders
from rag.text.table_rows import TableRows, table_rows
from rag.types import Answer, Citation, Document, Passage, Retrieved
from web.rendering.answer_html import citation_target, passage_target, searched_for, shorten
from web.rendering.cited_figures import CitedFigure
from web.rendering.templates import render

_MAX_QUOTE_CHARACTERS = 420
_MAX_ROWS = 12


class _Card(NamedTuple):
    """A quote with its document and place; its button opens the page."""

    number: int
    target: str
    document: str
    place: str
    quote: str
    table: TableRows | None


def quotes(answer: Answer, figures: Sequence[CitedFigure] = ()) -> str:
    """Return the cited quotes by number and the figures they are about, or the nearest passages of a refusal."""
    if answer.abstained:
        nearest = [_passage_card(number, passage) for number, passage in answer.nearest_passages]
        return _pane("Nearest passages", nearest, _notes(answer))
    cited: dict[tuple[int, int, int], _Card] = {}
    for sentence in answer.sentences:
        for c in (*sentence.citations, *sentence.disputed):
            cited.setdefault((c.number, c.start, c.end), _citation_card(c, answer.passages))
    return _pane("Quotes", [cited[key] for key in sorted(cited)], _notes(answer), figures)


def reading(question: str, retrieved: Retrieved) -> str:
    """Return the pane while the answer is being written: what the model is reading."""
    searched = [f"Searched for: {retrieved.query}"] if retrieved.query != question.strip() else []
    return _pane("Reading", [_passage_card(n, p) for n, p in enumerate(retrieved.passages, start=1)], searched)


def empty() -> str:
    """Return the pane before the first question."""
    return _pane("Quotes", [], ["The quotes behind an answer appear here. Click one to see its page."])


def usage(answer: Answer, window: int) -> str:
    """Return the line below the chat: how much of the context window was used, and what did not fit."""
    timings = answer.timings
    if not timings.prompt_tokens:
        return ""
    used = timings.prompt_tokens + timings.output_tokens
    return render("usage.html", used=used, window=window, left_out=" ".join(_left_out(answer)))


def extent(document: Document) -> str:
    """Return how long a document is, as people count it: pages where it has any, and its size."""
    size = f"{document.size / 1e6:.1f} MB" if document.size >= 1_000_000 else f"{max(1, document.size // 1000)} kB"
    if not document.name.lower().endswith(".pdf"):
        return size
    return f"{document.pages} {'page' if document.pages == 1 else 'pages'}, {size}"


def _notes(answer: Answer) -> list[str]:
    timings = answer.timings
    notes = []
    if answer.query not in ("", answer.question):
        notes.append(searched_for(answer))
    if answer.confidence:
        sure = messages_in(answer.language).gettext("Confidence that the sources answer this: {share}.")
        notes.append(sure.format(share=percent_in(answer.language, answer.confidence)))
    if timings.output_tokens:
        notes.append(
            f"{timings.prompt_tokens} tokens read, {timings.output_tokens} written in {timings.total_s:.1f} s; "
            f"first after {timings.first_token_s:.1f} s."
        )
    return notes


def _left_out(answer: Answer) -> Iterator[str]:
    ngettext = messages_in(answer.language).ngettext
    if number := len(answer.dropped):
        found = ngettext(
            "{number} more passage was found, but not read.", "{number} more passages were found, but not read.", number
        )
        yield found.format(number=number)
    if number := answer.forgotten_turns:
        forgotten = ngettext(
            "{number} earlier turn no longer fits and was left out.",
            "{number} earlier turns no longer fit and were left out.",
            number,
        )
        yield forgotten.format(number=number)


def _pane(title: str, cards: Sequence[_Card], notes: Sequence[str], figures: Sequence[CitedFigure] = ()) -> str:
    return render("quotes.html", title=title, cards=cards, notes=notes, figures=figures)


def _citation_card(citation: Citation, passages: Sequence[Passage]) -> _Card:
    where = cited_place(citation)
    value = citation_target(citation, passages)
    return _Card(citation.number, value, citation.document, where, _shown(citation.quote), _table(citation.quote))


def _passage_card(number: int, passage: Passage) -> _Card:
    chunk = passage.chunk
    where = place_of(chunk)
    return _Card(number, passage_target(passage), chunk.document, where, _shown(chunk.text), _table(chunk.text))


def _table(quote: str) -> TableRows | None:
    """Return the rows of a quoted table, as many as a card has room for."""
    table = table_rows(quote)
    if table is None or len(table.rows) <= _MAX_ROWS:
        return table
    more = f"… and {len(table.rows) - _MAX_ROWS} more rows"
    return table._replace(rows=table.rows[:_MAX_ROWS], after=more)


def _shown(quote: str) -> str:
    return shorten(without_leaders(quote), _MAX_QUOTE_CHARACTERS)
