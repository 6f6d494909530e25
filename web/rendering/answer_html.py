"""From answers to the chat's Markdown (pure). All text that comes from documents, models or users is escaped here."""

import re
import textwrap
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from rag.grounding.abstention import explain
from rag.prompting.prompt import NOT_FOUND, place
from rag.text.sentences import unfinished
from rag.types import Answer, Citation, Passage, Sentence, StopReason
from web.rendering.markdown import inert_markdown, marked

_QUOTE_CHARACTERS = 300
_UNFINISHED = ' <span class="cw-weak" title="The answer was cut off within this sentence">unfinished</span>'
_ENDINGS: dict[StopReason, str] = {
    "cancelled": "Stopped.",
    "length": "Cut off at the length limit (setting max_new_tokens).",
    "repetition": "Stopped: the model began to repeat itself.",
    "filtered": "Stopped by the content filter (setting content_filter).",
}


def answer_markdown(answer: Answer) -> str:
    """The answer with a numbered chip after each supported sentence, and the others visibly different."""
    searched = f"{notice(f'Searched for: {answer.query}')}\n\n" if answer.query != answer.question else ""
    if answer.abstained:
        return searched + _refusal(answer)
    shown = marked_markdown(answer.text, answer.sentences, answer.passages, unfinished(answer))
    return searched + shown + _ending(answer)


def marked_markdown(
    written: str, sentences: Sequence[Sentence], passages: Sequence[Passage], cut: Sentence | None = None
) -> str:
    """A text, perhaps still being written, with its mark after each sentence that was judged; `cut` is unfinished."""
    return marked(written, sentences, lambda each: _mark(each, passages) + (_UNFINISHED if each is cut else ""))


def notice(text: str) -> str:
    """A message of Citewell's own in the chat."""
    return f'<span class="cw-note">{inert_markdown(text)}</span>'


def citation_chip(citation: Citation, passages: Sequence[Passage]) -> str:
    """A numbered button that opens the page with these words marked."""
    document_id = passages[citation.number - 1].chunk.document_id if citation.number <= len(passages) else 0
    where = place(citation.page, citation.label)
    said = f"{citation.document}{', ' if where else ''}{where}: {citation.quote}"
    value = target(document_id, citation.page, citation.start, citation.end, citation.quote)
    return chip(citation.number, value, said)


def passage_chip(number: int, passage: Passage) -> str:
    """The same for a whole passage."""
    chunk = passage.chunk
    where = place(chunk.page, chunk.page_label)
    said = f"{chunk.document}{', ' if where else ''}{where}: {chunk.text}"
    return chip(number, target(chunk.document_id, chunk.page, chunk.start, chunk.end, chunk.text), said)


def target(document_id: int, page: int, start: int, end: int, quote: str) -> str:
    """What the page's viewer is to open, as the value of a button; by the hash it sees that these words stand there."""
    return f"{document_id}:{page}:{start}:{end}:{quote_hash(quote)}"


def quote_hash(quote: str) -> str:
    """Enough of a hash to tell a quote from what stands in its place in another version of its document."""
    return sha256(quote.encode()).hexdigest()[:12]


def chip(number: int, value: str, title: str) -> str:
    """The button. It has no script of its own: the page listens for clicks on all of them."""
    return (
        f'<button type="button" class="cw-chip" value="{value}" title="{_attribute(_shorten(title))}">{number}</button>'
    )


def _mark(sentence: Sentence, passages: Sequence[Passage]) -> str:
    """What stands after a sentence: its chips, or that it has none; and which source says otherwise."""
    disputed = ""
    if sentence.disputed:
        chips = "".join(citation_chip(citation, passages) for citation in sentence.disputed)
        disputed = f' <span class="cw-disputed">≠ another source says otherwise {chips}</span>'
    lacking = _lacking(sentence)
    if sentence.support == "unsupported":
        title = f"No passage that was read supports this{lacking}"
        return f' <span class="cw-unsupported" title="{_attribute(title)}">✕ not in the sources</span>{disputed}'
    chips = "".join(citation_chip(citation, passages) for citation in sentence.citations)
    if sentence.support == "weak":
        title = f"The passage supports this only in part{lacking}"
        chips += f' <span class="cw-weak" title="{_attribute(title)}">? weak</span>'
    return chips + disputed


def _lacking(sentence: Sentence) -> str:
    return f". Not in it: {', '.join(sentence.missing)}" if sentence.missing else ""


def _refusal(answer: Answer) -> str:
    if answer.stop_reason == "filtered" and not answer.text:
        return _ending(answer).lstrip()
    said = f'<span class="cw-refusal">{NOT_FOUND}</span> {inert_markdown(explain(answer))}'
    if answer.nearest:
        chips = "".join(passage_chip(number, passage) for number, passage in answer.nearest)
        said += f'\n\n<span class="cw-note">The nearest passages: {chips}</span>'
    if answer.sentences:
        said += (
            f'\n\n<details class="cw-draft"><summary>What the model wrote, which must not be relied on</summary>\n\n'
            f"{inert_markdown(answer.text)}\n\n</details>"
        )
    return said + _ending(answer)


def _ending(answer: Answer) -> str:
    said = _ENDINGS.get(answer.stop_reason)
    return f'\n\n<span class="cw-note">{said}</span>' if said else ""


def _shorten(text: str) -> str:
    return textwrap.shorten(text, _QUOTE_CHARACTERS, placeholder=" …")


def _attribute(text: str) -> str:
    """For an HTML attribute inside Markdown: escaped, and without what Markdown would still act upon."""
    return re.sub(r"[*_`~\[\]()!\\|$]", lambda match: f"&#{ord(match.group())};", escape(text))
