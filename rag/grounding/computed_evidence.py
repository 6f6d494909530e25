"""Cite the cells behind a computed result where a sentence says that result (pure)."""

from collections.abc import Iterator, Sequence

from rag.text.locations import place_of
from rag.text.numbers.support import is_supported
from rag.types import Citation, Computed, Operand, Passage


def cite_computed(claim: str, computed: Computed, passages: Sequence[Passage]) -> tuple[Citation, ...]:
    """Return the rows that a sentence's figures were computed from, () if it does not say the computed result.

    A citation points at a passage of the prompt, so there are none if an operand's page is in no passage. Of results of
    several documents, a sentence cites those that it names.
    """
    if not is_supported(claim, computed):
        return ()
    named = [operand for operand in computed.operands if operand.document in claim]
    cited = [_citation(operand, passages) for operand in named or computed.operands]
    found = tuple(dict.fromkeys(citation for citation in cited if citation))
    return found if all(cited) else ()


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
