"""From answers and documents to HTML (pure). All text that comes from documents, models or users is escaped here."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from html import escape

from ingest.prepare import FileResult
from rag.abstention import explain
from rag.prompts import NOT_FOUND, place
from rag.sentences import unfinished
from rag.types import Answer, Document, Passage, Sentence, StopReason
from web.markdown import code_spans, inert_markdown

_QUOTE_CHARACTERS = 420
_UNFINISHED = ' <span class="cw-weak" title="The answer was cut off within this sentence">unfinished</span>'
_ENDINGS: dict[StopReason, str] = {
    "cancelled": "Stopped.",
    "length": "Cut off at the length limit (setting max_new_tokens).",
    "repetition": "Stopped: the model began to repeat itself.",
    "filtered": "Stopped by the content filter (setting content_filter).",
}


def answer_markdown(answer: Answer) -> str:
    """The answer with a numbered chip after each supported sentence, and the others visibly different."""
    if answer.abstained:
        return _refusal(answer)
    return marked_markdown(answer.text, answer.sentences, unfinished(answer)) + _ending(answer)


def marked_markdown(written: str, sentences: Sequence[Sentence], cut: Sentence | None = None) -> str:
    """A text, perhaps still being written, with its mark after each sentence that was judged; `cut` is unfinished."""
    text, at = "", 0
    marks: list[tuple[int, str]] = []
    code = code_spans(written)
    for sentence in sentences:
        # The sentence lacks what looks like a marker of the model's: in code, "x[0]" is none.
        has_code = any(sentence.start < span.end and span.start < sentence.end for span in code)
        said = written[sentence.start : sentence.end] if has_code else sentence.text
        text += written[at : sentence.start] + said
        marks.append((len(text), _mark(sentence) + (_UNFINISHED if sentence is cut else "")))
        at = sentence.end
    return inert_markdown(text + written[at:], marks)


def _mark(sentence: Sentence) -> str:
    """What stands after a sentence: its chips, or that it has none."""
    if sentence.support == "unsupported":
        return ' <span class="cw-unsupported" title="No shown passage supports this">not in the sources</span>'
    chips = "".join(
        f'<sup class="cw-chip" title="{_attribute(f"{c.document}: {_shorten(c.quote)}")}">{c.number}</sup>'
        for c in sentence.citations
    )
    weak = ' <span class="cw-weak" title="The passage supports this only in part">weak</span>'
    return chips + (weak if sentence.support == "weak" else "")


def _refusal(answer: Answer) -> str:
    if answer.stop_reason == "filtered" and not answer.text:
        return _ending(answer).lstrip()
    said = f'<span class="cw-refusal">{NOT_FOUND}</span> {inert_markdown(explain(answer))}'
    if answer.sentences:
        said += (
            f'\n\n<details class="cw-draft"><summary>What the model wrote, which must not be relied on</summary>\n\n'
            f"{inert_markdown(answer.text)}\n\n</details>"
        )
    return said + _ending(answer)


def _ending(answer: Answer) -> str:
    said = _ENDINGS.get(answer.stop_reason)
    return f'\n\n<span class="cw-note">{said}</span>' if said else ""


def sources_html(answer: Answer) -> str:
    """The pane beside the chat: the cited quotes by number, or the nearest passages of a refusal."""
    if answer.abstained:
        return _cards(
            "Nearest passages",
            [_passage_card(n, p) for n, p in enumerate(answer.passages[:3], start=1)],
            _notes(answer),
        )
    cited: dict[tuple[int, int, int], str] = {}
    for sentence in answer.sentences:
        for c in sentence.citations:
            cited.setdefault((c.number, c.start, c.end), _card(c.number, c.document, place(c.page, c.label), c.quote))
    return _cards("Sources", [cited[key] for key in sorted(cited)], _notes(answer))


def passages_html(query: str, question: str, passages: Sequence[Passage]) -> str:
    """The pane while the answer is being written: what the model is reading."""
    searched = f'<p class="cw-note">Searched for: {escape(query)}</p>' if query != question.strip() else ""
    return _cards("Reading", [_passage_card(n, p) for n, p in enumerate(passages, start=1)], searched)


def documents_html(documents: Iterable[Document]) -> str:
    """The list of what can be asked about."""
    rows = [
        f'<li><span class="cw-doc">{escape(d.name)}</span><span class="cw-meta">{_extent(d)}</span></li>'
        for d in documents
    ]
    if not rows:
        return '<p class="cw-note">No documents yet. Drop some above.</p>'
    return f'<ul class="cw-docs" aria-label="Documents">{"".join(rows)}</ul>'


def _extent(document: Document) -> str:
    """How long a document is, as people count it: pages where it has any, else its size."""
    if document.name.lower().endswith(".pdf"):
        return f"{document.pages} {'page' if document.pages == 1 else 'pages'}"
    return f"{max(1, round(document.size / 1000))} kB"


def uploads_html(done: Iterable[FileResult], current: str = "") -> str:
    """What became of the uploaded files, and what is being done now."""
    lines = [
        f'<li class="cw-{result.status}"><b>{escape(result.name)}</b> {result.status}'
        f"{': ' + escape(result.reason or result.note) if result.reason or result.note else ''}</li>"
        for result in done
    ]
    if current:
        lines.append(f'<li class="cw-working">{escape(current)}</li>')
    return f'<ul class="cw-uploads" role="status">{"".join(lines)}</ul>'


def notice(text: str) -> str:
    """A message of Citewell's own in the chat."""
    return f'<span class="cw-note">{inert_markdown(text)}</span>'


def _notes(answer: Answer) -> str:
    notes = []
    if answer.query != answer.question:
        notes.append(f"Searched for: {answer.query}")
    if answer.dropped:
        notes.append(f"{len(answer.dropped)} more found, but not read: they did not fit into the model's window.")
    if answer.forgotten_turns:
        notes.append(f"{answer.forgotten_turns} earlier turns of the conversation no longer fit and were left out.")
    timings = answer.timings
    if timings.output_tokens:
        notes.append(
            f"{timings.prompt_tokens} tokens read, {timings.output_tokens} written in {timings.total_s:.1f} s; "
            f"first after {timings.first_token_s:.1f} s."
        )
    return "".join(f'<p class="cw-note">{escape(note)}</p>' for note in notes)


def _cards(title: str, cards: Sequence[str], notes: str) -> str:
    if not cards and not notes:
        return ""
    return f'<h3 class="cw-title">{title}</h3>{"".join(cards)}{notes}'


def _passage_card(number: int, passage: Passage) -> str:
    chunk = passage.chunk
    return _card(number, chunk.document, place(chunk.page, chunk.page_label), chunk.text)


def _card(number: int, document: str, where: str, quote: str) -> str:
    return (
        f'<article class="cw-card"><header><span class="cw-chip">{number}</span> <b>{escape(document)}</b>'
        f'<span class="cw-meta">{escape(where)}</span></header>'
        f'<div class="cw-quote">{escape(_shorten(quote))}</div></article>'
    )


def _shorten(text: str) -> str:
    return textwrap.shorten(text, _QUOTE_CHARACTERS, placeholder=" …")


def _attribute(text: str) -> str:
    """For an HTML attribute inside Markdown: escaped, and without what Markdown would still act upon."""
    return re.sub(r"[*_`~\[\]()!\\|$]", lambda match: f"&#{ord(match.group())};", escape(text))


EMPTY_PANE = _cards("Sources", [], '<p class="cw-note">The quotes behind an answer appear here.</p>')
"""The pane before the first question."""
