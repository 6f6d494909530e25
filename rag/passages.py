"""What is shown of what was found (pure): a text once, and neighbours as one passage."""

from collections.abc import Sequence
from dataclasses import replace

from rag.types import Chunk, Dropped, Passage

_NEAR_DUPLICATE = 0.9
_SHINGLE_WORDS = 4


def distinct(passages: Sequence[Passage], limit: int) -> tuple[list[Passage], list[Dropped]]:
    """The best `limit` different texts, and the copies met on the way with the reason they are left out.

    Two texts are near-duplicates if nine in ten of their runs of four words are the same (Jaccard, as in Broder 1997,
    "On the resemblance and containment of documents").
    """
    kept: list[tuple[Passage, frozenset[str]]] = []
    dropped: list[Dropped] = []
    for passage in passages:
        if len(kept) == limit:
            break
        shingles = _shingles(passage.chunk.text)
        twin = next((other for other, theirs in kept if _resemblance(shingles, theirs) >= _NEAR_DUPLICATE), None)
        if twin is None:
            kept.append((passage, shingles))
        else:
            dropped.append(Dropped(passage, f"says the same as the passage from {twin.chunk.document}"))
    return [passage for passage, _ in kept], dropped


def join_neighbours(passages: Sequence[Passage]) -> list[Passage]:
    """Chunks that overlap on a page become one passage, at the rank of the better: their shared text is read once."""
    joined: list[Passage] = []
    for passage in passages:
        for index, other in enumerate(joined):
            if chunk := _union(other.chunk, passage.chunk):
                joined[index] = replace(other, chunk=chunk)
                break
        else:
            joined.append(passage)
    return joined if len(joined) == len(passages) else join_neighbours(joined)


def _union(one: Chunk, other: Chunk) -> Chunk | None:
    """Both chunks as one, if they overlap on one page; the union keeps the id of the first."""
    first, second = sorted((one, other), key=lambda chunk: chunk.start)
    if (first.document_id, first.page) != (second.document_id, second.page) or second.start >= first.end:
        return None
    text = first.text + second.text[max(0, first.end - second.start) :]
    return replace(one, start=first.start, end=max(first.end, second.end), text=text)


def _shingles(text: str) -> frozenset[str]:
    words = text.lower().split()
    return frozenset(" ".join(words[i : i + _SHINGLE_WORDS]) for i in range(max(1, len(words) - _SHINGLE_WORDS + 1)))


def _resemblance(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
