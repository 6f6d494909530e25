"""Find the headings of a document page by page, with what a sample of its pages shows of all."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ingest.readers.pdf.heading_candidates import MAX_TITLE, Candidate, PageLines, body_type, find_candidates
from ingest.readers.pdf.heading_levels import MAX_LEVEL, HeadingLevels
from ingest.readers.pdf.outline import Outline, named_lines

_MIN_NAMED = 3
_MIN_TRUSTED = 0.5
_COVER_PAGES = 2
_MIN_PAGES_WITH_COVER = 3
_MIN_COVER_LINES = 3
_PROSE = 60
_CENTRED = 0.06


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
