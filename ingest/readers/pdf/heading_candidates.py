"""Find the lines of a page that look like headings, each with the evidence for it.

A heading stands alone, is short, and differs from the page's usual text: larger, bold, in capitals, in italics, or
numbered. Rows of tables, list items, captions, entries of a table of contents and bold words that begin a paragraph
differ too, so each of them is told by what stands around it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from ingest.readers.blocks.geometry import Line, are_beside, are_parts
from ingest.readers.pdf.pdfium import Type

_ROMAN = r"[IVXLC]{1,7}"
_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_VALUE = rf"(?:\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}[A-Z]?|{_ROMAN}|[A-Z]|{_WORDS})(?:\.?\([a-z\d]\))?"
_RANKS = {
    0: "part|book|volume|title|teil|partie|parte|livre|tome",
    1: "chapter|article|item|kapitel|artikel|chapitre|capítulo|capitolo|artículo|articolo|unit|lesson|module",
    2: "appendix|annex|schedule|anhang|anlage|annexe|apéndice|anexo|allegato",
    3: "section|sec\\.|note|abschnitt|sección|sezione|clause|step|topic",
}
_NAMED = re.compile(
    "|".join(rf"(?P<r{rank}>(?:{words})\s+(?:no\.\s*)?(?={_VALUE}(?!\w)))" for rank, words in _RANKS.items()),
    re.IGNORECASE,
)
_NAMED_VALUE = re.compile(rf"{_VALUE}(?!\w)[.:)]?\s*[—–-]?\s*", re.IGNORECASE)
_IDEOGRAPHIC = re.compile(
    r"第[\d一二三四五六七八九十百]{1,5}(?:(?P<r0>[编編部篇卷])|(?P<r1>[章回])|(?P<r3>[节節条條款]))\s*"
)
_PARAGRAPH_SIGN = re.compile(r"§+\s*\d+[a-z]?(?:\.\d+)*\.?\s+")
_DECIMAL = re.compile(r"(?P<value>\d{1,3}(?:\.\d{1,3}){1,5})\.?(?:\s+|(?=[^\W\d_]))|(?P<plain>\d{1,3})(?:[.)]\s*|\s+)")
_APPENDED = re.compile(r"(?P<value>[A-Z](?:\.\d{1,3}){1,4})\.?\s+")
_LETTER = re.compile(rf"(?:{_ROMAN}(?:-[A-Z])?|[A-Z])[.)]\s+|{_ROMAN}\s+(?=[A-Z])")
_BARE = re.compile(
    rf"(?:(?:{'|'.join(_RANKS.values())})\s+)?(?:{_VALUE}|\d{{1,3}}(?:\.\d{{1,3}}){{0,5}})[.:)]?", re.IGNORECASE
)
_FIRST_LETTERS = frozenset(word[:3] for words in _RANKS.values() for word in words.split("|"))

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|chart|graph|scheme|listing|algorithm|plate|exhibit|abbildung|abb\.|tabelle|tab\.|figura|tabla"
    r"|tableau|рис(?:унок|\.)?|таблица|图|圖|表|図)\s*(?:[A-Z]{0,2}[.-]?\d+|[IVX]+\b)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[•‣◦▪▫●○■□◆◇►▶▸➢➤✓✔★·∙⁃–—*+\uf0b7\uf0a7\uf0d8-]\s*(?=\S)|\([a-z\d]{1,3}\)\s|[☐☑☒]|o\s")
_FIGURE = re.compile(r"[$€£¥(]*[-–—+]?[$€£¥]?\s?\d[\d,.]*\)?%?|[-–—]|%|[$€£¥]|N/?[AM]", re.IGNORECASE)
_LEADER = re.compile(r"(?:[.·…_]\s?){4,}\s*(?:[A-Z]-?)?(?:\d{1,4}|[ivxlc]{1,7})?\s*$")
_ENTRY = re.compile(r".*\D\s(?:[A-Z]-)?(\d{1,4}|[ivxlc]{1,7})\s*$")
_PAGE_NUMBER = re.compile(r"(?:[A-Z]-)?(\d{1,4}|[ivxlc]{1,7})")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w|\(\d{3}\)\s*\d{3}|\+\d[\d\s-]{7,}")
_CONTINUED = re.compile(
    r"(?:\bcont(?:inue)?d|\bcont\.|\bfortsetzung|\bsuite|\bcontinuación|\bcontinuación|續|续)[.)\]:\s]*$", re.IGNORECASE
)
_UNIT = re.compile(
    r"[($€£¥]|(?:(?:amounts|dollars|figures|shares|all \w+|u\.?s\.? dollars)\s+)?(?:(?:are|expressed|stated)\s+)?"
    r"in\s+(?:\w+\s+)?(?:millions|thousands|billions|dollars|percent)|as (?:of|at) "
    r"|(?:for )?(?:the )?(?:fiscal )?(?:years?|quarters?|\w+ months?)(?: then)? ended",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_OPERATOR = re.compile(r"[=<>≤≥≠≈∈∉⊂⊆∪∩∀∃⇒⇔→↦∗∞∂∑∏∫√±×÷]")
_FIGURE_ENDS = frozenset("0123456789)%-–—$€£¥AaMm")
_MIN_CAPITALS = 6
_MIN_ENTRIES = 4
_PAGE_NUMBER_ENDS = frozenset("0123456789ivxlc. _…·")
_MIN_SHARE = 0.4

_PROSE = 40
MAX_TITLE = 300
_MAX_LINES = 4
_LARGER = 1.12
_MUCH_LARGER = 1.3
_SAME_SIZE = 0.06
_MAX_ADVANCE = 0.95
"""Width of a character, as a share of its size, above which a line has gaps: it is a row of a table."""

_APART = 1.2
_JOINED = 1.75
_NEAR = 1.5
_IN_TABLE = 2.0
"""Pitches, as multiples of the usual one: a heading's from the line above, its own lines', a table's head's from its
rows, the rows' of a table."""

_OPEN_ENDS = (",", "&", "-", "–", "—", " and", " of", " the", " or", " to", " for", " in", " on", " with")
_FILLED = 0.85
_MAX_WORDS = 14
_SHORT = 40
_MAX_NUMBER = 16
_MAX_NAME = 80
_NAME_PITCH = 2.6
_MIN_LETTERS = 0.4
_CLOSERS = '.!?:;。！？："”’)'


class Number(NamedTuple):
    """The number of a heading: its end in the text, and what it says about the level.

    `rank` is that of the word before it (0 part, 1 chapter, 2 appendix, 3 section), None if there is none. `depth`
    counts the numbers of a decimal ("7.2" has 2), 0 if it is none.
    """

    end: int
    rank: int | None = None
    depth: int = 0


def heading_number(text: str) -> Number | None:
    """Return the number that a text begins with, None if it begins with none, or in lower case."""
    first = text[:1]
    if first.islower() or first.isspace():
        return None
    if text[:3].lower() in _FIRST_LETTERS and (named := _NAMED.match(text)):
        value = _NAMED_VALUE.match(text, named.end())
        rank = next(rank for rank in _RANKS if named[f"r{rank}"])
        return Number(value.end() if value else named.end(), rank)
    if first == "第" and (ideographic := _IDEOGRAPHIC.match(text)):
        return Number(ideographic.end(), next(rank for rank in (0, 1, 3) if ideographic[f"r{rank}"]))
    if first == "§" and (sign := _PARAGRAPH_SIGN.match(text)):
        return Number(sign.end(), 3)
    if first.isdigit():
        decimal = _DECIMAL.match(text)
        return Number(decimal.end(), depth=(decimal["value"] or "").count(".") + 1) if decimal else None
    if appended := _APPENDED.match(text):
        return Number(appended.end(), depth=appended["value"].count(".") + 1)
    if letter := _LETTER.match(text):
        return Number(letter.end())
    return None


def letters(text: str) -> int:
    """Return the number of letters of a text."""
    return sum(map(str.isalpha, text))


def has_word(text: str) -> bool:
    """Return True if a text has a word, and is no formula."""
    return bool(_WORD.search(text)) and len(_OPERATOR.findall(text)) < 2


def is_capitals(text: str) -> bool:
    """Return True for a text in capitals; an abbreviation alone ("1.3 XML") says nothing."""
    return text.isupper() and letters(text) >= _MIN_CAPITALS


def is_numeric_row(text: str) -> bool:
    """Return True for a row of figures, with or without its name: "Net sales 32,765 31,657"."""
    if text[-1:] not in _FIGURE_ENDS:
        return False
    words = text.split()
    figures = 0
    for word in reversed(words):
        if not _FIGURE.fullmatch(word):
            break
        figures += any(map(str.isdigit, word)) or word in "-–—"
    return figures >= 2 or bool(figures and figures == len(words))


def contents_lines(texts: Sequence[str], lines: Sequence[Line]) -> set[int]:
    """Return the places of the entries of a table of contents among the lines of a page.

    Entries end in page numbers that rise; what stands between two of them belongs to them.
    """
    if sum(text[-1:] in _PAGE_NUMBER_ENDS for text in texts) < _MIN_ENTRIES:
        return set()
    entries: list[tuple[int, int]] = []
    led: set[int] = set()
    for place, text in enumerate(texts):
        if text[-1:] not in _PAGE_NUMBER_ENDS:
            continue
        if _LEADER.search(text):
            led.add(place)
        elif is_numeric_row(text) and letters(text):
            continue
        match = _ENTRY.fullmatch(text) if letters(text) > 2 else _page_number_at(place, texts, lines)
        if match or place in led:
            number = match[1] if match else "0"
            entries.append((place, int(number) if number.isdigit() else 0))
    entries = _rising(entries)
    if len(entries) < _MIN_ENTRIES:
        return set()
    first, last = entries[0][0], entries[-1][0]
    is_dense = (
        len(entries) >= _MIN_SHARE * (last - first + 1) and len({number for _, number in entries}) >= _MIN_ENTRIES
    )
    return set(range(first, last + 1)) if is_dense or len(led) >= _MIN_ENTRIES else set()


def _page_number_at(place: int, texts: Sequence[str], lines: Sequence[Line]) -> re.Match[str] | None:
    """Return the page number in a line of its own that stands to the right of the line before it."""
    match = _PAGE_NUMBER.fullmatch(texts[place].strip())
    if not match or not place:
        return None
    before, line = lines[place - 1], lines[place]
    beside = before.bottom <= (line.bottom + line.top) / 2 <= before.top and before.right <= line.left
    return match if beside and letters(texts[place - 1]) > 2 else None


def _rising(entries: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of entries whose numbers never fall; entries without a number fit everywhere."""
    best: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    highest = 0
    for entry in entries:
        if entry[1] and entry[1] < highest:
            run, highest = [], 0
        run.append(entry)
        highest = max(highest, entry[1])
        best = run if len(run) > len(best) else best
    return list(best)


class PageLines(NamedTuple):
    """The lines of a page without its running heads: texts, boxes and types, in reading order; and the usual pitch.

    `furniture` are the lines that other pages have too, as the first page with a running head keeps it in its text, and
    the lines within figures; they are mapped to True if they are none whatever their size.
    """

    texts: Sequence[str]
    lines: Sequence[Line]
    types: Sequence[Type]
    pitch: float
    furniture: Mapping[int, bool] = MappingProxyType({})


class Style(NamedTuple):
    """What headings of one kind share: size (rounded), capitals, weight, slope."""

    size: float
    capitals: bool
    bold: bool
    italic: bool


class Candidate(NamedTuple):
    """Lines `[first, last]` of a page that look like a heading."""

    first: int
    last: int
    title: str
    style: Style
    number: Number | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The type of a document's usual text."""

    size: float = 0.0
    bold: bool = False
    italic: bool = False


def body_type(pages: Iterable[PageLines]) -> Body:
    """Return the type that most characters of the pages have, in lines that are long enough for prose."""
    count: Counter[tuple[float, bool, bool]] = Counter()
    for page in pages:
        for text, kind in zip(page.texts, page.types, strict=True):
            count[kind.size, kind.bold, kind.italic] += len(text) if len(text) > _PROSE else len(text) // 4
    if not count:
        return Body()
    sizes: Counter[float] = Counter()
    for (size, _, _), characters in count.items():
        sizes[size] += characters
    size = sizes.most_common(1)[0][0]
    return Body(*max((key for key in count if key[0] == size), key=count.__getitem__))


def body_of_page(page: PageLines, body: Body) -> Body:
    """Return the body of a page, where most of its characters are larger than the document's, bold, or in italics."""
    total = sum(map(len, page.texts)) or 1
    sizes: Counter[float] = Counter()
    for text, kind in zip(page.texts, page.types, strict=True):
        sizes[kind.size] += len(text)
    size, characters = sizes.most_common(1)[0] if sizes else (0.0, 0)
    size = max(size, body.size) if characters > 0.5 * total else body.size
    bold = sum(len(text) for text, kind in zip(page.texts, page.types, strict=True) if kind.bold)
    italic = sum(len(text) for text, kind in zip(page.texts, page.types, strict=True) if kind.italic)
    return Body(size, body.bold or bold > 0.5 * total, body.italic or italic > 0.5 * total)


def find_candidates(page: PageLines, body: Body) -> list[Candidate]:
    """Return what looks like headings of a page, in reading order."""
    return list(_Finder(page, body).candidates())


class _Finder:
    """The lines of one page with what must be known of all of them to judge one."""

    def __init__(self, page: PageLines, body: Body) -> None:
        self._page = page
        self._body = body_of_page(page, body)
        self._contents = contents_lines(page.texts, page.lines)
        self._numeric = [is_numeric_row(text) for text in page.texts]
        self._accepted: set[int] = set()
        widths = sorted(
            line.right - line.left for line, text in zip(page.lines, page.texts, strict=True) if len(text) > 20
        )
        self._measure = widths[int(0.9 * (len(widths) - 1))] if widths else 0.0

    def candidates(self) -> Iterator[Candidate]:
        at = 0
        while at < len(self._page.lines):
            last = self._last_of_block(at)
            found = self._judge(at, last) if last is not None else None
            if found:
                self._accepted.add(found.last)
                yield found
            at = (at if last is None else last) + 1

    def _last_of_block(self, first: int) -> int | None:
        """Return the last line of a block that begins with a line, None if that line begins no heading."""
        begin = first
        if self._is_beside_number(first):
            begin = first + 1
        if not self._stands_out(begin):
            return None
        last = begin
        while last + 1 < len(self._page.lines) and self._continues(last, last + 1):
            last += 1
        return self._with_name(begin, last)

    def _with_name(self, first: int, last: int) -> int:
        """Return the last line of a block with the name below it, if the block is only a number: "ARTICLE TWO"."""
        page = self._page
        number = heading_number(" ".join(page.texts[first : last + 1]))
        below = last + 1
        if number is None or number.rank is None or below >= len(page.lines):
            return last
        alone = number.end >= sum(map(len, page.texts[first : last + 1])) + last - first
        name = self._row_text(below)
        if not alone or len(name) > _MAX_NAME or not name[0].isupper() or name.endswith((".", ":", ",")):
            return last
        if heading_number(name) or self._pitches(last, below) > _NAME_PITCH or below in self._contents:
            return last
        while below + 1 < len(page.lines) and are_parts(*page.lines[below : below + 2]):
            below += 1
        return below

    def _is_beside_number(self, at: int) -> bool:
        """Return True for the number of a heading whose title is the next line, at the same height."""
        following = at + 1
        return (
            following < len(self._page.lines)
            and len(self._page.texts[at]) <= _MAX_NUMBER
            and bool(_BARE.fullmatch(self._page.texts[at].strip()))
            and are_beside(self._page.lines[at], self._page.lines[following])
            and self._page.lines[at].left < self._page.lines[following].left
        )

    def _stands_out(self, at: int) -> bool:
        """Return True if a line differs from the usual text as a heading does."""
        text, kind = self._row_text(at), self._page.types[at]
        if not 2 <= len(text) <= MAX_TITLE or at in self._contents or self._numeric[at]:
            return False
        number = heading_number(text)
        named = number is not None and number.rank is not None
        larger = kind.size >= _LARGER * self._body.size
        if not (
            named
            or larger
            or (kind.bold and not self._body.bold)
            or (kind.italic and not self._body.italic)
            or (text.isupper() and "_" not in text and not kind.mono)
        ):
            return False
        furniture = self._page.furniture
        found = letters(text)
        if (
            found < _MIN_LETTERS * len(text.replace(" ", ""))
            or found < 2
            or (at in furniture and (furniture[at] or not larger))
        ):
            return False
        if kind.size >= _MUCH_LARGER * self._body.size:
            return True
        return (kind.even or named) and has_word(text)

    def _continues(self, at: int, following: int) -> bool:
        """Return True if a line goes on with the heading that the line before it began."""
        page = self._page
        line, other = page.lines[at], page.lines[following]
        if are_parts(line, other):
            return page.types[at][:3] == page.types[following][:3]
        if not self._stands_out(following) or are_beside(line, other) or other.top >= line.top:
            return False
        if not self._are_alike(at, following) or line.bottom - other.bottom > _JOINED * max(page.types[at].size, 1.0):
            return False
        return not heading_number(self._row_text(following)) or page.texts[at].rstrip().endswith(_OPEN_ENDS)

    def _are_alike(self, one: int, other: int) -> bool:
        """Return True if two lines are of one type; in large titles a word or a line may differ in weight."""
        first, second = self._page.types[one], self._page.types[other]
        if abs(first.size - second.size) > _SAME_SIZE * max(first.size, 1.0):
            return False
        if first.size >= _MUCH_LARGER * self._body.size:
            return True
        return first[1:3] == second[1:3] and self._style(one).capitals == self._style(other).capitals

    def _judge(self, first: int, last: int) -> Candidate | None:
        """Return a block as a candidate, None if it is something else."""
        page = self._page
        begin = first + 1 if self._is_beside_number(first) and last > first else first
        title = " ".join(" ".join(page.texts[first : last + 1]).split())
        number = heading_number(title)
        style = self._style(begin)
        large = style.size >= _LARGER * self._body.size
        if self._rows(first, last) > _MAX_LINES or len(title) > MAX_TITLE or self._is_other(title, number):
            return None
        if self._is_drawn_last(first) or self._has_gaps(begin, last) or self._has_neighbour(first, last, large):
            return None
        if self._is_in_table(first, last, large) or self._goes_on(last, large):
            return None
        if not large and not self._is_set_apart(first, begin, last, title, number):
            return None
        return Candidate(first, last, title, style, number)

    def _is_other(self, title: str, number: Number | None) -> bool:
        """Return True if the text itself shows that it is no heading, such as a caption or the unit of a table."""
        rest = title[number.end :] if number else title
        return (
            bool(_CAPTION.match(title) or _UNIT.match(title))
            or bool(_ADDRESS.search(title) or _CONTINUED.search(title))
            or (not number and bool(_BULLET.match(title)))
            or title.startswith(("(", "“", '"', "["))
            or title.endswith((",", ";"))
            or (not rest and (number is None or number.rank is None))
            or (rest[:1].islower() and not (number and number.depth))
        )

    def _row_text(self, first: int) -> str:
        """Return the text of a line with the parts of it that were drawn by themselves."""
        last = first
        while last + 1 < len(self._page.lines) and are_parts(*self._page.lines[last : last + 2]):
            last += 1
        return " ".join(self._page.texts[first : last + 1])

    def _rows(self, first: int, last: int) -> int:
        """Return the number of rows of a block; a file may draw each word of a line by itself."""
        lines = self._page.lines[first : last + 1]
        return 1 + sum(not are_parts(line, other) for line, other in pairwise(lines))

    def _is_drawn_last(self, first: int) -> bool:
        """Return True for a line above all others that is not read first: a running head."""
        line = self._page.lines[first]
        return first > 0 and all(other.top <= line.bottom for other in self._page.lines if other is not line)

    def _has_gaps(self, first: int, last: int) -> bool:
        """Return True if a line is too wide for its characters: its words stand in the columns of a table."""
        for at in range(first, last + 1):
            line, size = self._page.lines[at], self._page.types[at].size
            wide = 0x2E80 <= ord(self._page.texts[at][0]) <= 0xFFEF
            if line.right - line.left > _MAX_ADVANCE * (1 + 0.25 * wide) * size * len(self._page.texts[at]):
                return True
        return False

    def _has_neighbour(self, first: int, last: int, large: bool) -> bool:
        """Return True if another line stands at the height of a block, next to it in reading order."""
        lines = self._page.lines
        around = [*range(max(0, first - 2), first), *range(last + 1, min(len(lines), last + 3))]
        beside = [at for at in around if any(are_beside(lines[at], lines[own]) for own in range(first, last + 1))]
        return bool(beside) and not (large and not any(self._numeric[at] for at in beside))

    def _is_in_table(self, first: int, last: int, large: bool) -> bool:
        """Return True if rows of figures stand around a block, or it stands over columns that have only years."""
        if large:
            return False
        page = self._page
        above = first > 0 and self._numeric[first - 1] and self._pitches(first - 1, first) < 1.5 * _IN_TABLE
        below = last + 1 < len(page.lines) and self._pitches(last, last + 1) < _IN_TABLE
        followed = below and self._numeric[last + 1]
        if below and not followed and last + 2 < len(page.lines):
            short = len(page.texts[last + 1]) < _SHORT and self._pitches(last + 1, last + 2) < _IN_TABLE
            followed = above and short and self._numeric[last + 2]
        near = followed and self._pitches(last, last + 1) < _NEAR
        only_figures = near and letters(page.texts[last + 1]) == 0
        return bool((above and followed) or only_figures)

    def _goes_on(self, last: int, large: bool) -> bool:
        """Return True if the next line continues the block's last line: the block begins a paragraph."""
        page = self._page
        if large or last + 1 >= len(page.lines):
            return False
        line, other = page.lines[last], page.lines[last + 1]
        near = 0 < self._pitches(last, last + 1) < _APART
        filled = line.right - line.left >= _FILLED * self._measure
        text = page.texts[last + 1]
        return (
            near and text[0].islower() and (filled or page.texts[last][-1] not in _CLOSERS) and other.left <= line.right
        )

    def _is_set_apart(self, first: int, begin: int, last: int, title: str, number: Number | None) -> bool:
        """Return True if a block of the usual size stands apart from the text above it."""
        page = self._page
        kind = page.types[begin]
        apart = (
            first == 0
            or self._pitches(first - 1, first) >= _APART
            or page.lines[first - 1].bottom < page.lines[first].bottom
        )
        named = number is not None and number.rank is not None
        ended = named or first == 0 or first - 1 in self._accepted or page.texts[first - 1].rstrip()[-1:] in _CLOSERS
        if kind.size < 0.88 * self._body.size and not (kind.bold and named):
            return False
        sentence = title.endswith(".") and len(title.split()) > _MAX_WORDS
        if title.endswith(".") and number is None and last + 1 == len(page.lines):
            return False  # the last words of a page, such as "See accompanying notes."
        below = self._pitches(last, last + 1) if last + 1 < len(page.lines) else inf
        if named and len(title.split()) <= _MAX_WORDS and apart and below >= _APART:
            return True
        if kind.bold and not self._body.bold:
            return (apart or ended) and not (sentence and not apart)
        if sentence or (title.endswith(".") and not number):
            return False
        if title.endswith(":") and not (kind.italic or named):
            return False
        if len(title.split()) > _MAX_WORDS and not named:
            return False
        if named and not title.isupper() and not kind.italic:
            return False
        return apart and below >= 0.9

    def _style(self, at: int) -> Style:
        kind = self._page.types[at]
        return Style(kind.size, is_capitals(self._page.texts[at]), kind.bold, kind.italic)

    def _pitches(self, above: int, below: int) -> float:
        """Return the distance of two lines as a multiple of the usual pitch, infinite if the second is not below."""
        distance = self._page.lines[above].bottom - self._page.lines[below].bottom
        return distance / self._page.pitch if distance > 0 and self._page.pitch else inf
