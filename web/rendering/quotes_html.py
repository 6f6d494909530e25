"""The pane beside the chat, and the line below it, as HTML (pure). Everything from elsewhere is escaped here."""

import textwrap
from collections.abc import Sequence
from html import escape

from rag.prompting.prompt import place
from rag.text.sanitize import without_leaders
from rag.types import Answer, Document, Passage, Retrieved
from web.rendering.answer_html import target

_QUOTE_CHARACTERS = 420


def quotes(answer: Answer) -> str:
    """The cited quotes by number, or the nearest passages of a refusal."""
    if answer.abstained:
        nearest = [_passage_card(number, passage) for number, passage in answer.nearest]
        return _cards("Nearest passages", nearest, _notes(answer))
    cited: dict[tuple[int, int, int], str] = {}
    for sentence in answer.sentences:
        for c in (*sentence.citations, *sentence.disputed):
            chunk = answer.passages[c.number - 1].chunk if c.number <= len(answer.passages) else None
            value = target(chunk.document_id if chunk else 0, c.page, c.start, c.end, c.quote)
            card = _card(c.number, value, c.document, place(c.page, c.label), c.quote)
            cited.setdefault((c.number, c.start, c.end), card)
    return _cards("Quotes", [cited[key] for key in sorted(cited)], _notes(answer))


def reading(question: str, retrieved: Retrieved) -> str:
    """The pane while the answer is being written: what the model is reading."""
    searched = _note(f"Searched for: {retrieved.query}") if retrieved.query != question.strip() else ""
    return _cards("Reading", [_passage_card(n, p) for n, p in enumerate(retrieved.passages, start=1)], searched)


def usage(answer: Answer, window: int) -> str:
    """The line below the chat: how much of the model's window was used, and what did not fit."""
    timings = answer.timings
    if not timings.prompt_tokens:
        return ""
    used = timings.prompt_tokens + timings.output_tokens
    dropped = f" {_dropped(answer)}" if answer.dropped or answer.forgotten_turns else ""
    return (
        f'<span class="cw-note"><meter min="0" max="{window}" value="{used}" aria-label="Window used"></meter> '
        f"{used:,} of {window:,} tokens of the model’s window.{escape(dropped)}</span>"
    )


def extent(document: Document) -> str:
    """How long a document is, as people count it: pages where it has any, and its size."""
    size = f"{document.size / 1e6:.1f} MB" if document.size >= 1_000_000 else f"{max(1, document.size // 1000)} kB"
    if not document.name.lower().endswith(".pdf"):
        return size
    return f"{document.pages} {'page' if document.pages == 1 else 'pages'}, {size}"


def _notes(answer: Answer) -> str:
    timings = answer.timings
    notes = []
    if answer.query != answer.question:
        notes.append(f"Searched for: {answer.query}")
    if answer.confidence:
        notes.append(f"Confidence that the sources answer this: {answer.confidence:.0%}.")
    if timings.output_tokens:
        notes.append(
            f"{timings.prompt_tokens} tokens read, {timings.output_tokens} written in {timings.total_s:.1f} s; "
            f"first after {timings.first_token_s:.1f} s."
        )
    return "".join(_note(note) for note in notes)


def _dropped(answer: Answer) -> str:
    said = []
    if answer.dropped:
        said.append(f"{len(answer.dropped)} more passages were found, but not read.")
    if answer.forgotten_turns:
        said.append(f"{answer.forgotten_turns} earlier turns no longer fit and were left out.")
    return " ".join(said)


def _note(text: str) -> str:
    return f'<p class="cw-note">{escape(text)}</p>'


def _cards(title: str, cards: Sequence[str], notes: str) -> str:
    if not cards and not notes:
        return ""
    return f'<h2 class="cw-title">{title}</h2>{"".join(cards)}{notes}'


def _passage_card(number: int, passage: Passage) -> str:
    chunk = passage.chunk
    value = target(chunk.document_id, chunk.page, chunk.start, chunk.end, chunk.text)
    return _card(number, value, chunk.document, place(chunk.page, chunk.page_label), chunk.text)


def _card(number: int, value: str, document: str, where: str, quote: str) -> str:
    shown = textwrap.shorten(without_leaders(quote), _QUOTE_CHARACTERS, placeholder=" …")
    return (
        f'<article class="cw-card"><button type="button" class="cw-open" value="{value}"><span class="cw-number">'
        f'{number}</span> <b>{escape(document)}</b><span class="cw-meta">{escape(where)}</span></button>'
        f'<div class="cw-quote">{escape(shown)}</div></article>'
    )


EMPTY = _cards("Quotes", [], _note("The quotes behind an answer appear here. Click one to see its page."))
"""The pane before the first question."""
