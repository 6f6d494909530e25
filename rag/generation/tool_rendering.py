"""Tools in a chat template: whether it has a place for them, in which format it writes calls, and what is no call.

One conversation with a call is rendered at load. A template can be used if it shows the tool, the call and its result,
and if the call can be read back from what it wrote: that tells the model's format too, whatever the model's name.
"""

from collections.abc import Callable, Sequence
from copy import copy

from rag.generation.decoding.token_mask import Splitter
from rag.interfaces import Message
from rag.postprocessing.call_formats import FORMATS, CallFormat
from rag.postprocessing.call_stream import ToolCallStream
from rag.types.tools import ToolCall, ToolDefinition

Render = Callable[[Sequence[Message], Sequence[ToolDefinition], bool], str]
"""Render messages with tools, ready for the next answer or not."""

_TOOL = ToolDefinition(
    "look_up",
    "Look a word up in the glossary.",
    {
        "type": "object",
        "properties": {"word": {"type": "string"}, "page": {"type": "integer"}},
        "required": ["word", "page"],
    },
)
_CALL = ToolCall("call00001", "look_up", {"word": 'yew "Taxus"', "page": 3})
_RESULT = "A yew is an evergreen."
_ASKED: list[Message] = [
    {"role": "system", "content": "Answer from the sources."},
    {"role": "user", "content": "Question: What is a yew?"},
]
_CALLED: Message = {"role": "assistant", "content": "", "tool_calls": (_CALL,)}
_ANSWERED: Message = {"role": "tool", "tool_call_id": _CALL.id, "name": _CALL.name, "content": _RESULT}


def find_call_format(render: Render) -> CallFormat | None:
    """Return the format in which a template writes calls; None if it has no place for tools, or another format."""
    try:
        asked = render(_ASKED, [_TOOL], True)
        called = render([*_ASKED, _CALLED], [_TOOL], False)
        answered = render([*_ASKED, _CALLED, _ANSWERED], [_TOOL], True)
    except Exception:  # noqa: BLE001  a template may raise anything
        return None
    question = str(_ASKED[-1]["content"])
    shown = (_TOOL.name, _TOOL.description, str(_ASKED[0]["content"]), question)
    written = called.removeprefix(asked) if called.startswith(asked) else called.rpartition(question)[2]
    if not all(text in asked for text in shown) or _RESULT not in answered.rpartition(_CALL.name)[2]:
        return None
    return next((form for form in FORMATS if _calls(form, written) == [_CALL]), None)


def _calls(form: CallFormat, written: str) -> list[ToolCall]:
    stream = ToolCallStream(form, {_TOOL.name})
    return [piece for piece in stream.push(written) + stream.finish() if isinstance(piece, ToolCall)]


class WithoutCalls:
    """A `Splitter` whose answer has no calls: what holds an answer to its sources leaves them alone."""

    def __init__(self, splitter: Splitter, calls: ToolCallStream) -> None:
        self._splitter = splitter
        self._calls = calls

    def __copy__(self) -> "WithoutCalls":
        return WithoutCalls(copy(self._splitter), copy(self._calls))

    def push(self, text: str) -> tuple[str, str]:
        """Return the thinking, and the answer without calls, that this text adds."""
        thought, answer = self._splitter.push(text)
        return thought, "".join(piece for piece in self._calls.push(answer) if isinstance(piece, str))
