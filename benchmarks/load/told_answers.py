"""Answers of every protocol in one form, so that they can be compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rag.grounding.abstention import NOT_FOUND
from rag.grounding.markers import without_markers
from rag.text.message_catalogues import LANGUAGES, messages_in

Json = Mapping[str, Any]

_REFUSALS = tuple(messages_in(language).gettext(NOT_FOUND) for language in LANGUAGES)


class Quoted(NamedTuple):
    """A citation: characters `[start, end)` of a page of a document, and how well they support their sentence."""

    document: str
    page: int
    start: int
    end: int
    quote: str
    support: str


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; markers `[n]` are no part of its `text`.

    Of a refusal the text is the reason, `nearest` the quote that comes nearest, and there are no citations: what some
    protocols show of the draft must not be relied on.
    """

    abstained: bool
    text: str
    citations: tuple[Quoted, ...] = ()
    nearest: str = ""


def of_export(export: Json) -> Told:
    """Return an answer as `citewell ask --json` prints it."""
    if export["abstained"]:
        return Told(True, export["refusal"], nearest=export.get("nearest", {}).get("quote", ""))
    cited = (
        _quoted(citation, sentence["support"]) for sentence in export["sentences"] for citation in sentence["citations"]
    )
    return Told(False, without_markers(export["answer"]), _sorted(cited))


def of_rest(answered: Json) -> Told:
    """Return an answer of REST: the export, with the citations that stand beside it."""
    told = of_export(answered["answer"])
    if told.abstained:
        return told
    return Told(False, told.text, _sorted(_quoted(each, each["support"]) for each in answered["citations"]))


def of_chat(completion: Json) -> Told:
    """Return a chat completion."""
    message = completion["choices"][0]["message"]
    cited = [
        (each["url_citation"], {**each["citewell"], "document": each["url_citation"]["title"].partition(", ")[0]})
        for each in message["annotations"]  # a title is a document and a place there
    ]
    return _of_openai(completion["citewell"], message["content"], cited)


def of_response(response: Json) -> Told:
    """Return a response."""
    (part,) = response["output"][-1]["content"]
    cited = [(each["citewell"], {**each["citewell"], "document": each["filename"]}) for each in part["annotations"]]
    return _of_openai(response["citewell"], part["text"], cited)


def of_tool(result: Json) -> Told:
    """Return the result of the tool `ask`; `answer` must be `text` with markers."""
    if result["abstained"]:
        said = next(said for said in _REFUSALS if result["text"].startswith(said))
        return Told(
            True,
            result["text"].removeprefix(said).strip(),
            nearest=result["nearest"].removeprefix("“").rpartition("” (")[0],
        )
    text = without_markers(result["answer"])
    if text != without_markers(result["text"]):
        text = f"two texts: {result['answer']!r} and {result['text']!r}"
    return Told(False, text, _sorted(_quoted(each, each["support"]) for each in result["citations"]))


def _of_openai(known: Json, text: str, cited: Sequence[tuple[Json, Json]]) -> Told:
    """Return a text whose annotations are places in it with their quotes."""
    if not known["abstained"]:
        return Told(False, without_markers(text), _sorted(_quoted(quote, quote["support"]) for _, quote in cited))
    at = text.rfind(known["refusal"])
    if at < 0:
        return Told(True, f"{text!r} does not say: {known['refusal']}")
    nearest = [quote["quote"] for place, quote in cited if place["start_index"] > at]
    return Told(True, known["refusal"], nearest="".join(nearest))


def _quoted(citation: Json, support: str) -> Quoted:
    return Quoted(
        document=citation["document"],
        page=citation["page"],
        start=citation["start"],
        end=citation["end"],
        quote=citation["quote"],
        support=support,
    )


def _sorted(citations: Iterable[Quoted]) -> tuple[Quoted, ...]:
    """Return citations in an order of their own: protocols differ in theirs, and in how often they say one."""
    return tuple(sorted(set(citations)))
