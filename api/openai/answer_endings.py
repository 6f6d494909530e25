"""Put a refusal or the list of sources below the model's text, and take it off again."""

import re
from collections.abc import Sequence

from api.cited_quotes import CitedQuote
from rag.grounding.abstention import NOT_FOUND, explain, refusal
from rag.postprocessing.output_checks import stop_note
from rag.text.locations import location
from rag.text.message_catalogues import LANGUAGES, messages_in
from rag.types import Answer

_QUOTE_CHARACTERS = 300
_SIGNS = re.compile(r"[\\`*\[\]<>&!]")

_REFUSALS = tuple(messages_in(language).gettext(NOT_FOUND) for language in LANGUAGES)
_HEADINGS = "|".join(re.escape(messages_in(language).gettext("Sources")) for language in LANGUAGES)
_LIST = re.compile(rf"\n\n(?:{_HEADINGS}):\n\n- \[\d+\] \[")


def refusal_text(answer: Answer) -> str:
    """Return why an answer must not be relied on; "" if it stands. The nearest quote is still to follow it."""
    if not answer.text and answer.stop_reason == "filtered":
        return stop_note(answer)
    if not answer.abstained:
        return ""
    said = f"{refusal(answer)} {explain(answer)}"
    if answer.nearest:
        nearest = messages_in(answer.language).gettext("What they do say, nearest to it")
        said += f"\n\n{nearest}: “{plain(answer.nearest.quote)}”"
    return said


def sources_text(quotes: Sequence[CitedQuote], answer: Answer) -> str:
    """Return the list of quotes, in Markdown with links to their pages, and what no source has; "" without either."""
    gettext = messages_in(answer.language).gettext
    text = ""
    if quotes:
        lines = dict.fromkeys(
            f"- [{quote.number}] [{plain(title_of(quote))}](<{quote.url}>): “{plain(quote.quote)}”" for quote in quotes
        )
        text += "\n".join([f"\n\n{gettext('Sources')}:\n", *lines])
    if answer.not_found:
        why = (
            f"{gettext('Not found in the documents:')} {gettext('the sources do not support this part of the answer.')}"
        )
        text += "\n".join([f"\n\n{why}\n", *(f"- “{plain(sentence.text)}”" for sentence in answer.not_found)])
    return text


def without_ending(text: str) -> str:
    """Return an answer that a client sends back without its list of sources; of a refusal, the model's own words.

    A draft that was refused is not shown to the model again: it would be believed.
    """
    if any(text.startswith(said) or f"\n\n{said}" in text for said in _REFUSALS):
        return NOT_FOUND
    listed = _LIST.search(text)
    return text[: listed.start()] if listed else text


def title_of(quote: CitedQuote) -> str:
    """Return the document of a quote and its place there, for people."""
    return location(quote.document, quote.place)


def plain(text: str) -> str:
    """Return text of a document on one line, shortened, for Markdown: no sign of it is live."""
    line = " ".join(text.split())
    short = line if len(line) <= _QUOTE_CHARACTERS else f"{line[:_QUOTE_CHARACTERS].rstrip()} …"
    return _SIGNS.sub(lambda match: f"\\{match[0]}", short)
