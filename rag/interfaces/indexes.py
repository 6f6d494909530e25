"""Protocols of search: both indexes, and the retriever over them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from rag.interfaces.inference import Vectors
from rag.types import Passage


class VectorIndex(Protocol):
    """Nearest neighbours by dot product."""

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under ids; an existing id is replaced."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""

    def search(self, vector: Vectors, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Return the best (id, similarity) pairs, best first. `within` restricts the search itself to these ids."""

    def ids(self) -> set[int]:
        """Return all its ids."""


class KeywordIndex(Protocol):
    """Keyword search by BM25."""

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Add texts under ids; an existing id is replaced."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""

    def search(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Return the best (id, BM25) pairs, best first. Any text is a valid query: it has no syntax."""

    def ids(self) -> set[int]:
        """Return all its ids."""


class Retriever(Protocol):
    """Retrieve the passages relevant to a query."""

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return at most `limit` passages, best first; `within` restricts the search to these document ids."""
