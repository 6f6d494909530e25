"""Break up control tokens within messages for a server, whose chat template and tokenizer are not known.

Servers tokenise a rendered prompt as a whole, so that a document with such a token in its text could end its message
and begin another. A model in this process has those of its own tokenizer broken up; here it is all that are common.
"""

import re
from collections.abc import Sequence

from rag.generation.thinking import FORMATS
from rag.generation.tool_messages import broken_up, has_calls, tools_with_texts, with_texts
from rag.interfaces import Message
from rag.postprocessing import call_formats
from rag.text.characters import any_of
from rag.text.sanitize import TEMPLATE_TOKENS
from rag.types.tools import ToolDefinition

_BRACKETED = """AVAILABLE_TOOLS ARGS CALL_ID IMG INST MIDDLE PREFIX SUFFIX SYSTEM_PROMPT TOOL_CALLS TOOL_CONTENT
    TOOL_RESULTS"""
"""Names of Mistral's control tokens."""

_COMMAND = r"(?<![\w/])/(?:no_)?think\b"
"""What some templates take for a switch."""


def _pattern() -> re.Pattern[str]:
    marks = (text for form in FORMATS for text in form.texts if text.startswith(("<", "[")))
    known = any_of([*TEMPLATE_TOKENS, *marks])
    any_name = r"[^|｜<>\s]{1,40}"
    unknown = (rf"<\|{any_name}\|?>", rf"<{any_name}\|>", rf"<｜{any_name}｜>")
    return re.compile("|".join([known, *unknown, rf"\[/?(?:{'|'.join(_BRACKETED.split())})\]", _COMMAND]))


_CONTROL = _pattern()
_CALL_MARKS = re.compile("|".join(re.escape(mark) for form in call_formats.FORMATS for mark in form.marks))


def inert(messages: Sequence[Message], *, beside_calls: bool = False) -> list[Message]:
    """Return the messages with a space within each control token: the words stay to be read.

    Beside calls of tools, or in an answer that may have some, what marks one is such a token too.
    """
    beside_calls = beside_calls or has_calls(messages)

    def change(text: str) -> str:
        text = _CONTROL.sub(broken_up, text)
        return _CALL_MARKS.sub(broken_up, text) if beside_calls else text

    return [with_texts(message, change) for message in messages]


def inert_tools(tools: Sequence[ToolDefinition]) -> list[ToolDefinition]:
    """Return definitions of tools with their texts broken up likewise."""
    return tools_with_texts(tools, lambda text: _CONTROL.sub(broken_up, text))
