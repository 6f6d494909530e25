"""Headings and levels found by the readers, against a document's own outline or labels.

A heading is right if the document names one with the same title on the same page. Titles are compared without spaces,
marks and case; one may have a number or a name more ("Consolidated Balance Sheets" in "ADOBE INC. CONSOLIDATED BALANCE
SHEETS"), as long as the shorter is half of the longer, and a letter in ten may differ.

Levels are relative: an outline may begin at the chapters or above them. So the levels found are mapped to those of the
document, in order and each to another, as suits the headings that are right best; a level is right if the mapping gives
the one of the document. An outline rarely goes down to the last heading. So headings found on levels above or below all
those that it has are neither right nor wrong, and so are those of a level of which it has less than a tenth. Where all
headings of a page are known, all count, and each level is compared with that of the heading before it on the page.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from typing import NamedTuple

_MIN_PART = 0.5
_MIN_CHARACTERS = 3
_ALIKE = 0.9
_MIN_NAMED = 0.1


class Titled(NamedTuple):
    """A heading: the number of its page, its level and title."""

    page: int
    level: int
    title: str


class HeadingScore(NamedTuple):
    """How many headings a document has, how many were found, how many of these are right, and with the right level."""

    expected: int
    found: int
    right: int
    level_right: int

    def precision(self, *, levels: bool = False) -> float:
        """Return the share of the headings found that are right."""
        return (self.level_right if levels else self.right) / self.found if self.found else 0.0

    def recall(self, *, levels: bool = False) -> float:
        """Return the share of the document's headings that were found."""
        return (self.level_right if levels else self.right) / self.expected if self.expected else 0.0

    def f1(self, *, levels: bool = False) -> float:
        """Return the harmonic mean of precision and recall."""
        precision, recall = self.precision(levels=levels), self.recall(levels=levels)
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def score_headings(expected: Sequence[Titled], found: Sequence[Titled]) -> HeadingScore:
    """Score the headings found in a document."""
    pairs = match_headings(expected, found)
    mapping = map_levels((expected[own].level, found[other].level) for own, other in pairs)
    named = Counter(found[other].level for _, other in pairs)
    counts = Counter(heading.level for heading in found)
    used = [level for level in named if level in mapping and named[level] >= _MIN_NAMED * counts[level]]
    counted = [heading for heading in found if used and min(used) <= heading.level <= max(used)]
    right = [(own, other) for own, other in pairs if used and min(used) <= found[other].level <= max(used)]
    level_right = sum(mapping.get(found[other].level) == expected[own].level for own, other in right)
    return HeadingScore(len(expected), len(counted), len(right), level_right)


def score_pages(expected: Sequence[Titled], found: Sequence[Titled]) -> HeadingScore:
    """Score the headings found on pages of which all headings are known.

    A level is right if the heading is deeper than, level with or above the heading before it on the page, as expected.
    """
    pairs = match_headings(expected, found)
    level_right = 0
    for place, (own, other) in enumerate(pairs):
        before = pairs[place - 1] if place else None
        if before is None or expected[before[0]].page != expected[own].page:
            level_right += 1
            continue
        step = expected[own].level - expected[before[0]].level
        other_step = found[other].level - found[before[1]].level
        level_right += (step > 0) == (other_step > 0) and (step < 0) == (other_step < 0)
    return HeadingScore(len(expected), len(found), len(pairs), level_right)


def total(scores: Iterable[HeadingScore]) -> HeadingScore:
    """Return the sum of the scores of several documents."""
    return HeadingScore(*map(sum, zip(HeadingScore(0, 0, 0, 0), *scores, strict=True)))


def match_headings(expected: Sequence[Titled], found: Sequence[Titled]) -> list[tuple[int, int]]:
    """Return the pairs of headings that are the same, by their places; each is in one pair, equal titles go first."""
    keys = [plain_title(heading.title) for heading in expected]
    others = [plain_title(heading.title) for heading in found]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for alike in (lambda one, other: one == other, _contains, _is_misread):
        for own, key in enumerate(keys):
            if own in pairs:
                continue
            for place, other in enumerate(others):
                same_page = found[place].page == expected[own].page
                if place not in taken and same_page and alike(key, other):
                    pairs[own] = place
                    taken.add(place)
                    break
    return sorted(pairs.items())


def map_levels(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the mapping of levels found to levels expected, in order and one to one, that agrees with most pairs."""
    counts = Counter(pairs)
    expected = sorted({own for own, _ in counts})
    found = sorted({other for _, other in counts})
    best: tuple[int, dict[int, int]] = (-1, {})
    for size in range(min(len(expected), len(found)), 0, -1):
        for chosen in combinations(found, size):
            for targets in combinations(expected, size):
                mapping = dict(zip(chosen, targets, strict=True))
                agreeing = sum(count for (own, other), count in counts.items() if mapping.get(other) == own)
                best = max(best, (agreeing, mapping), key=lambda each: each[0])
    return best[1]


def plain_title(title: str) -> str:
    """Return a title as it is compared: letters and digits alone, without case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", title).casefold()))


def _is_misread(one: str, other: str) -> bool:
    """Return True for titles that differ in a few letters, as where a font does not say what its ligatures are."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE if one and other else False


def _contains(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= max(_MIN_CHARACTERS, _MIN_PART * len(long)) and short in long
