"""Find where rows of a page share columns: the candidates for tables without rulings (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from ingest.readers.pdf.tables.page_words import Row, Segment
from ingest.readers.pdf.tables.spans import Span, extended, merged

_APART = 0.4
"""Minimum gap that all rows of a region leave between columns, as a share of the height of a row."""

_MAX_LEADING = 4.0
"""Distance between rows of a region, as a multiple of their height."""
_LABEL_SHARE = 0.4
_MAX_SINGLE = 6
"""Rows of one segment between two rows with columns."""

YEAR = re.compile(
    r"\d{1,2}/\d{1,2}/(?:\d\d){1,2}|(?:FY|Q[1-4]|[1-4]Q|H[12]|[12]H)?'?(?:19|20)\d\d(?:[-–/](?:(?:19|20)?\d\d|[12]?\d))?[AEFPaefp]?(?:[(*†]\w?\)?)?,?"
)


_NOTE_MARK = re.compile(r"(?:\(\w{1,2}\))+|[*†‡§]+|\d|[a-z]")


def is_year(segment: Segment) -> bool:
    """Return True if a segment is a year, perhaps with a mark of a footnote, or years only."""
    texts = [word.text for word in segment.words]
    return bool(YEAR.fullmatch(texts[0])) and all(YEAR.fullmatch(text) or _NOTE_MARK.fullmatch(text) for text in texts)


@dataclass
class Region:
    """Rows `[first, last)` of a block of rows that may be a table."""

    first: int
    last: int


def find_regions(rows: Sequence[Row]) -> list[Region]:
    """Return the runs of rows that leave the same gaps free, with rows of one segment within them."""
    found: list[Region] = []
    at = 0
    while at < len(rows):
        region = _region(rows, at) if len(rows[at].segments) > 1 else None
        if region and region.last - region.first > 1:
            found.append(region)
            at = region.last
        else:
            at += 1
    return found


def extents(segments: Sequence[Segment]) -> list[Span]:
    """Return the spans of segments."""
    return [Span(segment.left, segment.right) for segment in segments]


def _region(rows: Sequence[Row], first: int) -> Region:
    """Return the region that begins with a row of several segments."""
    union: Sequence[Span] = merged(extents(rows[first].segments), _APART * rows[first].height)
    values = _Values()
    values.add(rows[first])
    last = first + 1
    at = first + 1
    while at < len(rows) and at - last <= _MAX_SINGLE:
        row, before = rows[at], rows[at - 1]
        if before.bottom - row.top > _MAX_LEADING * max(row.height, before.height) or row.top > before.top + row.height:
            break
        spans = extents(row.segments)
        if values.are_headed_by(row):
            break
        if len(spans) > 1:
            joined = extended(union, spans, _APART * row.height)
            if len(joined) < 2 or not _is_compatible(union, spans, joined):
                break
            union = joined
            last = at + 1
            values.add(row)
        elif spans and not _is_label(spans[0], union):
            break
        at += 1
    return Region(first, last)


class _Values:
    """Where the values of a region stand, to tell when the heads of another table begin."""

    def __init__(self) -> None:
        self._zone: Span | None = None
        self._texts: list[Span] = []
        self._left = inf

    def add(self, row: Row) -> None:
        """Take in the segments of a row beside its label, if it has values; years may be heads."""
        values = [segment for segment in row.segments[1:] if segment.is_value and not is_year(segment)]
        if not values:
            return
        for segment in row.segments[1:]:
            span = Span(segment.left, segment.right)
            if not segment.is_value:
                self._texts.append(span)
            elif self._zone is None:
                self._zone = span
            else:
                self._zone = Span(min(self._zone.left, span.left), max(self._zone.right, span.right))
        self._left = min(self._left, row.left)

    def are_headed_by(self, row: Row) -> bool:
        """Return True if a row has no label and no values, and stands over the values alone."""
        zone = self._zone
        if zone is None or row.right > zone.right + row.height:
            return False
        leftmost = self._left + _LABEL_SHARE * (zone.left - self._left)
        if row.left < leftmost or not row.segments:
            return False
        return not any(
            (segment.is_value and not is_year(segment))
            or any(text.overlap(Span(segment.left, segment.right)) > 0 for text in self._texts)
            for segment in row.segments
        )


def _is_compatible(union: Sequence[Span], spans: Sequence[Span], joined: Sequence[Span]) -> bool:
    """Return True if a row continues the columns so far: not more than half of them melt into one."""
    return 2 * len(joined) >= min(len(union), len(spans))


def _is_label(span: Span, union: Sequence[Span]) -> bool:
    """Return True if a row of one segment can stand within a table: it does not run through to the last column."""
    last = union[-1]
    return span.right < last.left or span.left > union[0].right or span.overlap(last) <= 0
