"""Answer from given passages instead of retrieved ones: a real library stores them, a retriever returns them all.

Each passage is a document named by its title, of one page and one chunk, so that citations point into it as usual.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

import numpy as np

from evaluation.cases import Case, GivenPassage
from rag.assistant import KeepOrder
from rag.interfaces import Library, Reranker, Retriever
from rag.services import Services
from rag.types import Chunk, Content, NewChunk, NewDocument, Page, Passage

_SCORE = 1.0
"""Score of every given passage: nothing was searched, so none is better than another."""


class GivenRetriever:
    """A `Retriever` that ignores the query and returns all chunks of the selected documents, oldest first."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:  # noqa: ARG002
        """Return the first `limit` chunks."""
        chunks = self._library.chunks(self._library.chunk_ids(within)[:limit])
        return [Passage(chunk, _SCORE) for chunk in chunks]

    def with_words(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return the first `limit` chunks."""
        return self.retrieve(text, limit, within)

    def languages(self, within: AbstractSet[int] | None = None) -> Mapping[str, int]:  # noqa: ARG002
        """Return nothing: no question needs translating."""
        return {}


class GivenServices(Services):
    """Services that answer from given passages, neither searched nor reordered."""

    @cached_property
    def retriever(self) -> Retriever:
        """The retriever that ignores the query."""
        return GivenRetriever(self.library)

    @cached_property
    def reranker(self) -> Reranker:
        """No reranking, whatever the settings say."""
        return KeepOrder()


def as_passages(case: Case) -> list[Passage]:
    """Return the passages of a case as if they had been retrieved, for use without a library."""
    return [
        Passage(
            Chunk(
                id=0,
                document_id=0,
                document=p.title,
                page=1,
                page_label="",
                start=0,
                end=len(p.text),
                text=p.text,
                heading=p.heading,
            ),
            _SCORE,
        )
        for p in case.passages
    ]


def store_passages(cases: Iterable[Case], library: Library) -> Mapping[str, frozenset[int]]:
    """Store the passages of the cases in an empty library, and return their document ids by case id."""
    owners: list[str] = []
    contents: list[Content] = []
    for case in cases:
        for position, passage in enumerate(case.passages):
            owners.append(case.id)
            contents.append(_content(passage, f"{case.id}/{position}"))
    documents = library.replace_all([(content, np.ones((1, 1), dtype=np.float32)) for content in contents])
    owned: dict[str, set[int]] = {}
    for owner, document in zip(owners, documents, strict=True):
        owned.setdefault(owner, set()).add(document.id)
    return {owner: frozenset(ids) for owner, ids in owned.items()}


def _content(passage: GivenPassage, source: str) -> Content:
    size = len(passage.text)
    return Content(
        NewDocument(name=passage.title, source=source, sha256="", recipe="given", size=size),
        (Page(number=1, label="", text=passage.text),),
        (NewChunk(1, 0, size, passage.text, passage.heading),),
    )
