"""Find the headings of a document page by page, with what a sample of its pages shows of all.

The kinds of headings on a sample of the pages are ordered once: words such as "Part" and "Item" first, then larger
before smaller, capitals before bold before italics, and "7" before "7.2". A kind that appears later takes the level of
its place in that order, so that nothing grows with the pages. Where the outline names headings of a kind, its depth is
their level. It may say what is not on its pages, so an entry counts only if a line of its page has its title.
"""

import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ingest.readers.pdf.heading_candidates import MAX_TITLE, Candidate, PageLines, Style, body_type, find_candidates
from ingest.readers.pdf.metadata import Outline, OutlineEntry

_MAX_LINES = 4
_MIN_PART = 0.5
_MIN_CHARACTERS = 3

MAX_LEVEL = 6
_SAME_SIZE = 0.95
_TITLE_PAGES = 2
_FRONT_PAGES = 2
_MIN_PAGES_WITH_FRONT = 10
_MUCH_LARGER = 1.05

Kind = tuple[float, ...]
"""Sorts kinds of headings from the highest level to the lowest."""

_TITLE: Kind = (-1.0,)
_LOOKS = 2.0
_MIN_NESTED = 0.5
_BELOW = 9.0

_MIN_NAMED = 3
_MIN_TRUSTED = 0.5
_COVER_PAGES = 2
_MIN_PAGES_WITH_COVER = 3
_MIN_COVER_LINES = 3
_PROSE = 60
_CENTRED = 0.06


def named_lines(entries: Sequence[OutlineEntry], texts: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Return the lines of a page that an outline names: by the first line, the last and the depth of the entry.

    Titles are compared without spaces, marks and case; a line may have a number or a word more than its title.
    """
    plain = [_plain(text) for text in texts]
    found: dict[int, tuple[int, int]] = {}
    for entry in entries:
        title = _plain(entry.title)
        span = _span(title, plain, found) if len(title) >= _MIN_CHARACTERS else None
        if span:
            found[span[0]] = span[1], entry.depth
    return found


def _span(title: str, plain: Sequence[str], taken: Mapping[int, object]) -> tuple[int, int] | None:
    """Return the first and last of the lines that together have a title; whole lines go before parts."""
    partly = None
    for first, own in enumerate(plain):
        if not own or first in taken or not (title.startswith(own) or title.endswith(own) or title in own):
            continue
        joined = ""
        for last in range(first, min(first + _MAX_LINES, len(plain))):
            joined += plain[last]
            if joined == title:
                return first, last
            if partly is None and _is_most(title, joined):
                partly = first, last
            if len(joined) > len(title):
                break
    return partly


def _is_most(one: str, other: str) -> bool:
    """Return True if one of two plain titles begins or ends the other and is at least half of it."""
    short, long = sorted((one, other), key=len)
    if len(short) < max(_MIN_CHARACTERS, _MIN_PART * len(long)):
        return False
    return long.startswith(short) or long.endswith(short)


def _plain(text: str) -> str:
    """Return a text as titles are compared: letters and digits alone, without case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class HeadingLevels:
    """The levels of a document's headings, from the candidates on a sample of its pages, by page index.

    `outlined` has the depth in the outline (from 1) of the candidates that it names, by page index and first line.
    """

    def __init__(
        self, sample: Mapping[int, Sequence[Candidate]], outlined: Mapping[tuple[int, int], int] | None = None
    ) -> None:
        found = [candidate for page in sorted(sample) for candidate in sample[page]]
        front = _FRONT_PAGES if len(sample) >= _MIN_PAGES_WITH_FRONT else 0
        usual = {page: sample[page] for page in sorted(sample) if page >= front}
        self.title = _title_style(sample)
        self._sizes = _clusters(candidate.style.size for candidate in found)
        self._has_chapters = any(candidate.number and candidate.number.rank == 1 for candidate in found)
        self._depth_looks, self._least_depths = self._depths(found)
        self._nesting = self._find_nesting(sample)
        self._kinds = _grouped([self.kind(candidate) for page in usual.values() for candidate in page])
        self._outlined = self._depths_outlined(sample, outlined or {})

    def level(self, candidate: Candidate) -> int:
        """Return the level of a heading, from 1 to 6."""
        kind = self.kind(candidate)
        if not self._outlined:
            return min(bisect_left(self._kinds, kind) + 1, MAX_LEVEL)
        if kind in self._outlined:
            return min(self._outlined[kind], MAX_LEVEL)
        above = [other for other in self._outlined if other < kind]
        if not above:
            return 1
        between = [other for other in self._kinds if above[-1] < other < kind]
        return min(max(self._outlined[other] for other in above) + 1 + len(between), MAX_LEVEL)

    def kind(self, candidate: Candidate) -> Kind:
        """Return what all headings of a level have in common."""
        number = candidate.number
        if self.title is not None and candidate.style == self.title and number is None:
            return _TITLE
        rank = number.rank if number else None
        if rank == 2 and self._has_chapters:
            rank = 1
        if rank is not None and rank < 2:
            return (float(rank),)
        look = self._look(candidate.style)
        depth = number.depth if number else 0
        if depth > 1:
            look = max(look, self._depth_looks.get(depth - 1, look))
        shown = float(depth or self._least_depths.get(look, 0))
        if number is None or (not depth and rank is None):
            return (_LOOKS, *look, _BELOW if look in self._nesting else shown, 0.0)
        if look in self._nesting and (rank == 3 or depth == 1):
            return (_LOOKS, *look, shown, -1.0)
        return (_LOOKS, *look, shown, 1.0 if rank == 3 else 0.0)

    def _find_nesting(self, sample: Mapping[int, Sequence[Candidate]]) -> set[Kind]:
        """Return the looks in which headings without a number stand below "4. Debt" or "Note 4", not beside it.

        They do if there are many of them from the first to the last page that has one with a number.
        """
        pages: defaultdict[Kind, list[int]] = defaultdict(list)
        plain: defaultdict[Kind, list[int]] = defaultdict(list)
        for page in sorted(sample):
            for candidate in sample[page]:
                number, look = candidate.number, self._look(candidate.style)
                if number is None:
                    plain[look].append(page)
                elif number.rank == 3 or number.depth == 1:
                    pages[look].append(page)
        return {
            look
            for look, own in pages.items()
            if sum(own[0] <= page <= own[-1] for page in plain[look]) >= _MIN_NESTED * len(own)
        }

    def _look(self, style: Style) -> Kind:
        size = next(
            (place for place, size in enumerate(self._sizes) if style.size >= _SAME_SIZE * size), len(self._sizes)
        )
        slanted = 4 if style.italic else 5
        weight = (0 if style.capitals else 2 if style.italic else 1) if style.bold else 3 if style.capitals else slanted
        return float(size), float(weight)

    def _depths(self, found: Sequence[Candidate]) -> tuple[dict[int, Kind], dict[Kind, int]]:
        """Return the most prominent look of headings of each depth, and the least depth of each look."""
        looks: defaultdict[int, set[Kind]] = defaultdict(set)
        depths: dict[Kind, int] = {}
        for candidate in found:
            if candidate.number and candidate.number.depth:
                look, depth = self._look(candidate.style), candidate.number.depth
                looks[depth].add(look)
                depths[look] = min(depth, depths.get(look, depth))
        return {depth: min(found) for depth, found in looks.items()}, depths

    def _depths_outlined(
        self, sample: Mapping[int, Sequence[Candidate]], outlined: Mapping[tuple[int, int], int]
    ) -> dict[Kind, int]:
        """Return the depth that the outline gives to most headings of each kind, in the order of the kinds."""
        depths: defaultdict[Kind, Counter[int]] = defaultdict(Counter)
        for page, candidates in sample.items():
            for candidate in candidates:
                if (page, candidate.first) in outlined:
                    depths[self.kind(candidate)][outlined[page, candidate.first]] += 1
        return {kind: counts.most_common(1)[0][0] for kind, counts in sorted(depths.items())}


def _title_style(sample: Mapping[int, Sequence[Candidate]]) -> Style | None:
    """Return the style of the document's title: larger than all others, once, and on one of the first pages."""
    first = [candidate for page in sample if page < _TITLE_PAGES for candidate in sample[page]]
    later = [candidate.style.size for page in sample if page >= _TITLE_PAGES for candidate in sample[page]]
    if not first:
        return None
    title = max(first, key=lambda candidate: candidate.style.size)
    others = [candidate.style.size for candidate in first if candidate is not title]
    if title.number or not (others or later):
        return None
    return title.style if title.style.size > _MUCH_LARGER * max([*others, *later]) else None


def _grouped(kinds: Sequence[Kind]) -> list[Kind]:
    """Return the last kind of each level, in order; `kinds` are those of the headings of the sample in reading order.

    If there are more kinds than levels, the title shares one with the next; then those neighbours do of which one
    stands least often directly below the other, but not those of a word such as "Item" or "Note".
    """
    below = _nested(kinds)
    groups = [[kind] for kind in sorted(set(kinds))]
    if len(groups) > MAX_LEVEL and groups[0] == [_TITLE]:
        del groups[0]
    while len(groups) > MAX_LEVEL:
        free = [
            at for at in range(len(groups) - 1) if not _is_named(groups[at][0]) and not _is_named(groups[at + 1][0])
        ]
        if not free:
            break
        at = min(free, key=lambda at: (sum(below[one, other] for one in groups[at] for other in groups[at + 1]), -at))
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return [group[-1] for group in groups]


def _nested(kinds: Sequence[Kind]) -> Counter[tuple[Kind, Kind]]:
    """Return how often a heading of one kind is the one that a heading of another stands directly below."""
    below: Counter[tuple[Kind, Kind]] = Counter()
    open_kinds: list[Kind] = []
    for kind in kinds:
        while open_kinds and open_kinds[-1] >= kind:
            open_kinds.pop()
        if open_kinds:
            below[open_kinds[-1], kind] += 1
        open_kinds.append(kind)
    return below


def _is_named(kind: Kind) -> bool:
    return kind[0] < _LOOKS or kind[-1] != 0


def _clusters(sizes: Iterable[float]) -> list[float]:
    """Return the largest size of each group of sizes that look the same, from large to small."""
    found: list[float] = []
    for size in sorted(set(sizes), reverse=True):
        if not found or size < _SAME_SIZE * found[-1]:
            found.append(size)
    return found


class FoundHeading(NamedTuple):
    """Lines `[first, last]` of a page that are a heading."""

    first: int
    last: int
    level: int


class _Known(NamedTuple):
    """What was found on a page of the sample: what looks like headings, and the lines that the outline names."""

    page: PageLines
    candidates: list[Candidate]
    named: dict[int, tuple[int, int]]


class SectionFinder:
    """Finds the headings of the pages of one document.

    `sample` has some of its pages by index, `outline` the entries of its outline, `pages` their number.
    """

    def __init__(self, sample: Mapping[int, PageLines], outline: Outline, pages: int) -> None:
        self._body = body_type(sample.values())
        self._pages = pages
        named = {index: named_lines(outline[index], page.texts) for index, page in sample.items() if index in outline}
        entries = sum(len(outline[index]) for index in named)
        self._outline = outline if _is_true(entries, sum(map(len, named.values()))) else {}
        self._known = {
            index: _Known(page, self._candidates(index, page), named.get(index, {}) if self._outline else {})
            for index, page in sample.items()
        }
        found = {index: known.candidates for index, known in self._known.items()}
        depths = {
            (index, candidate.first): depth
            for index, known in self._known.items()
            for candidate in known.candidates
            if (depth := _depth(candidate, known.named))
        }
        self._levels = HeadingLevels(found, depths)

    def headings(self, index: int, page: PageLines) -> list[FoundHeading]:
        """Return the headings of a page in reading order."""
        known = self._known.pop(index, None)
        if not known or known.page is not page:
            entries = self._outline.get(index)
            named = named_lines(entries, page.texts) if entries else {}
            known = _Known(page, self._candidates(index, page), named)
        found: list[FoundHeading] = []
        taken: set[int] = set()
        for candidate in known.candidates:
            level = _depth(candidate, known.named) or self._levels.level(candidate)
            found.append(FoundHeading(candidate.first, candidate.last, min(level, MAX_LEVEL)))
            taken.update(range(candidate.first, candidate.last + 1))
        for first, (last, depth) in known.named.items():
            if taken.isdisjoint(range(first, last + 1)) and sum(map(len, page.texts[first : last + 1])) <= MAX_TITLE:
                found.append(FoundHeading(first, last, min(depth, MAX_LEVEL)))
        return sorted(found)

    def _candidates(self, index: int, page: PageLines) -> list[Candidate]:
        found = find_candidates(page, self._body)
        if index < _COVER_PAGES and self._pages >= _MIN_PAGES_WITH_COVER and _is_cover(page, found):
            largest = max(candidate.style.size for candidate in found)
            titles = [candidate for candidate in found if candidate.style.size == largest]
            return titles if len(titles) == 1 else []
        return found


def _is_true(entries: int, named: int) -> bool:
    """Return True if most of the entries of an outline for pages of the sample name lines of them."""
    return named >= _MIN_TRUSTED * entries and named >= min(_MIN_NAMED, entries) > 0


def _depth(candidate: Candidate, named: Mapping[int, tuple[int, int]]) -> int:
    """Return the depth that the outline gives to a candidate, 0 if it does not name it."""
    for first, (last, depth) in named.items():
        if first <= candidate.last and last >= candidate.first:
            return depth
    return 0


def _is_cover(page: PageLines, found: Sequence[Candidate]) -> bool:
    """Return True if the page begins with several centred titles and no text between them."""
    before = 0
    if not page.lines:
        return False
    middle = (min(line.left for line in page.lines) + max(line.right for line in page.lines)) / 2
    width = max(line.right for line in page.lines) - min(line.left for line in page.lines)
    prose = next((at for at in range(len(page.lines) - 1) if _is_prose(page, at)), len(page.lines))
    for candidate in found:
        if candidate.first > prose or (candidate.number and candidate.number.rank is not None):
            break
        line = page.lines[candidate.first]
        before += abs((line.left + line.right) / 2 - middle) <= _CENTRED * width
    return before >= _MIN_COVER_LINES


def _is_prose(page: PageLines, at: int) -> bool:
    return len(page.texts[at]) >= _PROSE and len(page.texts[at + 1]) >= _PROSE
