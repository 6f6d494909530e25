"""Compare a question with the headings of its candidates: of the page if it is printed, else of the section.

A table of figures shares few words with the question that it answers, but "Consolidated Statements of Cash Flows" above
it does. Headings are few and short, so their vectors are computed when they are first met, and kept in memory.
"""

from collections.abc import Iterable
from threading import Lock

from rag.interfaces import Embedder, Vectors
from rag.types import Chunk

COMPARED = 40
"""The best so many passages are compared by their headings too."""

_WEIGHT = 0.25
_UNRELATED = 0.15
"""Cosine of a question and a heading up to which the heading says nothing."""

_MAX_KEPT = 20_000


def heading_of(chunk: Chunk) -> str:
    """Return the first lines of a chunk's printed page, which mostly say what the page is, else the headings above it.

    In annual reports the headings found above a table are less often what a question calls it.
    """
    return chunk.page_head if chunk.is_paged else chunk.heading


class HeadingVectors:
    """The vectors of headings met so far, for one embedder. Safe to use from several threads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Vectors] = {}
        self._lock = Lock()

    def bonuses(self, query: Vectors, headings: Iterable[str]) -> dict[str, float]:
        """Return what each heading adds to the score of a passage below it; no heading adds nothing."""
        floor = self._embedder.unrelated_cosine
        bonuses = {"": 0.0}
        for heading, vector in self._embedded({heading for heading in headings if heading}).items():
            cosine = (float(vector @ query) - floor) / (1.0 - floor)
            bonuses[heading] = _WEIGHT * max(0.0, cosine - _UNRELATED)
        return bonuses

    def _embedded(self, headings: set[str]) -> dict[str, Vectors]:
        with self._lock:
            known = {heading: self._vectors[heading] for heading in headings if heading in self._vectors}
        if unknown := sorted(headings - known.keys()):
            new = dict(zip(unknown, self._embedder.embed_queries(unknown), strict=True))
            with self._lock:
                self._vectors.update(new)
                for oldest in list(self._vectors)[: max(0, len(self._vectors) - _MAX_KEPT)]:
                    del self._vectors[oldest]
            known.update(new)
        return known
