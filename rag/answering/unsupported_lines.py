"""Keep what no source has out of lists and longer answers, while they stream.

A small model that is asked for a list goes on from memory when the sources end, and an item that no source has is worse
than a short list. So each item, each sentence of a longer answer and each block of code is held back until it is
complete, and then shown or left out. Nothing that was shown is taken back.
"""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta
from rag.types import Support

Judge = Callable[[str], Support | None]
"""Returns how well the sources support a piece of an answer; None if it makes no claim."""

_BULLET = re.compile(r"\s*(?:[-*•+]|\(?(?P<number>\d{1,3})[.)]|\(?[a-z][.)])\s+")
_EMPTY_ITEM = re.compile(r"\s*[-*•+](?:[ \t]+[-*•+])*[ \t]*\n?")
_HEADING = re.compile(r"\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?)\s*")
_FENCE = re.compile(r"^[ \t]*```", re.MULTILINE)
_BREAK = re.compile(r"\n|(?<=[.!?])[\"”’)*]*[ \t]+(?=[^\sa-z])|(?<=[。！？])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|no|vs|mr|mrs|dr|st|inc|co|corp|ltd|u\.s|fig|sec|art|approx|ca|z\.b|bzw)|\b(?-i:[A-Z])"
    r"|^\s*\(?\d{1,3})\.$",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：](?P<marks>[*_]*)(?P<space>\s*)\Z")
_MARKS, _ENDS = "*_ ", ".,;:!。，；：！"
_SENTENCE_DEPTH = 1_000
"""Depth of what is no item: a sentence is below the item, or the heading, that it follows."""

_BEGINNING = 6
_MAX_VARIATIONS = 2
"""Weakly supported items that begin with the same six words: a model that goes round varies the end."""

MAX_HELD = 4_000
"""Characters held back at most: a line or block of code that goes on and on is judged as far as it is there."""


class _Introductions:
    """Hold back the last line that introduces what follows ("Run this:"), until something that follows is shown."""

    def __init__(self) -> None:
        self._held = ""
        self._is_item = False

    @property
    def waits(self) -> bool:
        """True if a line is held back."""
        return bool(self._held)

    def hold(self, line: str, *, is_item: bool) -> str:
        """Hold back an introducing line; return the one before, which has something to introduce now."""
        before, self._held, self._is_item = self._held, line, is_item
        return before

    def before(self, shown: str) -> str:
        """Return a piece with the line that introduces it; white space alone stays behind that."""
        if self._held and not shown.strip():
            self._held += shown
            return ""
        held, self._held = self._held, ""
        return held + shown

    def settle(self) -> str:
        """Return the line if it says something without what it introduced: an item does, as a sentence.

        Of any other only the white space stays: it sets apart what is before and after.
        """
        held, self._held = self._held, ""
        return _COLON.sub(r".\g<marks>\g<space>", held) if self._is_item else held[len(held.rstrip()) :]


class LineFilter:
    """Shows pieces that are supported, weakly or fully, or make no claim; each item and sentence once where it stands.

    `left_out` are the pieces that were not shown. The numbers of a list go on without them.
    """

    def __init__(self, judge: Judge) -> None:
        self.left_out: list[str] = []
        self._judge = judge
        self._held = self._space = ""
        self._shown: set[tuple[int, str]] = set()
        self._beginnings: Counter[tuple[str, ...]] = Counter()
        self._introductions = _Introductions()
        self._has_begun = False
        self._number = 0

    def push(self, text: str) -> str:
        """Return the complete pieces that may be shown now, without white space at the end: it may be the last."""
        self._held += text
        shown = ""
        while end := self._end():
            piece, self._held = self._held[:end], self._held[end:]
            shown += self._spaced(self._released(piece))
        return shown

    def finish(self) -> str:
        """Return the last piece if it may be shown."""
        piece, self._held = self._held, ""
        last = self._released(piece) if piece else ""
        return self._spaced(last + self._introductions.settle())

    def _released(self, piece: str) -> str:
        """Return what of a piece may be shown now: a line that introduces something waits for it."""
        left_out = len(self.left_out)
        checked = self._checked(piece)
        if checked.strip() and _introduces(checked) and not _HEADING.fullmatch(checked):
            return self._introductions.hold(checked, is_item=is_item(checked))
        if self._introductions.waits and len(self.left_out) > left_out and _FENCE.match(piece):
            return self._introductions.settle()
        return self._introductions.before(checked)

    def _spaced(self, piece: str) -> str:
        text = piece.rstrip()
        if not text:
            self._space += piece
            return ""
        before, self._space = self._space if self._has_begun else "", piece[len(text) :]
        self._has_begun = True
        return before + text

    def _end(self) -> int:
        """Return where the first piece that is held ends; 0 if it may go on."""
        fences = list(_FENCE.finditer(self._held))
        begin = fences[0].start() if fences else len(self._held)
        at = 0
        while (match := _BREAK.search(self._held, at)) and match.start() < begin:
            is_line = "\n" in match[0]
            if is_line or not _ABBREVIATION.search(self._held[: match.start()].rstrip('"”’)*')):
                return match.end()
            at = match.end()
        if len(fences) > 1 and (closed := self._held.find("\n", fences[1].end())) >= 0:
            return closed + 1
        return MAX_HELD if len(self._held) >= MAX_HELD else 0

    def _checked(self, piece: str) -> str:
        if not any(map(str.isalnum, piece)):
            return "" if _EMPTY_ITEM.fullmatch(piece) else piece
        bullet = _BULLET.match(piece)
        key = _key(piece[bullet.end() :] if bullet else piece)
        gap = "" if bullet or not piece.endswith("\n") else "\n"
        if not _FENCE.match(piece) and self._is_repeated(piece, bullet, key):
            return gap
        beginning = tuple(key.split()[:_BEGINNING]) if bullet else ()
        self._beginnings[beginning] += len(beginning) == _BEGINNING
        makes_no_claim = _HEADING.fullmatch(piece) or _introduces(piece)
        support = None if makes_no_claim else self._judge(piece.strip())
        is_variation = self._beginnings[beginning] > _MAX_VARIATIONS and support == "weak"
        if support != "unsupported" and not is_variation:
            return self._numbered(piece, bullet)
        self.left_out.append(piece.strip())
        return gap

    def _is_repeated(self, piece: str, bullet: re.Match[str] | None, key: str) -> bool:
        """Return whether a piece stood here before: below another heading, introduction or item, it may come again."""
        if _HEADING.fullmatch(piece) or (_introduces(piece) and not bullet):
            self._shown.clear()
            return False
        depth = len(bullet[0]) - len(bullet[0].lstrip()) if bullet else _SENTENCE_DEPTH
        if (depth, key) in self._shown:
            return True
        above = depth - _introduces(piece)
        self._shown = {shown for shown in self._shown if shown[0] <= above} | {(depth, key)}
        return False

    def _numbered(self, piece: str, bullet: re.Match[str] | None) -> str:
        """Return an item with the number that follows the last one shown."""
        if not bullet or not (number := bullet["number"]):
            return piece
        self._number = 1 if int(number) == 1 else self._number + 1
        return f"{piece[: bullet.start('number')]}{self._number}{piece[bullet.end('number') :]}"


def _introduces(piece: str) -> bool:
    """Return whether a piece of an answer introduces what follows."""
    return _COLON.search(piece) is not None


def _key(text: str) -> str:
    """Return a text without what may differ where it is repeated; signs in it do not: "a < b" is not "a > b"."""
    return " ".join(text.split()).lstrip(_MARKS).rstrip(_MARKS + _ENDS).casefold()


def is_item(piece: str) -> bool:
    """Return whether a piece of an answer is an item of a list."""
    return _BULLET.match(piece) is not None


def keep_supported(deltas: Iterator[TextDelta], kept: LineFilter) -> Generator[TextDelta]:
    """Yield the deltas of an answer without what `kept` leaves out."""
    try:
        for delta in deltas:
            if isinstance(delta, ThoughtDelta | ReadDelta):
                yield delta
                continue
            text = kept.push(delta.text)
            if delta.stop_reason:
                text += kept.finish()
            if text or delta.stop_reason or delta.certainty:
                yield replace(delta, text=text)
    finally:
        if isinstance(deltas, Generator):
            deltas.close()
