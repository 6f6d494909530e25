"""Find the passages that have the rows of a computed result, so that the rows can be read where they are cited."""

from collections.abc import Sequence

from rag.interfaces import Library
from rag.types import Chunk, Passage
from rag.types.computed import Computed, Operand


def cell_passages(computed: Computed, found: Sequence[Passage], library: Library) -> list[Passage]:
    """Return the passages of the operands' pages: those with their rows first, also where the search missed them."""
    pages = {(operand.document_id, operand.page) for operand in computed.operands}
    on_pages = [passage for passage in found if (passage.chunk.document_id, passage.chunk.page) in pages]
    rows: dict[int, Passage] = {}
    for operand in computed.operands:
        if any(_has_row(passage.chunk, operand) for passage in (*rows.values(), *on_pages)):
            continue
        score = max((each.score for each in on_pages if each.chunk.document_id == operand.document_id), default=0.0)
        chunks = library.chunks(library.chunk_ids({operand.document_id}))
        rows.update((chunk.id, Passage(chunk, score)) for chunk in chunks if _has_row(chunk, operand))
    return [*rows.values(), *on_pages]


def _has_row(chunk: Chunk, operand: Operand) -> bool:
    is_on_page = (chunk.document_id, chunk.page) == (operand.document_id, operand.page)
    return is_on_page and chunk.start <= operand.quote_start and operand.quote_end <= chunk.end
