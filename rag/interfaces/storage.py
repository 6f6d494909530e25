"""Protocols of what is stored and searched: the library and its staging, the retriever."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from rag.interfaces.inference import Vectors
from rag.types import (
    Chunk,
    Content,
    Document,
    DocumentFacts,
    LedgerEntry,
    NewChunk,
    NewDocument,
    Overview,
    Page,
    PageRecord,
    Passage,
    Structure,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Chunks added and removed since some generation, up to `generation`."""

    generation: int
    added: tuple[int, ...]
    removed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class IndexRecord:
    """A library's knowledge of an index that derives from it: which build it is, and what it may have reached.

    A library restored from a backup knows an earlier state than the index has, although its generation may be higher.
    """

    build: str
    generation: int


class Staging(Protocol):
    """A document being stored in parts. `commit` or `discard` ends it."""

    def add(self, pages: Sequence[Page], chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Stage the next pages with their chunks and the vectors of these."""

    def commit(self, document: NewDocument) -> Document:
        """Store the whole document, in place of an earlier version."""

    def discard(self) -> None:
        """Delete what was staged."""


class Library(Protocol):
    """Store documents, pages, chunks and vectors: the single source of truth, from which every index derives."""

    @property
    def generation(self) -> int:
        """A number that grows with every committed change."""

    def require_sound(self, seconds: float) -> None:
        """Raise a `LibraryError` if what is stored is damaged, as far as that is found in so many seconds."""

    @property
    def change_mark(self) -> tuple[int, int]:
        """A mark that differs after any change; compare it within one process only."""

    @property
    def identity(self) -> str:
        """A permanent id, by which an index knows the library it derives from."""

    @property
    def dimension(self) -> int | None:
        """Length of its vectors; None while it has none."""

    @property
    def last_removal(self) -> int:
        """The generation of the last removal of text; 0 if there was none."""

    def findings(self) -> Iterator[str]:
        """Yield inconsistencies, in words; none if all is well."""

    def documents(self, owner: str | None = None) -> list[Document]:
        """Return the documents of an owner, sorted by name; of None: everybody's."""

    def names(self) -> dict[int, str]:
        """Return the documents' names by id."""

    def facts(self) -> dict[int, DocumentFacts]:
        """Return what each document is, by its id; without those of which nothing is known."""

    def edited_facts(self, source: str, owner: str = "") -> dict[str, str]:
        """Return the facts that a person entered for the document of a source."""

    def edit_facts(self, document_id: int, changes: Mapping[str, str | None]) -> bool:
        """Enter a person's facts, kept when it is read again; None restores what was found. False if it is gone."""

    def find(self, source: str, owner: str = "") -> Document | None:
        """Return the document stored for this source, if there is one."""

    def find_same(self, document: NewDocument) -> Document | None:
        """Return the owner's document of the same content and recipe, whatever its source."""

    def find_outdated(self, document: NewDocument) -> Document | None:
        """Return the owner's document of the same content, read in an earlier way, that storing this would renew."""

    def replace_all(self, contents: Sequence[tuple[Content, Vectors]]) -> list[Document]:
        """Store whole documents in one transaction, all or none, each in place of one with the same source and owner.

        If the owner already has the same content, it is stored once, and the document found by both sources. One that
        was read in an earlier way is renewed, and keeps its id, its name and what people made of it.
        """

    def stage(self) -> Staging:
        """Begin a document that comes in parts; it is not visible before it is whole."""

    def document(self, document_id: int) -> Document | None:
        """Return the document of this id."""

    def link(self, document: NewDocument, document_id: int) -> bool:
        """Add a source to a stored document of the same content; False if there is no such document."""

    def remove_all(self, document_ids: Collection[int]) -> list[int]:
        """Remove documents with all that belongs to them, all or none; return the ids of those that there were."""

    def forget(self, source: str, owner: str = "") -> bool:
        """Delete a source, and its document unless that has another source; False if the source is unknown."""

    def begin(self, document: NewDocument) -> None:
        """Mark a source in the ledger as being read, so that a killed run shows."""

    def fail(self, document: NewDocument, reason: str) -> None:
        """Mark a source in the ledger as failed. A document stored for it stays."""

    def entry(self, source: str, owner: str = "") -> LedgerEntry | None:
        """Return the ledger entry of a source, if there is one."""

    def ledger(self, owner: str | None = None) -> list[LedgerEntry]:
        """Return the ledger entries of an owner's sources, sorted by name; of None: everybody's."""

    def page_records(self, document_id: int) -> list[PageRecord]:
        """Return the ledger entries of a document's pages, in order."""

    def move(self, document_id: int, collection: str) -> None:
        """Move a document to another collection."""

    def overviews(self, document_id: int) -> list[Overview]:
        """Return the kept overviews of a document, one a language, the latest first."""

    def keep_overview(self, overview: Overview, chunk_ids: Collection[int]) -> bool:
        """Keep an overview until its document changes; False if a chunk that it was made from no longer exists."""

    def page(self, document_id: int, number: int) -> Page | None:
        """Return one page as stored."""

    def structures(self, document_id: int) -> list[tuple[int, str, Structure]]:
        """Return number, label and structure of the pages that have headings, tables or figures, in order."""

    def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """Return the chunks of these ids, in this order, without those that no longer exist."""

    def chunk_ids(self, document_ids: AbstractSet[int] | None = None) -> list[int]:
        """Return the ids of all chunks, or of those of some documents, ascending."""

    def chunk_count(self) -> int:
        """Return the number of chunks."""

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """Return the ids of those chunks that still exist, in this order, and their vectors."""

    def changes(self, since: int) -> Changes:
        """Return the chunks added and removed after generation `since` (0: everything)."""

    def index_record(self, name: str) -> IndexRecord | None:
        """Return what it knows of an index; None if it never heard of one."""

    def record_index(self, name: str, record: IndexRecord) -> None:
        """Keep what an index is about to reach, which is no change of the library's generation."""


class Retriever(Protocol):
    """Retrieve the passages relevant to a query."""

    def retrieve(self, query: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return at most `limit` passages, best first; `within` restricts the search to these document ids."""

    def with_words(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[Passage]:
        """Return at most `limit` passages that have words of a text, best first; no model is asked."""

    def languages(self, within: AbstractSet[int] | None = None) -> Mapping[str, int]:
        """Return the number of chunks in each language, the most frequent first; "" is none that is known."""
