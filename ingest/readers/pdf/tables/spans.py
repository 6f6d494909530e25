"""Intervals along a line: what several rows cover together, and the gaps all of them leave (pure)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


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


def merged(spans: Iterable[Span], apart: float) -> list[Span]:
    """Return the union of spans from left to right; those less than `apart` from each other become one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.left - found[-1].right < apart:
            found[-1] = Span(found[-1].left, max(found[-1].right, span.right))
        else:
            found.append(span)
    return found


def extended(union: Sequence[Span], spans: Sequence[Span], apart: float) -> Sequence[Span]:
    """Return a union with more spans from left to right: the same object if it covers them already."""
    at = 0
    for span in spans:
        while at < len(union) and union[at].right < span.right:
            at += 1
        if at == len(union) or union[at].left > span.left:
            return merged([*union, *spans], apart)
    return union


def covered(spans: Sequence[Span], tolerance: int, apart: float) -> list[Span]:
    """Return the intervals that more than `tolerance` spans cover, those at least `apart` from each other."""
    if not tolerance:
        return merged(spans, apart)
    edges = sorted([(span.left, 1) for span in spans] + [(span.right, -1) for span in spans])
    found: list[Span] = []
    depth = 0
    begins = 0.0
    for place, step in edges:
        before, depth = depth, depth + step
        if before <= tolerance < depth:
            begins = place
        elif depth <= tolerance < before:
            found.append(Span(begins, place))
    return merged(found, apart)
