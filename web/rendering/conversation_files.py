"""Conversations as files (pure): Markdown, one self-contained page of HTML, and JSON that `citewell verify` accepts.

Nothing in them acts: text of documents, models and users is escaped, and the page's own policy forbids everything but
its style and the pictures inside it.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from markdown_it import MarkdownIt
from markupsafe import Markup

from rag.exports.conversation_record import answer_of, conversation_json
from rag.grounding.abstention import explain
from rag.prompting.prompt import NOT_FOUND, cited_place
from rag.text.sentences import unfinished
from rag.types import Answer, Citation, Conversation, Exchange, Sentence
from web.rendering.markdown import inert_markdown, marked
from web.rendering.templates import render, render_macro

Format = Literal["md", "html", "json"]
MEDIA_TYPES: dict[Format, str] = {"md": "text/markdown", "html": "text/html", "json": "application/json"}

Crop = Callable[[str, Citation], bytes | None]
"""A picture (PNG) of where a quote stands on its page, in the document of this sha256, if there is one."""

_NAME_CHARACTERS = 60
_NOTES = {"supported": "", "weak": " (weak)", "unsupported": " (not in the sources)"}


def no_crop(_sha256: str, _citation: Citation) -> None:
    """No picture of any place."""


@dataclass(frozen=True, slots=True)
class _Told:
    """An exchange of a conversation, ready to be written."""

    exchange: Exchange
    answer: Answer

    @property
    def made(self) -> dict[str, Any]:
        """What it was made with."""
        return {name: self.exchange.record[name] for name in ("model", "citewell", "created_at", "settings")}

    def sha256(self, citation: Citation) -> str:
        """Of the document that is quoted, as it was read."""
        sha256: str = self.exchange.record["passages"][citation.number - 1]["sha256"]
        return sha256


def export(
    form: Format,
    conversation: Conversation,
    exchanges: Sequence[Exchange],
    citewell: str,
    crop: Crop = no_crop,
) -> str:
    """The conversation as a file's text. `citewell` is the version that writes it."""
    if form == "json":
        return json.dumps(conversation_json(conversation, exchanges, citewell), ensure_ascii=False, indent=2) + "\n"
    told = [_Told(exchange, answer_of(exchange.record, {})) for exchange in exchanges]
    if form == "md":
        return _markdown(conversation, told)
    return _html(conversation, told, crop)


def file_name(conversation: Conversation, form: Format) -> str:
    """A name for the file that every file system takes."""
    words = re.sub(r"[^\w\-]+", "-", conversation.name).strip("-_")[:_NAME_CHARACTERS].rstrip("-")
    return f"{words or 'conversation'}.{form}"


# Markdown


def _markdown(conversation: Conversation, told: Sequence[_Told]) -> str:
    parts = [f"# {_inline(conversation.name or 'Conversation')}"]
    for number, one in enumerate(told, start=1):
        parts += [f"## {number}. {_inline(one.answer.question)}", _answer(one.answer, _markdown_mark)]
        parts += [_markdown_quote(citation) for citation in _cited(one.answer)]
        parts += [f"*{_inline(note)}*" for note in _notes(one)]
    parts += ["## Documents", "| document | sha256 |\n|---|---|\n" + "\n".join(_markdown_rows(told)), "## Made with"]
    parts += ["\n".join(f"- {_inline(line)}" for line in _made(told))]
    return "\n\n".join(parts) + "\n"


def _markdown_mark(label: str) -> str:
    return f" {label}"


def _markdown_quote(citation: Citation) -> str:
    lines = [f"**{_label(citation)}** {_inline(_where(citation))}", "", _inline(citation.quote)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _markdown_rows(told: Sequence[_Told]) -> Iterator[str]:
    for name, sha256 in _documents(told):
        yield f"| {_inline(name)} | `{re.sub('[^0-9a-f]', '', sha256) or '-'}` |"


def _inline(text: str) -> str:
    """Text that is one line of Markdown and nothing but text."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"&#{ord(match.group())};", " ".join(text.split()))


# HTML


def _html(conversation: Conversation, told: Sequence[_Told], crop: Crop) -> str:
    return render(
        "conversation_file.html",
        name=conversation.name or "Conversation",
        exchanges=[_html_exchange(each, crop) for each in told],
        documents=_documents(told),
        made_with=_made(told),
    )


def _html_exchange(one: _Told, crop: Crop) -> dict[str, Any]:
    return {
        "question": one.answer.question,
        "answer": _rendered(_answer(one.answer, _html_mark)),
        "quotes": [_html_quote(citation, crop(one.sha256(citation), citation)) for citation in _cited(one.answer)],
        "notes": list(_notes(one)),
    }


def _html_quote(citation: Citation, png: bytes | None) -> dict[str, str]:
    picture = b64encode(png).decode() if png else ""
    return {"label": _label(citation), "place": _where(citation), "text": citation.quote, "png": picture}


def _html_mark(label: str) -> str:
    return f" {render_macro('answer.html', 'file_mark', label)}"


def _rendered(inert: str) -> Markup:
    """Return inert Markdown as HTML; all HTML in it is our own."""
    return Markup(MarkdownIt("commonmark", {"html": True}).render(inert))  # noqa: S704


# Both


def _answer(answer: Answer, mark: Callable[[str], str]) -> str:
    """The answer as Markdown in which nothing is live, with a mark after each sentence."""
    cut = unfinished(answer)
    text = marked(answer.text, answer.sentences, lambda each: mark(_marks(each, is_cut=each is cut)))
    if not answer.abstained:
        return text
    said = f"{NOT_FOUND} {inert_markdown(explain(answer))}"
    draft = f"\n\nWhat the model wrote, which must not be relied on:\n\n{text}"
    return said + (draft if answer.sentences else "")


def _marks(sentence: Sentence, *, is_cut: bool) -> str:
    labels = list(dict.fromkeys(_label(citation) for citation in sentence.citations))
    disputed = " (another source says otherwise)" if sentence.disputed else ""
    return "".join(labels) + _NOTES[sentence.support] + disputed + (" (unfinished)" if is_cut else "")


def _label(citation: Citation) -> str:
    return f"({citation.number})"


def _where(citation: Citation) -> str:
    return cited_place(citation.document, citation.page, citation.label)


def _cited(answer: Answer) -> list[Citation]:
    """Every quote once, by number and place: those that support first, then those that deny."""
    quoted = {(c.number, c.page, c.start, c.end): c for s in answer.sentences for c in (*s.citations, *s.disputed)}
    return [quoted[key] for key in sorted(quoted)]


def _notes(one: _Told) -> Iterator[str]:
    if one.exchange.thumb:
        yield f"Rated {one.exchange.thumb}{': ' if one.exchange.remark else '.'}{one.exchange.remark}"


def _documents(told: Sequence[_Told]) -> list[tuple[str, str]]:
    """Name and sha256 of every document that was read."""
    return sorted({(p["document"], p["sha256"]) for one in told for p in one.exchange.record["passages"]})


def _made(told: Sequence[_Told]) -> list[str]:
    """Model, version, time and settings of each answer; once where they are the same."""
    lines: dict[str, list[int]] = {}
    for number, one in enumerate(told, start=1):
        made = one.made
        settings = ", ".join(f"{name} {value}" for name, value in made["settings"].items() if value not in (None, []))
        lines.setdefault(f"{made['model']} in Citewell {made['citewell']}, with {settings}", []).append(number)
    return [f"Answer {', '.join(map(str, numbers))}: {line}." for line, numbers in lines.items()]
