"""Which figures of a sentence a computed result covers (pure): the citer counts these as supported by its operands."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from rag.text.numbers.printed_figures import Figure, parse_figure
from rag.text.numbers.terms import label_terms, strong, terms
from rag.text.numbers.units import PERCENT, POINTS, read_unit
from rag.types.computed import Computed, Operand

_FIGURE = re.compile(
    r"(?:(?<![A-Z])[A-Z]{0,2}\$|[€£¥₹]|\b(?:USD|EUR|CHF|GBP|AUD|CAD|HKD|NZD|SGD|BRL|RMB|CNY|SEK|NOK|DKK|PLN|CZK)\s?)?"
    r"\s?[-−–]?(?:US\$|[$€£¥₹])?\(?\d(?:[\d.,'’\u00a0\u202f]*\d)?\)?"
    r"(?:\s?(?:%|percentage points?|per ?cent|prozentpunkte|prozent|points de pourcentage|puntos porcentuales))?"
    r"(?:\s?(?:thousand|million|billion|trillion|mn|bn|tsd\.?|mio\.?|mrd\.?|tausend|millionen?|milliarden?"
    r"|millions?|milliards?|milliers|mille millions|billions?|crores?|lakhs?"
    r"|millones|millón|mil millones|miles|[mkb])(?!\w))?(?:\s?(?:de\s)?(?:[$€£]|dollars|euros))?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ROSE = re.compile(
    r"\b(?:rose|increas\w*|grew|grown|growth|up|higher|gestiegen|stieg|anstieg|hausse|augment\w*|aument\w*)\b",
    re.IGNORECASE,
)
_FELL = re.compile(
    r"\b(?:fell|decreas\w*|declin\w*|dropp?\w*|down|lower|gesunken|sank|rückgang|baiss\w*|diminu\w*|descen\w*)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|n't|never|nicht|kein\w*|ne|pas|jamais|nunca|no)\b", re.IGNORECASE)
_POINTS = re.compile(r"points?|punkte|puntos", re.IGNORECASE)
_LETTER = re.compile(r"(?<=\d)\s?[mkb]$", re.IGNORECASE)
_MAX_SENTENCE = 2_000
_BESIDE = 14
"""Characters within which a year after a figure belongs to it: "$46,298 million in 2023"."""


class CoveredFigure(NamedTuple):
    """Characters `[start, end)` of a sentence: a figure that is a computed result, or one of its operands."""

    start: int
    end: int
    operands: tuple[Operand, ...]


def covered_figures(sentence: str, computed: Computed) -> tuple[CoveredFigure, ...]:
    """Return the figures of a sentence that a computed result covers; years are none.

    A figure is covered if it is a result, rounded or not, or an operand that no year of another operand stands beside.
    """
    decimal = _decimal(computed)
    results = [figure for text in computed.results for figure in _figures_of(text, decimal)]
    found: list[CoveredFigure] = []
    for start, end, figure in figures_in(sentence, decimal):
        if any(_is_same(figure, result) for result in results):
            found.append(CoveredFigure(start, end, computed.operands))
            continue
        same = [each for each in computed.operands if _is_operand(figure, each, computed)]
        if same and not _has_another_period(sentence, start, end, same, computed):
            found.append(CoveredFigure(start, end, tuple(same)))
    return tuple(found)


def is_supported(sentence: str, computed: Computed) -> bool:
    """Return True if a sentence says what was computed: its figures are covered, its subject and direction agree."""
    if len(sentence) > _MAX_SENTENCE or _NOT.search(sentence):
        return False
    if _FIGURE.search(sentence) and sentence.strip(" .") in computed.statement:
        return True
    covered = covered_figures(sentence, computed)
    decimal = _decimal(computed)
    figures = list(figures_in(sentence, decimal))
    if not covered or len(covered) < len(figures):
        return False
    return _names_a_measure(sentence, computed) and not _turns_around(sentence, computed)


def _decimal(computed: Computed) -> str:
    return "," if computed.language in ("de", "fr", "es") else "."


def _names_a_measure(sentence: str, computed: Computed) -> bool:
    said = set(terms(sentence, computed.language))
    return any(strong(label_terms(operand.row)) & said for operand in computed.operands)


def _turns_around(sentence: str, computed: Computed) -> bool:
    """Return True if a sentence says that something rose which fell, or the reverse."""
    if computed.kind != "change":
        return False
    rose, fell = (bool(pattern.search(computed.statement)) for pattern in (_ROSE, _FELL))
    says_rose, says_fell = (bool(pattern.search(sentence)) for pattern in (_ROSE, _FELL))
    return (rose and says_fell and not says_rose) or (fell and says_rose and not says_fell)


def figures_in(text: str, decimal: str = ".") -> Iterator[tuple[int, int, Figure]]:
    """Yield the figures of a sentence with their places; plain years are none."""
    for match in _FIGURE.finditer(text):
        figure = _parse(match[0], decimal)
        if figure and not _YEAR.fullmatch(match[0].strip("() ")):
            yield match.end() - len(match[0].lstrip()), match.end(), figure


def _figures_of(text: str, decimal: str) -> list[Figure]:
    return [figure for _, _, figure in figures_in(text, decimal)]


def _parse(text: str, decimal: str) -> Figure | None:
    text = text.strip()
    if text.count("(") != text.count(")"):
        text = text.strip("()")
    if _POINTS.search(text):
        bare = parse_figure(
            re.split(r"\s?(?:percentage|points?|prozent|puntos)", text, flags=re.IGNORECASE)[0], decimal
        )
        return Figure(bare.value, bare.places, POINTS) if bare else None
    found = parse_figure(text, decimal)
    if found is None and (letter := _LETTER.search(text)):  # "5 m", "1,234k": metres or millions, nobody knows
        bare = parse_figure(text[: letter.start()], decimal)
        return Figure(bare.value, bare.places, letter[0].strip().lower()) if bare else None
    return found


def _is_operand(figure: Figure, operand: Operand, computed: Computed) -> bool:
    unit = read_unit(operand.unit)
    readings = [own for mark in ".," if (own := parse_figure(operand.text, mark))]
    if len({own.value for own in readings}) > 1:  # "12.345": what was computed with is said in the result
        decimal = _decimal(computed)
        texts = (computed.statement, computed.expression)
        said = {abs(each.value) for text in texts for each in _figures_of(text, decimal)}
        readings = [own for own in readings if abs(own.value) in said]
    for own in readings:
        if _is_same(figure, Figure(own.value, own.places, own.unit or unit.name, own.scale or unit.scale)):
            return True
    return False


def _is_same(one: Figure, other: Figure) -> bool:
    """Return True for the same amount as far as the coarser is printed; a bare number may lack unit and scale.

    An amount with its unit lacks no scale: $32,136 are not $32,136 million.
    """
    if {one.unit, other.unit} in ({PERCENT, ""}, {POINTS, ""}) and one.scale != other.scale:
        return False
    if one.unit and other.unit and one.unit != other.unit and {one.unit, other.unit} != {PERCENT, POINTS}:
        return False
    is_bare = any(not figure.unit and not figure.scale for figure in (one, other))
    if abs(one.value) == abs(other.value) and (one.scale == other.scale or is_bare):
        return True
    step = max(Decimal(1).scaleb(figure.scale - figure.places) for figure in (one, other))
    return bool(one.scale) == bool(other.scale) and abs(abs(one.amount) - abs(other.amount)) <= step / 2


def _has_another_period(sentence: str, start: int, end: int, same: list[Operand], computed: Computed) -> bool:
    """Return True if the year nearest to a figure is that of another operand."""
    after = [match[0] for match in _YEAR.finditer(sentence, end, end + _BESIDE)]
    before = [match[0] for match in _YEAR.finditer(sentence, 0, start)]
    if not (after or before) or any(not operand.period for operand in same):
        return False
    nearest = after[0] if after else before[-1]
    own = {operand.period[-4:] for operand in same}
    return nearest not in own and nearest in {operand.period[-4:] for operand in computed.operands}
