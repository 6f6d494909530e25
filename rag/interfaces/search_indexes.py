"""Protocols of the two indexes of a library, wherever they are."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from rag.interfaces.inference import Vectors
from rag.runtime.progress import Progress


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


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    """The words of a query, each with the factor on its usual weight; `attainable` is the most a text can score.

    `parts` are those of its longer words, for languages that need them.
    """

    words: Mapping[str, float]
    attainable: float
    parts: Sequence[str] = ()


class KeywordIndex(Protocol):
    """Keyword search by BM25."""

    def add(self, ids: Sequence[int], texts: Sequence[str], languages: Sequence[str] = ()) -> None:
        """Add texts under ids; an existing id is replaced. `languages` are ISO 639-1 codes, "" for an unknown one."""

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""

    def prepare(self, text: str, among: AbstractSet[int] | None = None) -> KeywordQuery:
        """Return the words of a query. With `among`, a word weighs by how rare it is among these ids."""

    def search(
        self, query: str | KeywordQuery, limit: int, within: AbstractSet[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the best (id, BM25) pairs, best first. Any text is a valid query: it has no syntax."""

    def languages(self, within: AbstractSet[int] | None = None) -> Mapping[str, int]:
        """Return the number of texts in each language, the most frequent first; "" is none that is known."""

    def ids(self) -> set[int]:
        """Return all its ids."""


class Indexes(Protocol):
    """The two indexes of a library, brought up to date on request."""

    @property
    def dense(self) -> VectorIndex:
        """Nearest neighbours."""

    @property
    def keyword(self) -> KeywordIndex:
        """BM25."""

    def refresh(self) -> None:
        """Apply what has been committed to the library since."""

    def purge(self, progress: Progress = ...) -> None:
        """Delete removed documents and replaced versions from the files on disk.

        Searches continue meanwhile. `progress` receives the number of chunks done, and the total.
        """

    def rebuild(self) -> None:
        """Rebuild both from the library."""

    def findings(self) -> Iterator[str]:
        """Yield differences from the library, in words; none if all is well."""
