"""Calculations as evidence: a result counts where its numbers stand in the passages or the question."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.answering.arithmetic import Calculation
from rag.text.characters import decimal_mark_of
from rag.text.figures import figures_in
from rag.text.language import detect_language
from rag.text.sentences import sentence_spans
from rag.types import Chunk, Computed, Operand, Passage

_CONSTANTS = frozenset(map(Decimal, (*range(13), 100, 1000, 1_000_000)))
"""Numbers of formulas: percent, averages, months, scales."""


def computed_from(
    calculations: Sequence[Calculation], question: str, passages: Sequence[Passage], language: str
) -> Computed | None:
    """Return the calculations with the places of their numbers as one result; None if none is backed so."""
    backed: list[Calculation] = []
    operands: list[Operand] = []
    for calculation in calculations:
        if not unbacked(calculation, question, passages, backed):
            backed.append(calculation)
            operands += filter(None, (_operand(number, passages) for number in calculation.numbers))
    if not operands:
        return None
    statement = "; ".join(calculation.statement for calculation in backed)
    return Computed(
        kind="formula",
        statement=statement,
        expression=statement,
        results=tuple(calculation.result for calculation in backed),
        operands=tuple(dict.fromkeys(operands)),
        confidence=1.0,
        language=language or "en",
    )


def unbacked(
    calculation: Calculation, question: str, passages: Sequence[Passage], earlier: Sequence[Calculation] = ()
) -> list[Decimal]:
    """Return the numbers of a calculation that neither passages nor question nor earlier results have."""
    known = {abs(figure.value) for _, _, figure in figures_in(question, _mark(question))} | _CONSTANTS
    known |= {abs(Decimal(each.result.replace("−", "-"))) for each in earlier}
    return [number for number in calculation.numbers if abs(number) not in known and not _operand(number, passages)]


def _operand(number: Decimal, passages: Sequence[Passage]) -> Operand | None:
    """Return the first place in the passages where a number stands."""
    return next((found for passage in passages for found in _operands(number, passage.chunk)), None)


def _operands(number: Decimal, chunk: Chunk) -> Iterator[Operand]:
    for start, end, figure in figures_in(chunk.text, _mark(chunk.text)):
        if abs(number) not in (abs(figure.value), abs(figure.amount)):
            continue
        first, last = _around(chunk.text, start, end)
        yield Operand(
            document_id=chunk.document_id,
            document=chunk.document,
            page=chunk.page,
            start=chunk.start + start,
            end=chunk.start + end,
            text=chunk.text[start:end],
            quote_start=chunk.start + first,
            quote_end=chunk.start + last,
            quote=chunk.text[first:last],
            row=chunk.text[first:last],
        )


def _mark(text: str) -> str:
    """Return the mark of decimals in the language of a text."""
    return decimal_mark_of(detect_language(text)) or "."


def _around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the sentence, or row of a table, that a figure stands in."""
    spans = (span for span in sentence_spans(text, 0, len(text)) if span.start <= start and end <= span.end)
    span = next(spans, None)
    first, last = (span.start, span.end) if span else (0, len(text))
    line = text.rfind("\n", first, start) + 1
    after = text.find("\n", end, last)
    return max(first, line), after if after >= 0 else last
