"""Split generated text into text and calls of tools while it streams.

The pieces depend on the text alone, never on how it was cut. Text is held back only while it may be a call; what turns
out to be none is text, all of it. In code, and in backticks, marks of calls are text.
"""

import re
from collections.abc import Collection, Iterator
from copy import copy

from rag.postprocessing.call_formats import CallFormat
from rag.postprocessing.call_json import MAX_CALL, PENDING, ReadCalls, WrittenCall
from rag.text.characters import any_of
from rag.types.tools import ToolCall

_FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})(?P<rest>.*)")


class _Code:
    """Tell whether the next character of a Markdown text is in code."""

    def __init__(self) -> None:
        self._line = ""
        self._fence = ""

    @property
    def is_open(self) -> bool:
        return bool(self._fence) or self._line.count("`") % 2 == 1 or bool(_FENCE.match(self._line))

    def push(self, text: str) -> None:
        *complete, self._line = (self._line + text).split("\n")
        for line in complete:
            self._end(line)

    def _end(self, line: str) -> None:
        match = _FENCE.match(line)
        if not match:
            return
        if not self._fence:
            self._fence = match["fence"] if "`" not in match["rest"] else ""
        elif match["fence"].startswith(self._fence) and not match["rest"].strip():
            self._fence = ""


class ToolCallStream:
    """Split one text; `names` are those of the tools, and the first call gets the number `first`."""

    def __init__(self, form: CallFormat, names: Collection[str], first: int = 1) -> None:
        self._form = form
        self._names = names
        self._number = first
        self._held = ""
        self._is_blank = True
        self._code = _Code()
        opening = "|".join(map(re.escape, form.openings))
        beginnings = {mark[:length] for mark in form.openings for length in range(1, len(mark))}
        self._opening = re.compile(rf"{opening}|(?:{any_of(beginnings)})\Z")
        self._bare = re.compile(re.escape(form.bare)) if form.bare else None

    def __copy__(self) -> "ToolCallStream":
        made = object.__new__(ToolCallStream)
        made.__dict__.update(self.__dict__)
        made._code = copy(self._code)
        return made

    def push(self, text: str) -> list[str | ToolCall]:
        """Return the text and the calls that this text completes, in order."""
        return list(_joined(self._split(self._held + text, ended=False)))

    def finish(self) -> list[str | ToolCall]:
        """Return what was held back, now that nothing can complete it."""
        return list(_joined(self._split(self._held, ended=True)))

    def _split(self, text: str, *, ended: bool) -> Iterator[str | ToolCall]:
        at, self._held = 0, ""
        while match := self._next_opening(text, at):
            yield self._shown(text[at : match.start()])
            at = match.start()
            reading = self._read(text[at:], ended=ended)
            if reading is PENDING:
                self._held = text[at:]
                return
            if reading is None:
                yield self._shown(text[at])
                at += 1
                continue
            yield from map(self._call, reading.calls)
            at += reading.end
        yield self._shown(text[at:])

    def _next_opening(self, text: str, at: int) -> re.Match[str] | None:
        """Return the next place where a call may begin, or the mark of one."""
        match = self._opening.search(text, at)
        if self._bare and self._is_blank:
            bare = self._bare.search(text, at)
            if bare and not text[at : bare.start()].strip() and (not match or bare.start() < match.start()):
                return bare
        return match

    def _read(self, text: str, *, ended: bool) -> ReadCalls | None:
        """Return the calls with which a text begins that begins like one."""
        if self._code.is_open:
            return None
        is_whole = text.startswith(self._form.openings) or bool(self._form.bare and text.startswith(self._form.bare))
        if not is_whole:
            return None if ended else PENDING
        return self._form.read(text[:MAX_CALL], self._names, ended=ended or len(text) >= MAX_CALL)

    def _shown(self, text: str) -> str:
        self._code.push(text)
        self._is_blank = self._is_blank and not text.strip()
        return text

    def _call(self, written: WrittenCall) -> ToolCall:
        id_ = written.id or f"call{self._number:05d}"
        self._number += 1
        return ToolCall(id_, written.name, written.arguments)


def _joined(pieces: Iterator[str | ToolCall]) -> Iterator[str | ToolCall]:
    """Yield pieces with neighbouring texts as one, and no empty ones."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            yield text
        text = ""
        yield piece
    if text:
        yield text
