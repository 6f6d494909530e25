"""What finds passages: the indexes, and the search over both."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from rag.interfaces.inference import Vectors
from rag.types import Passage


class VectorIndex(Protocol):
    """Nearest neighbours by dot product."""

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under ids; an id that is already there is replaced."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; unknown ones are ignored."""

    def search(self, vector: Vectors, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Best (id, similarity) pairs, best first. `within` keeps the search itself to these ids."""

    def ids(self) -> set[int]:
        """All ids in it."""


class KeywordIndex(Protocol):
    """The same over words."""

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Add texts under ids; an id that is already there is replaced."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; unknown ones are ignored."""

    def search(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Best (id, BM25) pairs, best first. Any text is a valid query: it has no syntax."""

    def ids(self) -> set[int]:
        """All ids in it."""


class Retriever(Protocol):
    """Finds the passages that bear on a query."""

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """At most `limit` passages, best first; `within` keeps to these document ids."""
