"""Render the pane beside the chat, and the line below it, as HTML."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from rag.text.locations import cited_place, place_of
from rag.text.message_catalogues import messages_in, percent_in, to_translate
from rag.text.sanitize import without_leaders
from rag.text.table_rows import TableRows, table_rows
from rag.types import Answer, Citation, Document, Passage, PromptRead, Retrieved, Sentence, Timings
from web.page_language import decimal, gettext, ngettext
from web.rendering.answer_html import citation_target, passage_target, searched_for, shorten
from web.rendering.cited_cells import CitedCell, cited_cells
from web.rendering.cited_figures import CitedFigure
from web.rendering.quoted_places import QuotedPlaces
from web.rendering.templates import render
from web.stored_texts import place_shown

_MAX_QUOTE_CHARACTERS = 420
_MAX_ROWS = 12
_FACTS = {
    "title": to_translate("Title"),
    "organisation": to_translate("Organisation"),
    "authors": to_translate("Authors"),
    "date": to_translate("Date"),
    "period": to_translate("Period"),
    "kind": to_translate("Kind"),
    "language": to_translate("Language"),
}
_NEARLY_FULL = 0.8
"""Of the context window: below that, how much was used is nothing to think about."""


class _Card(NamedTuple):
    """A quote with its document and place; its button opens the page."""

    number: int
    target: str
    document: str
    place: str
    quote: str
    table: TableRows | None
    cited: AbstractSet[tuple[str, str, str]] = frozenset()
    """Row, head and text of the table's cells that state a figure of a sentence that cites it."""


def quotes(answer: Answer, figures: Sequence[CitedFigure] = (), title: str = "") -> str:
    """Return the cited quotes by number and the figures they are about, or the nearest passages of a refusal."""
    if answer.abstained:
        nearest = [_passage_card(shown, each) for shown, (_, each) in enumerate(answer.nearest_passages, start=1)]
        if answer.nearest and answer.nearest.number not in [number for number, _ in answer.nearest_passages]:
            nearest.append(_citation_card(len(nearest) + 1, answer.nearest, answer.passages))
        return _pane(gettext("Nearest passages"), nearest, _notes(answer), effort=_effort(answer.timings))
    places = QuotedPlaces(answer.sentences, answer.passages)
    cited = [
        _citation_card(number, each, answer.passages, _cells(number, each, places, answer.sentences))
        for number, each in places.quotes
    ]
    return _pane(title or gettext("Quotes"), cited, _notes(answer), figures, _effort(answer.timings))


def reading(question: str, retrieved: Retrieved) -> str:
    """Return the pane while the answer is being written: what the model is reading."""
    is_other = retrieved.query != question.strip()
    searched = [gettext("Searched for: {query}").format(query=retrieved.query)] if is_other else []
    return _pane(gettext("Reading"), [_passage_card(n, p) for n, p in enumerate(retrieved.passages, start=1)], searched)


def still_reading(read: PromptRead) -> str:
    """Return the line below the chat while the model reads for more than a second: how far it is, and how long yet."""
    seconds = max(1, round(read.seconds_left))
    return render("still_reading.html", share=round(read.share, 3), seconds=seconds)


def empty() -> str:
    """Return the pane before the first question."""
    return _pane(
        gettext("Quotes"), [], [gettext("The quotes behind an answer appear here. Click one to see its page.")]
    )


def usage(answer: Answer, window: int) -> str:
    """Return the line below the chat: how full the context window is once it nearly is, and what did not fit."""
    timings = answer.timings
    if not timings.prompt_tokens:
        return ""
    used, left_out = timings.prompt_tokens + timings.output_tokens, " ".join(_left_out(answer))
    is_nearly_full = used > _NEARLY_FULL * window
    return render("usage.html", used=used if is_nearly_full else 0, window=window, left_out=left_out)


def extent(document: Document) -> str:
    """Return how long a document is, as people count it: pages where it has any, and its size."""
    if document.size >= 1_000_000:
        size = gettext("{number} MB").format(number=decimal(document.size / 1e6, 1))
    else:
        size = gettext("{number} kB").format(number=decimal(max(1, document.size // 1000)))
    if not document.name.lower().endswith(".pdf"):
        return size
    pages = ngettext("{number} page, {size}", "{number} pages, {size}", document.pages)
    return pages.format(number=document.pages, size=size)


def fact_name(fact: str) -> str:
    """Return what people call a fact of a document."""
    return gettext(_FACTS[fact])


def _notes(answer: Answer) -> list[str]:
    notes = []
    if answer.query not in ("", answer.question):
        notes.append(searched_for(answer))
    # A wrong figure beside a high share would be believed for it.
    if answer.confidence and not any(sentence.missing for sentence in answer.sentences):
        sure = messages_in(answer.language).gettext("Confidence that the sources answer this: {share}.")
        notes.append(sure.format(share=percent_in(answer.language, answer.confidence)))
    return notes


def _effort(timings: Timings) -> str:
    """Return how many tokens an answer took, and how long; "" if none were written."""
    if not timings.output_tokens:
        return ""
    return gettext("{read} tokens read, {written} written in {seconds} s; first after {first} s.").format(
        read=timings.prompt_tokens,
        written=timings.output_tokens,
        seconds=decimal(timings.total_s, 1),
        first=decimal(timings.first_token_s, 1),
    )


def _left_out(answer: Answer) -> Iterator[str]:
    texts = messages_in(answer.language)
    if number := len(answer.dropped):
        found = texts.ngettext(
            "{number} more passage was found, but not read.", "{number} more passages were found, but not read.", number
        )
        yield found.format(number=number)
    if number := answer.forgotten_turns:
        forgotten = texts.ngettext(
            "{number} earlier turn no longer fits and was left out.",
            "{number} earlier turns no longer fit and were left out.",
            number,
        )
        yield forgotten.format(number=number)


def _pane(
    title: str, cards: Sequence[_Card], notes: Sequence[str], figures: Sequence[CitedFigure] = (), effort: str = ""
) -> str:
    return render("quotes.html", title=title, cards=cards, notes=notes, figures=figures, effort=effort)


def _cells(number: int, quoted: Citation, places: QuotedPlaces, sentences: Sequence[Sentence]) -> list[CitedCell]:
    """Return the cells of a quoted place that state a figure of the sentences that cite it."""
    citing = [each.text for each in sentences if number in map(places.number, each.citations)]
    return list(dict.fromkeys(cell for text in citing for cell in cited_cells(text, quoted.quote)))


def _citation_card(
    number: int, citation: Citation, passages: Sequence[Passage], cells: Sequence[CitedCell] = ()
) -> _Card:
    where = place_shown(cited_place(citation))
    value = citation_target(citation, passages, cells)
    cited = {(cell.row, cell.head, cell.text) for cell in cells}
    return _Card(number, value, citation.document, where, _shown(citation.quote), _table(citation.quote), cited)


def _passage_card(number: int, passage: Passage) -> _Card:
    chunk = passage.chunk
    where = place_shown(place_of(chunk))
    return _Card(number, passage_target(passage), chunk.document, where, _shown(chunk.text), _table(chunk.text))


def _table(quote: str) -> TableRows | None:
    """Return the rows of a quoted table, as many as a card has room for."""
    table = table_rows(quote)
    if table is None or len(table.rows) <= _MAX_ROWS:
        return table
    number = len(table.rows) - _MAX_ROWS
    more = ngettext("… and {number} more row", "… and {number} more rows", number)
    return table._replace(rows=table.rows[:_MAX_ROWS], after=more.format(number=number))


def _shown(quote: str) -> str:
    return shorten(without_leaders(quote), _MAX_QUOTE_CHARACTERS)
