"""Where a text in Markdown has code (pure): fenced blocks, and spans in backticks. In code nothing is a marker."""

import re

from rag.types import Span

_BLOCK = re.compile(
    r"^[ \t]*(?:(?:[-*+]|\d{1,3}[.)])[ \t]+)*(?P<block>(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*(?:\n|\Z)"
    r".*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z))",
    re.DOTALL | re.MULTILINE,
)
_SPAN = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_FENCE_LINE = re.compile(r"[ \t]*(?:`{3,}|~{3,})")
_PROMPT = re.compile(r"^(?:\$|>>>|\.\.\.|#|>)\s+")


def code_blocks(text: str) -> list[Span]:
    """Fenced blocks with their fences, in order; one that is not closed goes on to the end."""
    return [Span(*match.span("block")) for match in _BLOCK.finditer(text)]


def code_spans(text: str) -> list[Span]:
    """Fenced blocks and, between them, spans in backticks, in order."""
    found, at = [], 0
    for block in [*code_blocks(text), Span(len(text), len(text))]:
        found += [Span(*match.span()) for match in _SPAN.finditer(text, at, block.start)]
        found += [block] if block.start < block.end else []
        at = block.end
    return found


def code_lines(block: str) -> list[str]:
    """The lines of a fenced block that say something, without fences, indentation and the prompt of a shell."""
    lines = (_PROMPT.sub("", line.strip()) for line in block.split("\n") if not _FENCE_LINE.match(line))
    return [line for line in lines if any(map(str.isalnum, line))]
