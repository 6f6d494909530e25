"""Keep what no source has out of lists and longer answers, while they stream.

A small model that is asked for a list goes on from memory when the sources end, and an item that no source has is worse
than a short list. So each item, each sentence of a longer answer and each block of code is held back until it is
complete, and then shown or left out. Nothing that was shown is taken back.

Nor does it stop when it has listed everything: it turns round, and says its items again. There the list ends.
"""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rag.grounding.citations import weakest
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta, closed_after
from rag.text.analyzer import content_words
from rag.text.item_lists import ITEM
from rag.text.language import detect_language
from rag.types import Sentence

Judge = Callable[[str], Sequence[Sentence]]
"""Returns the sentences of a piece of an answer, cited; none if it makes no claim."""

_EMPTY_ITEM = re.compile(r"\s*[-*•◦▪–+](?:[ \t]+[-*•◦▪–+])*[ \t]*\n?")
_HEADING = re.compile(r"\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?)\s*")
_FENCE = re.compile(r"^[ \t]*```", re.MULTILINE)
_BREAK = re.compile(r"\n|(?<=[.!?])[\"”’)*]*[ \t]+(?=[^\sa-z(])|(?<=[。！？])")
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

_MAX_REPEATED = 1
"""Items in a row that say again what was said: at the second one the model turns round."""

MAX_HELD = 4_000
"""Characters held back at most: a line or block of code that goes on and on is judged as far as it is there."""


class _Introductions:
    """Hold back the last line that introduces what follows ("Run this:"), until something that follows is shown."""

    def __init__(self) -> None:
        self._held = ""

    @property
    def waits(self) -> bool:
        """True if a line is held back."""
        return bool(self._held)

    def hold(self, line: str) -> str:
        """Hold back an introducing line; return the one before, which has something to introduce now."""
        before, self._held = self._held, line
        return before

    def take_idle(self, piece: str) -> str:
        """Return the line, held no more, if it is an item that introduces nothing: the next one is no deeper."""
        if not (is_item(self._held) and is_item(piece) and _depth(piece) <= _depth(self._held)):
            return ""
        idle, self._held = self._held, ""
        return idle

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
        return _COLON.sub(r".\g<marks>\g<space>", held) if is_item(held) else held[len(held.rstrip()) :]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a piece said where it stood: `depth` of the item, its `words`, and the `quotes` that support it."""

    depth: int
    key: str
    words: frozenset[str]
    quotes: frozenset["_Quote"]

    def says(self, other: "_Said") -> bool:
        """Return whether another piece says the same, or less by the same quotes."""
        says_less = bool(other.quotes) and other.quotes <= self.quotes and other.words <= self.words
        return self.depth == other.depth and (self.key == other.key or says_less)


class _Quote(NamedTuple):
    number: int
    start: int
    end: int


class LineFilter:
    """Shows pieces that are supported, weakly or fully, or make no claim; each item and sentence once where it stands.

    `left_out` are the pieces that were not shown. The numbers of a list go on without them. If the answer `is_list`, it
    `turns_round` once items are repeated one after the other: nothing is to be pushed after that.
    """

    def __init__(self, judge: Judge, *, is_list: bool = False) -> None:
        self.left_out: list[str] = []
        self.turns_round = False
        self._judge = judge
        self._is_list = is_list
        self._held = self._space = ""
        self._said: list[_Said] = []
        self._beside: list[_Said] = []
        self._repeated = 0
        self._beginnings: Counter[tuple[str, ...]] = Counter()
        self._introductions = _Introductions()
        self._has_begun = False
        self._number = 0

    def push(self, text: str) -> str:
        """Return the complete pieces that may be shown now, without white space at the end: it may be the last."""
        self._held += text
        shown = ""
        while not self.turns_round and (end := self._end()):
            piece, self._held = self._held[:end], self._held[end:]
            shown += self._spaced(self._released(piece))
        return shown

    def finish(self, *, is_cut_off: bool = False) -> str:
        """Return the last piece if it may be shown; beside others it is not if the answer `is_cut_off` within it."""
        piece, self._held = self._held, ""
        if is_cut_off and self._has_begun:
            piece = ""
        last = self._released(piece) if piece else ""
        return self._spaced(last + self._introductions.settle())

    def _released(self, piece: str) -> str:
        """Return what of a piece may be shown now: a line that introduces something waits for it."""
        idle = self._supported(self._introductions.take_idle(piece))
        left_out = len(self.left_out)
        checked = self._checked(piece)
        if checked.strip() and _introduces(checked) and not _HEADING.fullmatch(checked):
            return idle + self._introductions.hold(checked)
        if self._introductions.waits and len(self.left_out) > left_out and _FENCE.match(piece):
            return idle + self._introductions.settle()
        return idle + self._introductions.before(checked)

    def _supported(self, item: str) -> str:
        """Return an item that was taken for an introduction, if a source has what it says after all."""
        if not item or weakest(self._judge(item.strip())) != "unsupported":
            return item
        self.left_out.append(item.strip())
        bullet = ITEM.match(item)
        self._number -= bool(bullet and bullet["number"])
        return ""

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
        bullet = ITEM.match(piece)
        gap = "" if bullet or not piece.endswith("\n") else "\n"
        makes_no_claim = _HEADING.fullmatch(piece) or _introduces(piece)
        sentences = () if makes_no_claim else self._judge(piece.strip())
        key = _key(piece[bullet.end() :] if bullet else piece)
        if not _FENCE.match(piece) and self._is_repeated(piece, bullet, key, sentences):
            return gap
        beginning = tuple(key.split()[:_BEGINNING]) if bullet else ()
        self._beginnings[beginning] += len(beginning) == _BEGINNING
        support = weakest(sentences)
        is_variation = self._beginnings[beginning] > _MAX_VARIATIONS and support == "weak"
        if support != "unsupported" and not is_variation:
            return self._numbered(piece, bullet)
        self.left_out.append(piece.strip())
        return gap

    def _is_repeated(self, piece: str, bullet: re.Match[str] | None, key: str, sentences: Sequence[Sentence]) -> bool:
        """Return whether a piece was said here before: below another heading, introduction or item, it may come again.

        An item also repeats one before it if the same quotes support it, and it has no word more.
        """
        if _HEADING.fullmatch(piece) or (_introduces(piece) and not bullet):
            self._said.clear()
            return False
        depth = _depth(piece) if bullet else _SENTENCE_DEPTH
        if any(each.depth < depth for each in self._beside):  # what follows is below the item that introduced it
            self._said = self._beside + self._said
        self._beside = []
        supported = [sentence for sentence in sentences if bullet and sentence.support == "supported"]
        quotes = frozenset(
            _Quote(cited.number, cited.start, cited.end) for each in supported for cited in each.citations
        )
        said = _Said(depth, key, _content(key), quotes)
        if any(each.says(said) for each in self._said):
            self._repeated += 1
            self.turns_round = self._is_list and bullet is not None and self._repeated > _MAX_REPEATED
            return True
        self._repeated = 0
        said_beside = [each for each in self._said if each.depth <= depth]
        if _introduces(piece):
            self._beside = [each for each in said_beside if each.depth == depth]
            said_beside = [each for each in said_beside if each.depth < depth]
        self._said = [*said_beside, said]
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


def _depth(item: str) -> int:
    return len(item) - len(item.lstrip())


def _key(text: str) -> str:
    """Return a text without what may differ where it is repeated; signs in it do not: "a < b" is not "a > b"."""
    return " ".join(text.split()).lstrip(_MARKS).rstrip(_MARKS + _ENDS).casefold()


def _content(text: str) -> frozenset[str]:
    """Return the words of a text that have a content of their own, in any case."""
    return frozenset(word.casefold() for word in content_words(text, detect_language(text)))


def is_item(piece: str) -> bool:
    """Return whether a piece of an answer is an item of a list."""
    return ITEM.match(piece) is not None


def keep_supported(deltas: Iterator[TextDelta], kept: LineFilter) -> Generator[TextDelta]:
    """Yield the deltas of an answer without what `kept` leaves out."""
    with closed_after(deltas):
        for delta in deltas:
            if isinstance(delta, ThoughtDelta | ReadDelta):
                yield delta
                continue
            text = kept.push(delta.text)
            reason = "repetition" if kept.turns_round else delta.stop_reason
            if reason:
                text += kept.finish(is_cut_off=reason == "repetition")
            if text or reason or delta.certainty:
                yield replace(delta, text=text, stop_reason=reason)
            if kept.turns_round:
                return
