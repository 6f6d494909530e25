"""Say in one line what a tool was called for, in the language of the question."""

from rag.text.message_catalogues import messages_in, to_translate
from rag.types import ToolCalled

_MAX_CHARACTERS = 160
_CALLS = {
    "search": to_translate("Searched again for “{query}”"),
    "read_page": to_translate("Read page {page} of {document}"),
    "calculate": to_translate("Calculated: {expression}"),
}


def call_note(call: ToolCalled, language: str) -> str:
    """Return what was called, and what came of it."""
    messages = messages_in(language)
    if call.name == "calculate" and not call.failed:
        return _shortened(messages.gettext(_CALLS["calculate"]).format(expression=call.result))
    came = messages.gettext("nothing new")
    if call.failed:
        came = messages.gettext("no result")
    elif number := len(call.passages):
        came = messages.ngettext("{number} passage added", "{number} passages added", number).format(number=number)
    return f"{_shortened(_said(call, language))} ({came})"


def _said(call: ToolCalled, language: str) -> str:
    messages = messages_in(language)
    try:
        return messages.gettext(_CALLS[call.name]).format(**call.arguments)
    except KeyError:  # there is no such tool, or it has other arguments
        return messages.gettext("Called {name}").format(name=call.name)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS].rstrip()} …"
