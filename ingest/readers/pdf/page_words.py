"""Words of a page in visual rows, the segments that gaps cut a row into, and which of them are values or years."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

from ingest.readers.blocks.geometry import Characters, Line, upright

WORD = re.compile(r"[.·…_‥]{3,}|(?:(?![.·…_‥]{3})\S)+")
_LEADER = re.compile(r"[.·…_‥]{3,}")
_DOT = re.compile(r"[.·_]{1,2}|…")
_CURRENCY = re.compile(r"(?:US|A|C|HK|NT|R)?[$€£¥₩₹]|(?:USD|EUR|GBP|CHF|Rs\.?)")
_CLOSING = re.compile(r"[)\]]+|\)?\s*%\)?|pts\.?|bps|x|pp")
_VALUE = re.compile(
    r"""[(\[<>~+≤≥-]*[$€£¥]?[(\[+–—−-]*[$€£¥]?
    (?:\d[\d,.'’:/]*\d|\d|\.\d+)
    (?:[)\]%‰x*†‡§°+–—−-]|bps|pts?|pp|bn|[mMkKB])*(?:\([\da-z]{1,2}\))*[*†‡]*""",
    re.VERBOSE,
)
_NOTHING = re.compile(r"[-–—−‒―‐.*]{1,3}|[$€£][-–—]|\([-–—]\)|[-–—]%|N/?[AM]|n/?[am]\.?|NM|nm|nil|Nil")
_NOTE = re.compile(r"\(\w\)")
_PLAIN_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR = re.compile(
    r"\d{1,2}/\d{1,2}/(?:\d\d){1,2}|(?:FY|Q[1-4]|[1-4]Q|H[12]|[12]H)?'?(?:19|20)\d\d(?:[-–/](?:(?:19|20)?\d\d|[12]?\d))?[AEFPaefp]?(?:[(*†]\w?\)?)?,?"
)
_NOTE_MARK = re.compile(r"(?:\(\w{1,2}\))+|[*†‡§]+|\d|[a-z]")
_FORMATTED = re.compile(r"\d[.,]\d|%")
_BULLET = re.compile(r"[•●▪■◦‣∙·–—o\uf0b7\uf0a7\uf0d8-]|\(?[*†‡§#]{1,3}\)?|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]")

_TEXT, _AMOUNT, _SIGN, _CLOSES = "text", "amount", "sign", "closes"
_REMEMBERED = 4096

GAP = 0.7
"""Minimum gap between segments, as a share of the height of a row."""
_NUMBER_GAP = 0.45
_FORMATTED_GAP = 0.2
_CLOSING_GAP = 2.5
_MARK_HEIGHT = 0.8


class Word(NamedTuple):
    """Characters `[start, end)` of the raw text without white space, and their box on the page as read."""

    start: int
    end: int
    left: float
    bottom: float
    right: float
    top: float
    text: str

    @property
    def height(self) -> float:
        """Height of its font's line."""
        return self.top - self.bottom


class Span(NamedTuple):
    """An interval, in points."""

    left: float
    right: float

    def overlap(self, other: "Span") -> float:
        """Return the length both have in common; negative if they are apart."""
        return min(self.right, other.right) - max(self.left, other.left)

    @property
    def middle(self) -> float:
        """The point between both ends."""
        return (self.left + self.right) / 2


_left, _bottom, _right, _top = map(attrgetter, ("left", "bottom", "right", "top"))


def _width(word: Word) -> float:
    return word.right - word.left


class Segment:
    """Words of a row that belong together. `left` is where it begins without the currency sign that precedes it."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.left = words[1].left if len(words) > 1 and is_currency(words[0].text) else words[0].left
        self.right = max(map(_right, words))

    @cached_property
    def text(self) -> str:
        """Its words, separated by blanks."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def span(self) -> Span:
        """Where it begins and ends."""
        return Span(self.left, self.right)

    @cached_property
    def is_value(self) -> bool:
        """True if it is a number, an amount, a percentage or the mark of an empty cell."""
        return is_value([word.text for word in self.words])


class Row:
    """Words at one height, from left to right."""

    def __init__(self, words: Iterable[Word]) -> None:
        self.words = sorted(words, key=_left)
        self.left = self.words[0].left
        self.bottom = min(map(_bottom, self.words))
        self.top = max(map(_top, self.words))
        self.right = max(map(_right, self.words))
        widest = max(self.words, key=_width)
        self.height = widest.top - widest.bottom
        self.middle = (widest.top + widest.bottom) / 2

    @cached_property
    def segments(self) -> list[Segment]:
        """Its words in groups that wide gaps or leaders separate."""
        return _joined(_cut(self.words, self.height), self.height)

    @property
    def text(self) -> str:
        """Its words, separated by blanks."""
        return " ".join(word.text for word in self.words)


def is_leader(text: str) -> bool:
    """Return True for a row of dots that leads the eye to a value."""
    return bool(_LEADER.fullmatch(text))


def is_currency(text: str) -> bool:
    """Return True for a currency sign or code."""
    return _kind(text) == _SIGN


def is_value(words: Sequence[str]) -> bool:
    """Return True if words are a number, an amount, a percentage or the mark of an empty cell."""
    found = False
    for word in words:
        kind = _kind(word)
        if kind == _TEXT:
            return False
        found = found or kind == _AMOUNT
    return found


def is_year(segment: Segment) -> bool:
    """Return True if a segment is a year, perhaps with a mark of a footnote, or years only."""
    texts = [word.text for word in segment.words]
    return bool(_YEAR.fullmatch(texts[0])) and all(
        _YEAR.fullmatch(text) or _NOTE_MARK.fullmatch(text) for text in texts
    )


@lru_cache(_REMEMBERED)
def _kind(text: str) -> str:
    """Return if a word is (part of) a value; asked several times for each word of a table."""
    if _VALUE.fullmatch(text) or _NOTHING.fullmatch(text):
        return _AMOUNT
    if _CURRENCY.fullmatch(text):
        return _SIGN
    return _CLOSES if _CLOSING.fullmatch(text) or text in "([" else _TEXT


def nearest(span: Span, columns: Sequence[Span]) -> int:
    """Return the column that a span overlaps most, or the one nearest to it."""
    return max(range(len(columns)), key=lambda place: (columns[place].overlap(span), -place))


def page_words(characters: Characters, lines: Sequence[Line], turn: int, whole: Sequence[bool] = ()) -> list[Word]:
    """Return the words of lines with boxes turned so that text runs from left to right.

    A line that is to stay `whole` counts as one word: only its ends are looked up.
    """
    text = characters.text
    words: list[Word] = []
    places: list[tuple[int, int]] = []
    for place, line in enumerate(lines):
        if whole and whole[place]:
            word = Word(*line[:6], text[line.start : line.end])
            if _has_size(word):
                words.append(word)
        else:
            places += [match.span() for match in WORD.finditer(text, line.start, line.end)]
    if places:
        words += filter(_has_size, _built(characters, places, turn))
    return words


def _built(characters: Characters, places: Sequence[tuple[int, int]], turn: int) -> Iterator[Word]:
    """Return words side by side in columns of numbers: a page has hundreds, and most pages are looked at."""
    starts, ends = zip(*places, strict=True)
    firsts = characters.boxes(starts)
    lasts = characters.boxes([end - 1 for end in ends])
    if turn:
        firsts = [upright(box, turn) for box in firsts]
        lasts = [upright(box, turn) for box in lasts]
    edges = zip(zip(*firsts, strict=True), zip(*lasts, strict=True), (min, min, max, max), strict=True)
    left, bottom, right, top = (map(outer, first, last) for first, last, outer in edges)
    text = characters.text
    return map(Word, starts, ends, left, bottom, right, top, (text[start:end] for start, end in places))


def _has_size(word: Word) -> bool:
    return word.right > word.left and word.top > word.bottom


def visual_rows(words: Sequence[Word]) -> list[Row]:
    """Return words in rows from top to bottom: a word joins a row if the middle of each lies within the other."""
    rows: list[list[Word]] = []
    low = high = 0.0
    for word in sorted(words, key=lambda word: (-(word.top + word.bottom), word.left)):
        middle = (word.top + word.bottom) / 2
        if rows and low <= middle and (low + high) / 2 <= word.top:
            rows[-1].append(word)
            if word.height > high - low:
                low, high = min(low, word.bottom), max(high, word.top)
        else:
            rows.append([word])
            low, high = word.bottom, word.top
    return [Row(row) for row in rows]


def _cut(words: Sequence[Word], height: float) -> Iterator[list[Word]]:
    """Yield the words between wide gaps; leaders are dropped, and cut too."""
    part: list[Word] = []
    leader = False
    for at, word in enumerate(words):
        if _LEADER.fullmatch(word.text) or (_DOT.fullmatch(word.text) and _dots_around(words, at)):
            leader = True
            continue
        if part and (leader or _is_gap(part[-1], word, height)):
            yield part
            part = []
        part.append(word)
        leader = False
    if part:
        yield part


def _dots_around(words: Sequence[Word], at: int) -> bool:
    first = max(0, at - 2)
    run = longest = 0
    for word in words[first : at + 3]:
        run = run + 1 if _DOT.fullmatch(word.text) else 0
        longest = max(longest, run)
    return longest >= 3


def _is_gap(before: Word, after: Word, height: float) -> bool:
    gap = after.left - before.right
    if gap >= GAP * height or (is_currency(after.text) and is_value([before.text])):
        return True
    if _NOTE.fullmatch(after.text) and _PLAIN_YEAR.fullmatch(before.text):
        return False
    if not (_is_amount(before.text) and _is_amount(after.text)):
        return is_currency(after.text) and bool(_CLOSING.fullmatch(before.text))
    written_out = _FORMATTED.search(before.text) and _FORMATTED.search(after.text)
    return gap >= (_FORMATTED_GAP if written_out else _NUMBER_GAP) * height


def _is_amount(text: str) -> bool:
    return text == "—" or (bool(_VALUE.fullmatch(text)) and any(map(str.isdigit, text)))


def _joined(parts: Iterable[list[Word]], height: float) -> list[Segment]:
    """Join currency signs with the number after them; closing marks and notes with what precedes; bullets with text."""
    segments: list[list[Word]] = []
    for part in parts:
        if segments and _belongs_to(segments[-1], part, height, is_first=len(segments) == 1):
            segments[-1] += part
        else:
            segments.append(part)
    return [Segment(part) for part in segments]


def _belongs_to(before: Sequence[Word], part: Sequence[Word], height: float, *, is_first: bool) -> bool:
    """Return True if words after a gap belong to the words before it."""
    last, following = before[-1], part[0]
    if len(before) == 1 and is_currency(last.text) and is_value([following.text]):
        return True
    if len(part) == 1 and _CLOSING.fullmatch(following.text) and is_value([last.text]):
        return following.left - last.right < _CLOSING_GAP * height
    if len(before) == 1 and is_first and _BULLET.fullmatch(last.text):
        return True
    return _is_mark(last, part, height)


def _is_mark(before: Word, part: Sequence[Word], height: float) -> bool:
    """Return True for a superscript, which stands for a footnote, near the word before it."""
    raised = part[0].height < _MARK_HEIGHT * before.height and part[0].bottom > before.bottom
    return len(part) == 1 and raised and part[0].left - before.right < 2 * height
