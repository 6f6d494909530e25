"""Notes for people: what is not in an answer, what it was made from, which tools were called for it."""

from collections.abc import Iterator, Sequence

from rag.answering.hidden_instructions import find_instructions
from rag.answering.unanswered_parts import unanswered_parts
from rag.answering.unsupported_lines import is_item
from rag.retrieval.reading_extent import Extent
from rag.text.document_names import context_lines
from rag.text.message_catalogues import messages_in, to_translate
from rag.types import Answer, ToolCalled

_STOPS = " .?!？。"
_MAX_PART = 120
_MAX_CALL = 160
_CALLS = {
    "search": to_translate("Searched again for “{query}”"),
    "read_page": to_translate("Read page {page} of {document}"),
    "calculate": to_translate("Calculated: {expression}"),
}


def answer_notes(
    answer: Answer, unread: int = 0, extent: Extent | None = None, read_within_s: float = 0.0, completed: int = 0
) -> tuple[str, ...]:
    """Return the notes on a finished answer; of one that was withheld, only what was left out.

    `unread` passages were found and had no room in the prompt; `extent` is how much was read for a summary, and
    `read_within_s` the seconds in which no more could be read. `completed` is how many items of a list were quoted from
    its source, since the model left them off.
    """
    left_out = (*_left_out(answer), *_instructing(answer), *_held(answer, read_within_s))
    if answer.abstained:
        return left_out
    return (
        *_unanswered(answer),
        *left_out,
        *(_completed(completed, answer.language) if completed else ()),
        *_gathered(answer, unread),
        *(_read(extent, answer.language) if extent else ()),
        *_calculated(answer),
    )


def _unanswered(answer: Answer) -> Iterator[str]:
    if parts := unanswered_parts(answer.plan, answer.sentences):
        named = "; ".join(f"“{_shortened(part.text, _MAX_PART, _STOPS)}”" for part in parts)
        yield messages_in(answer.language).gettext("This is not answered: {parts}.").format(parts=named)


def _left_out(answer: Answer) -> Iterator[str]:
    ngettext = messages_in(answer.language).ngettext
    items = sum(map(is_item, answer.left_out))
    if items:
        yield ngettext(
            "{number} item that no source has was left out.",
            "{number} items that no source has were left out.",
            items,
        ).format(number=items)
    if others := len(answer.left_out) - items:
        yield ngettext(
            "{number} sentence that no source supports was left out.",
            "{number} sentences that no source supports were left out.",
            others,
        ).format(number=others)


def _instructing(answer: Answer) -> Iterator[str]:
    """Yield which documents tell a model what to answer, in their text, headings or names."""
    chunks = [passage.chunk for passage in answer.passages]
    texts = [(chunk.document, (chunk.text, *context_lines(chunk))) for chunk in chunks]
    names = dict.fromkeys(name for name, parts in texts if any(map(find_instructions, parts)))
    if names:
        note = messages_in(answer.language).gettext(
            "{what} contains instructions to language models. The model was not shown them."
        )
        yield note.format(what=_documents(tuple(names), answer.language))


def _held(answer: Answer, seconds: float) -> Iterator[str]:
    """Yield that more would have been read on a faster machine, and what to do about it."""
    if seconds and not answer.computed:
        note = messages_in(answer.language).gettext(
            "Only as much was read as this machine can read in {seconds} seconds (setting {setting}). “Retry”, or "
            "--fresh at the shell, reads all of it."
        )
        yield note.format(seconds=f"{round(seconds, 1):g}", setting="seconds_to_answer")


def _completed(items: int, language: str) -> Iterator[str]:
    yield (
        messages_in(language)
        .ngettext(
            "The last item was added from the list in which the others stand.",
            "The last {number} items were added from the list in which the others stand.",
            items,
        )
        .format(number=items)
    )


def _gathered(answer: Answer, unread: int) -> Iterator[str]:
    """Yield what a list was gathered from, and how much more there was."""
    chunks = [passage.chunk for passage in answer.passages]
    if answer.plan.kind != "list" or answer.computed or not chunks:
        return
    ngettext = messages_in(answer.language).ngettext
    what = _documents(tuple(dict.fromkeys(chunk.document for chunk in chunks)), answer.language)
    if all(chunk.heading for chunk in chunks):
        number = len({(chunk.document_id, chunk.heading) for chunk in chunks})
        note = ngettext(
            "Gathered from {number} section of {what}.", "Gathered from {number} sections of {what}.", number
        )
    else:
        number = len(chunks)
        note = ngettext(
            "Gathered from {number} passage of {what}.", "Gathered from {number} passages of {what}.", number
        )
    yield note.format(number=number, what=what)
    if unread:
        more = ngettext(
            "{number} more passage was found, but not read.", "{number} more passages were found, but not read.", unread
        )
        yield more.format(number=unread)


def _read(extent: Extent, language: str) -> Iterator[str]:
    gettext = messages_in(language).gettext
    what = extent.section or _documents(extent.documents, language)
    if extent.read == extent.total:
        yield gettext("Read: the whole of {what}.").format(what=what)
        return
    note = gettext("Read: {read} of the {total} passages of {what}.")
    if extent.is_throughout:
        note = gettext("Read: {read} of the {total} passages of {what}, from beginning to end.")
    yield note.format(read=extent.read, total=extent.total, what=what)


def _calculated(answer: Answer) -> Iterator[str]:
    if answer.computed and answer.computed.expression:
        note = messages_in(answer.language).gettext("Calculated: {expression}")
        yield note.format(expression=answer.computed.expression)


def _documents(names: Sequence[str], language: str) -> str:
    """Return the name of a document, or how many they are."""
    if len(names) == 1:
        return names[0]
    count = messages_in(language).ngettext("{number} document", "{number} documents", len(names))
    return count.format(number=len(names))


def call_note(call: ToolCalled, language: str) -> str:
    """Return in one line what a tool was called for, and what came of it."""
    messages = messages_in(language)
    if call.name == "calculate" and not call.failed:
        return _shortened(messages.gettext(_CALLS["calculate"]).format(expression=call.result), _MAX_CALL)
    came = messages.gettext("nothing new")
    if call.failed:
        came = messages.gettext("no result")
    elif number := len(call.passages):
        came = messages.ngettext("{number} passage added", "{number} passages added", number).format(number=number)
    return f"{_shortened(_said(call, language), _MAX_CALL)} ({came})"


def _said(call: ToolCalled, language: str) -> str:
    messages = messages_in(language)
    try:
        return messages.gettext(_CALLS[call.name]).format(**call.arguments)
    except KeyError:  # there is no such tool, or it has other arguments
        return messages.gettext("Called {name}").format(name=call.name)


def _shortened(text: str, most: int, without: str = "") -> str:
    """Return a text on one line, without these characters at its end, cut if it is long."""
    text = " ".join(text.split()).rstrip(without)
    return text if len(text) <= most else f"{text[:most].rstrip()} …"
