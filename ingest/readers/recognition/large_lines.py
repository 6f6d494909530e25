"""Find the headings of a recognised page: short lines in larger letters than the rest, told by their boxes."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from rag.types import Heading

_LARGER = 1.3
"""Height of a heading's letters as a multiple of the usual one: boxes vary by a tenth with the letters in them."""

_ALIKE = 1.15
_MAX_CHARACTERS = 120
_MIN_LETTERS = 0.6
_MIN_BODY = 200
_MAX_SHARE = 0.25
_MAX_LEVEL = 3
_MAX_LINES = 3


def find_headings(text: str, heights: Sequence[float], spans: Sequence[tuple[int, int]]) -> tuple[Heading, ...]:
    """Return the headings of a page whose lines stand at `spans` of its text; none if nothing is told by size.

    A line of height 0 is none.
    """
    usual = _usual_height(heights, spans)
    large = [
        place
        for place, (start, end) in enumerate(spans)
        if heights[place] >= _LARGER * usual > 0 and _is_title(text[start:end])
    ]
    body = sum(end - start for place, (start, end) in enumerate(spans) if place not in set(large))
    if body < _MIN_BODY or len(large) > _MAX_SHARE * len(spans):
        return ()
    groups = [group for group in _joined(large, heights) if len(group) <= _MAX_LINES]  # more are a paragraph
    sizes = _sizes([max(heights[place] for place in group) for group in groups])
    found: list[Heading] = []
    for group, level in zip(groups, sizes, strict=True):
        start, end = spans[group[0]][0], spans[group[-1]][1]
        found.append(Heading(level, start, end, " ".join(text[start:end].split())))
    return tuple(found)


def _usual_height(heights: Sequence[float], spans: Sequence[tuple[int, int]]) -> float:
    """Return the height of the line in whose size most characters are."""
    weighed = [
        height for height, (start, end) in zip(heights, spans, strict=True) for _ in range(1 + (end - start) // 8)
    ]
    return median(weighed) if weighed else 0.0


def _is_title(text: str) -> bool:
    signs = "".join(text.split())
    return 2 < len(text) <= _MAX_CHARACTERS and sum(map(str.isalpha, signs)) >= _MIN_LETTERS * len(signs)


def _joined(places: Sequence[int], heights: Sequence[float]) -> list[list[int]]:
    """Return runs of neighbouring lines of the same size, each one heading."""
    groups = [[places[0]]] if places else []
    for before, place in pairwise(places):
        ratio = heights[place] / heights[before]
        if place == before + 1 and 1 / _ALIKE < ratio < _ALIKE:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _sizes(heights: Sequence[float]) -> list[int]:
    """Return levels by size, the largest 1; sizes that are nearly alike are the same level."""
    levels: dict[float, int] = {}
    level, last = 0, 0.0
    for height in sorted(set(heights), reverse=True):
        if not level or last / height >= _ALIKE:
            level, last = level + 1, height
        levels[height] = min(level, _MAX_LEVEL)
    return [levels[height] for height in heights]
