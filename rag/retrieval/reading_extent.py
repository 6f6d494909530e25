"""Say how much of a text was read for a summary of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.interfaces import Library
from rag.retrieval.sections import named_section
from rag.types import Chunk, Passage, Plan

_STRIDES = 2
"""Reading goes from beginning to end if it leaves out no more than two mean distances at either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much was read: `read` of the `total` chunks of these `documents`, or of the one `section` of them.

    `is_throughout` says that what was read goes from beginning to end.
    """

    read: int
    total: int
    documents: tuple[str, ...]
    section: str = ""
    is_throughout: bool = True


def extent_read(plan: Plan, found: Sequence[Passage], read: Sequence[Passage], library: Library) -> Extent | None:
    """Return how much was read of the documents that were found for a summary; None if it is none."""
    if plan.kind != "summary":
        return None
    documents = dict.fromkeys(passage.chunk.document_id for passage in found)
    return extent_of([library.chunks(library.chunk_ids({document})) for document in documents], plan, read)


def extent_of(documents: Sequence[Sequence[Chunk]], plan: Plan, passages: Sequence[Passage]) -> Extent | None:
    """Return how much of these documents the passages are, by the section that the plan names; None if nothing.

    Each document is all its chunks, in reading order.
    """
    documents = [chunks for chunks in documents if chunks]
    sections = [named_section(plan.section, chunks) for chunks in documents] if plan.section else []
    texts = [section or whole for section, whole in zip(sections, documents, strict=True)] if sections else documents
    places = [_places(chunks, passages) for chunks in texts]
    if not any(places):
        return None
    return Extent(
        read=sum(map(len, places)),
        total=sum(map(len, texts)),
        documents=tuple(dict.fromkeys(chunks[0].document for chunks in texts)),
        section=plan.section if len(sections) == 1 and sections[0] else "",
        is_throughout=all(_is_throughout(read, len(chunks)) for read, chunks in zip(places, texts, strict=True)),
    )


def _places(chunks: Sequence[Chunk], passages: Sequence[Passage]) -> list[int]:
    """Return the places of the chunks that the passages have whole: neighbours have been joined."""
    return [place for place, chunk in enumerate(chunks) if any(each.chunk.spans(chunk) for each in passages)]


def _is_throughout(places: Sequence[int], total: int) -> bool:
    if not places:
        return False
    margin = _STRIDES * total / len(places)
    return places[0] <= margin and total - 1 - places[-1] <= margin
