"""Break up control tokens within messages for a server, whose chat template and tokenizer are not known (pure).

Servers tokenise a rendered prompt as a whole, so that a document with such a token in its text could end its message
and begin another. A model in this process has those of its own tokenizer broken up; here it is all that are common.
"""

import re
from collections.abc import Sequence

from rag.generation.chat.thinking import FORMATS
from rag.interfaces import Message
from rag.text.sanitize import TEMPLATE_TOKENS

_BRACKETED = """AVAILABLE_TOOLS ARGS CALL_ID IMG INST MIDDLE PREFIX SUFFIX SYSTEM_PROMPT TOOL_CALLS TOOL_CONTENT
    TOOL_RESULTS"""
"""Names of Mistral's control tokens."""

_COMMAND = r"(?<![\w/])/(?:no_)?think\b"
"""What some templates take for a switch."""


def _pattern() -> re.Pattern[str]:
    marks = (text for form in FORMATS for text in form.texts if text.startswith(("<", "[")))
    known = map(re.escape, sorted([*TEMPLATE_TOKENS, *marks], key=len, reverse=True))
    any_name = r"[^|｜<>\s]{1,40}"
    unknown = (rf"<\|{any_name}\|?>", rf"<{any_name}\|>", rf"<｜{any_name}｜>")
    return re.compile("|".join([*known, *unknown, rf"\[/?(?:{'|'.join(_BRACKETED.split())})\]", _COMMAND]))


_CONTROL = _pattern()


def inert(messages: Sequence[Message]) -> list[Message]:
    """Return the messages with a space within each control token: the words stay to be read."""
    return [message | {"content": _CONTROL.sub(_broken, message["content"])} for message in messages]


def _broken(match: re.Match[str]) -> str:
    return f"{match[0][0]} {match[0][1:]}"
