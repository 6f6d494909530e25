"""Cite the cells behind a computed result where a sentence says that result.

A sentence says it if each of its figures is a result, rounded or not, or an operand, and if it agrees in measure and
direction.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.text.figures import PERCENT, POINTS, Figure, figures_in, parse_figure, read_unit
from rag.text.locations import place_of
from rag.text.measure_terms import label_terms, strong, terms
from rag.types import Citation, Computed, Operand, Passage

_DIGIT = re.compile(r"\d")
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
_MAX_SENTENCE = 2_000
_BESIDE = 14
"""Characters within which a year after a figure belongs to it: "$46,298 million in 2023"."""


def cite_computed(claim: str, computed: Computed, passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """Return the rows that a sentence's figures were computed from, () if it does not say the computed result.

    A citation points at a passage of the prompt, so there are none if an operand's page is in no passage. Of results of
    several documents, a sentence cites those that it names.
    """
    if not says_result(claim, computed):
        return ()
    named = [operand for operand in computed.operands if operand.document in claim]
    cited = [_citation(operand, passages) for operand in named or computed.operands]
    found = tuple(dict.fromkeys(citation for citation in cited if citation))
    return found if all(cited) else ()


def says_result(sentence: str, computed: Computed) -> bool:
    """Return True if a sentence says what was computed: its figures are of it, its measure and direction agree."""
    if computed.kind == "list":
        return sentence.strip() in computed.results
    if len(sentence) > _MAX_SENTENCE or _NOT.search(sentence):
        return False
    if _DIGIT.search(sentence) and sentence.strip(" .") in computed.statement:
        return True
    figures = list(figures_in(sentence, _decimal(computed)))
    if not figures or not all(_is_of(figure, sentence, start, end, computed) for start, end, figure in figures):
        return False
    return _names_a_measure(sentence, computed) and not _turns_around(sentence, computed)


def _citation(operand: Operand, passages: Sequence[Passage]) -> Citation | None:
    number = next(_numbers(operand, passages), None)
    if number is None:
        return None
    chunk = passages[number - 1].chunk
    return Citation(
        number=number,
        document=chunk.document,
        page=chunk.page,
        label=chunk.page_label,
        start=operand.quote_start,
        end=operand.quote_end,
        quote=operand.quote,
        score=1.0,
        place=place_of(chunk, max(0, operand.quote_start - chunk.start)),
    )


def _numbers(operand: Operand, passages: Sequence[Passage]) -> Iterator[int]:
    """Yield the numbers of the passages of an operand's page, that which has the row first."""
    chunks = [(number, passage.chunk) for number, passage in enumerate(passages, start=1)]
    own = [(n, c) for n, c in chunks if (c.document_id, c.page) == (operand.document_id, operand.page)]
    yield from (n for n, c in own if c.start <= operand.quote_start and operand.quote_end <= c.end)
    yield from (n for n, _ in own)


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


def _is_of(figure: Figure, sentence: str, start: int, end: int, computed: Computed) -> bool:
    """Return True if a figure is a result, or an operand that no year of another operand stands beside."""
    if any(_is_same(figure, result) for text in computed.results for result in _figures(text, computed)):
        return True
    same = [each for each in computed.operands if _is_operand(figure, each, computed)]
    return bool(same) and not _has_another_period(sentence, start, end, same, computed)


def _figures(text: str, computed: Computed) -> list[Figure]:
    return [figure for _, _, figure in figures_in(text, _decimal(computed))]


def _is_operand(figure: Figure, operand: Operand, computed: Computed) -> bool:
    unit = read_unit(operand.unit)
    readings = [own for mark in ".," if (own := parse_figure(operand.text, mark))]
    if len({own.value for own in readings}) > 1:  # "12.345": what was computed with is said in the result
        texts = (computed.statement, computed.expression)
        said = {abs(each.value) for text in texts for each in _figures(text, computed)}
        readings = [own for own in readings if abs(own.value) in said]
    return any(
        _is_same(figure, Figure(own.value, own.places, own.unit or unit.name, own.scale or unit.scale))
        for own in readings
    )


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


def _has_another_period(sentence: str, start: int, end: int, same: Sequence[Operand], computed: Computed) -> bool:
    """Return True if the year nearest to a figure is that of another operand."""
    after = [match[0] for match in _YEAR.finditer(sentence, end, end + _BESIDE)]
    before = [match[0] for match in _YEAR.finditer(sentence, 0, start)]
    if not (after or before) or any(not operand.period for operand in same):
        return False
    nearest = after[0] if after else before[-1]
    own = {operand.period[-4:] for operand in same}
    return nearest not in own and nearest in {operand.period[-4:] for operand in computed.operands}
