"""Export conversations: as Markdown, a self-contained HTML page, or JSON that `citewell verify` accepts.

Nothing in them is live: text of documents, models and users is escaped, and the page's own policy forbids everything
but its style and the images inside it.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rag.answering.answer_notes import call_note
from rag.exports.conversation_record import answer_of, conversation_json
from rag.exports.support_notes import support_notes
from rag.grounding.abstention import explain, refusal
from rag.postprocessing.output_checks import stop_note
from rag.text.locations import cited_place
from rag.text.message_catalogues import messages_in
from rag.text.sentences import unfinished
from rag.text.table_rows import TableRows, table_rows
from rag.types import Answer, Citation, Conversation, Exchange, Sentence
from web.page_language import gettext
from web.rendering.inert_html import inert_html_file
from web.rendering.markdown import inert_markdown, marked
from web.rendering.markdown_file import inline, readable
from web.rendering.page_theme import current_theme
from web.rendering.quoted_places import QuotedPlaces
from web.rendering.templates import render, render_macro
from web.stored_texts import place_shown

Format = Literal["md", "html", "json"]
MEDIA_TYPES: dict[Format, str] = {"md": "text/markdown", "html": "text/html", "json": "application/json"}

QuoteImage = Callable[[str, Citation], bytes | None]
"""Returns an image (PNG) of a quote on its page, in the document of this sha256, if there is one."""

_MAX_NAME_CHARACTERS = 60


def no_image(_sha256: str, _citation: Citation) -> None:
    """Return no image: a `QuoteImage` for exports without them."""


@dataclass(frozen=True, slots=True)
class _Exported:
    """An exchange with its answer."""

    exchange: Exchange
    answer: Answer

    @property
    def made_with(self) -> dict[str, Any]:
        """Model, version, time and settings of the answer."""
        return {name: self.exchange.record[name] for name in ("model", "citewell", "created_at", "settings")}

    def sha256(self, citation: Citation) -> str:
        """Return the hash of the quoted document, as it was read."""
        sha256: str = self.exchange.record["passages"][citation.number - 1]["sha256"]
        return sha256


def export(
    form: Format,
    conversation: Conversation,
    exchanges: Sequence[Exchange],
    citewell: str,
    quote_image: QuoteImage = no_image,
) -> str:
    """Return the conversation as a file's text; `citewell` is the version that writes it."""
    if form == "json":
        return json.dumps(conversation_json(conversation, exchanges, citewell), ensure_ascii=False, indent=2) + "\n"
    exported = _with_answers(exchanges)
    if form == "md":
        return _markdown(conversation, exported)
    return _html(conversation, exported, quote_image)


def shared_page(conversation: Conversation, exchanges: Sequence[Exchange], quote_image: QuoteImage) -> str:
    """Return the conversation as a page for people who may read it and no more.

    Of documents it has only what the answers cite, and of its owner neither ratings nor remarks.
    """
    return _html(conversation, _with_answers(exchanges), quote_image, for_others=True)


def file_name(name: str, form: Format) -> str:
    """Return the name of a file of this content that every file system accepts."""
    words = re.sub(r"[^\w\-]+", "-", name).strip("-_")[:_MAX_NAME_CHARACTERS].rstrip("-")
    return f"{words or 'conversation'}.{form}"


# Markdown


def _markdown(conversation: Conversation, exported: Sequence[_Exported]) -> str:
    parts = [f"# {inline(conversation.name or gettext('Conversation'))}"]
    for number, one in enumerate(exported, start=1):
        parts += [f"## {number}. {inline(one.answer.question)}", readable(_answer(one.answer, _markdown_mark))]
        parts += [_markdown_quote(number, citation) for number, citation in _cited(one.answer)]
        parts += [f"*{inline(note)}*" for note in _notes(one)]
    rows = [f"| {inline(gettext('document'))} | sha256 |", "|---|---|", *_markdown_rows(exported)]
    parts += [f"## {gettext('Documents')}", "\n".join(rows)]
    parts += [f"## {gettext('Made with')}", "\n".join(f"- {inline(line)}" for line in _made_with(exported))]
    return "\n\n".join(parts) + "\n"


def _markdown_mark(label: str) -> str:
    return f" {label}"


def _markdown_quote(number: int, citation: Citation) -> str:
    table = table_rows(citation.quote)
    quote = list(_markdown_table(table)) if table else [inline(citation.quote)]
    lines = [f"**({number})** {inline(_where(citation))}", "", *quote]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _markdown_table(table: TableRows) -> Iterator[str]:
    if table.before:
        yield from (inline(table.before), "")
    heads = table.heads or ("",) * len(table.rows[0])
    yield from (_markdown_row(heads), f"|{'---|' * len(heads)}", *map(_markdown_row, table.rows))
    if table.after:
        yield from ("", inline(table.after))


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(inline, cells))} |"


def _markdown_rows(exported: Sequence[_Exported]) -> Iterator[str]:
    for name, sha256 in _documents(exported):
        yield f"| {inline(name)} | `{re.sub('[^0-9a-f]', '', sha256) or '-'}` |"


# HTML


def _html(
    conversation: Conversation, exported: Sequence[_Exported], quote_image: QuoteImage, *, for_others: bool = False
) -> str:
    page = render(
        "conversation_file.html",
        theme=current_theme() if for_others else "",  # a file follows the system of whoever opens it
        name=conversation.name or gettext("Conversation"),
        exchanges=[_html_exchange(each, quote_image, for_others=for_others) for each in exported],
        documents=_documents_cited(exported) if for_others else _documents(exported),
        made_with=_made_with(exported),
    )
    return f"{page}\n"


def _html_exchange(one: _Exported, quote_image: QuoteImage, *, for_others: bool) -> dict[str, Any]:
    return {
        "question": one.answer.question,
        "answer": inert_html_file(_answer(one.answer, _html_mark)),
        "quotes": [
            _html_quote(number, each, quote_image(one.sha256(each), each)) for number, each in _cited(one.answer)
        ],
        "notes": [] if for_others else list(_notes(one)),
    }


def _html_quote(number: int, citation: Citation, png: bytes | None) -> dict[str, Any]:
    base64 = b64encode(png).decode() if png else ""
    return {
        "label": f"({number})",
        "place": _where(citation),
        "text": citation.quote,
        "table": table_rows(citation.quote),
        "png": base64,
    }


def _html_mark(label: str) -> str:
    return f" {render_macro('answer.html', 'file_mark', label)}"


# Both


def _answer(answer: Answer, mark: Callable[[str], str]) -> str:
    """Return the answer as inert Markdown, with a mark after each sentence."""
    cut = unfinished(answer)
    places = QuotedPlaces(answer.sentences, answer.passages)

    def marks(sentence: Sentence) -> str:
        return mark(_marks(sentence, places, answer.language, is_cut=sentence is cut))

    text = marked(answer.text, answer.sentences, marks)
    if not answer.abstained:
        return text
    refused = f"{refusal(answer)} {inert_markdown(explain(answer))}"
    warning = messages_in(answer.language).gettext("What the model wrote, which must not be relied on")
    return refused + (f"\n\n{warning}:\n\n{text}" if answer.sentences else "")


def _marks(sentence: Sentence, places: QuotedPlaces, language: str, *, is_cut: bool) -> str:
    labels = dict.fromkeys(f"({places.number(citation)})" for citation in sentence.citations)
    return "".join([*labels, *(f" ({note})" for note in support_notes(sentence, language, is_cut=is_cut))])


def _where(citation: Citation) -> str:
    return ", ".join(part for part in (citation.document, place_shown(cited_place(citation))) if part)


def _cited(answer: Answer) -> list[tuple[int, Citation]]:
    """Return each quoted place once, with its number."""
    return QuotedPlaces(answer.sentences, answer.passages).quotes


def _notes(one: _Exported) -> Iterator[str]:
    yield from (call_note(call, one.answer.language) for call in one.answer.tool_calls)
    if note := stop_note(one.answer):
        yield note
    yield from one.answer.notes
    if one.exchange.thumb:
        rated = gettext("Rated up") if one.exchange.thumb == "up" else gettext("Rated down")
        yield f"{rated}{': ' if one.exchange.remark else '.'}{one.exchange.remark}"
    elif one.exchange.remark:
        yield one.exchange.remark


def _documents(exported: Sequence[_Exported]) -> list[tuple[str, str]]:
    """Return name and sha256 of each document that was read."""
    return sorted({(p["document"], p["sha256"]) for one in exported for p in one.exchange.record["passages"]})


def _documents_cited(exported: Sequence[_Exported]) -> list[tuple[str, str]]:
    """Return name and sha256 of each document that is cited."""
    return sorted({(each.document, one.sha256(each)) for one in exported for _, each in _cited(one.answer)})


def _with_answers(exchanges: Sequence[Exchange]) -> list[_Exported]:
    return [_Exported(exchange, answer_of(exchange.record, {})) for exchange in exchanges]


def _made_with(exported: Sequence[_Exported]) -> list[str]:
    """Return a line for each model, version and settings, with the answers made with them."""
    lines: dict[tuple[str, str, str], list[int]] = {}
    for number, one in enumerate(exported, start=1):
        made = one.made_with
        if not made["model"]:  # a quote, or words of the user
            continue
        settings = ", ".join(f"{name} {value}" for name, value in made["settings"].items() if value not in (None, []))
        key = (made["model"], made["citewell"], settings)
        lines.setdefault(key, []).append(number)
    line = gettext("Answer {numbers}: {model} in Citewell {version}, with {settings}.")
    return [
        line.format(numbers=", ".join(map(str, numbers)), model=model, version=version, settings=settings)
        for (model, version, settings), numbers in lines.items()
    ]
