"""What is kept: the library of documents, and conversations."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from rag.interfaces.inference import Vectors
from rag.types import (
    Chunk,
    Content,
    Conversation,
    Document,
    Exchange,
    LedgerEntry,
    NewChunk,
    NewDocument,
    Page,
    PageRecord,
    Thumb,
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened to the chunks since some generation, up to `generation`."""

    generation: int
    added: tuple[int, ...]
    removed: tuple[int, ...]


class Staging(Protocol):
    """A document being gathered in parts. `commit` or `discard` ends it."""

    def add(self, pages: Sequence[Page], chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        """Keep the next pages aside, with their chunks and these' vectors."""

    def commit(self, document: NewDocument) -> Document:
        """Put the document into the library, whole, in place of an earlier version."""

    def discard(self) -> None:
        """Forget what was kept aside."""


class Library(Protocol):
    """Keeps documents, pages, chunks and vectors. The only source of truth; every index derives from it."""

    @property
    def generation(self) -> int:
        """Grows with every committed change."""

    @property
    def identity(self) -> str:
        """Names this library for good: an index derived from another one must not be taken for this one's."""

    @property
    def dimension(self) -> int | None:
        """Length of its vectors; None while it has none."""

    @property
    def last_removal(self) -> int:
        """The generation in which text was last deleted; 0 if none ever was."""

    def findings(self) -> Iterator[str]:
        """What is wrong in the library, in words; nothing if all is well."""

    def documents(self, owner: str | None = None) -> list[Document]:
        """The documents of an owner, by name; None: everybody's."""

    def names(self) -> dict[int, str]:
        """Name of each document by its id."""

    def find(self, source: str, owner: str = "") -> Document | None:
        """The document that answers for this source, if one is stored."""

    def find_same(self, document: NewDocument) -> Document | None:
        """The owner's document of the same content, read and cut the same way, whatever its source."""

    def replace(self, content: Content, vectors: Vectors) -> Document:
        """Store a document whole, in place of the one with the same source and owner if there is one.

        If the owner has the same content already, it is stored once, and the document found under both sources.
        """

    def replace_all(self, contents: Sequence[tuple[Content, Vectors]]) -> list[Document]:
        """The same for several documents in one transaction: all of them, or none."""

    def stage(self) -> Staging:
        """Begin a document that comes in parts; it is not seen before it is whole."""

    def document(self, document_id: int) -> Document | None:
        """The document of this id."""

    def link(self, document: NewDocument, document_id: int) -> bool:
        """Let a stored document of the same content answer for another source too; False if it is gone."""

    def remove(self, document_id: int) -> bool:
        """Remove a document with all that belongs to it; False if there was none."""

    def forget(self, source: str, owner: str = "") -> bool:
        """Forget a source, and remove its document unless another source has the same; False if it is not known."""

    def begin(self, document: NewDocument) -> None:
        """Note in the ledger that a source is being read: a run that stops here is seen."""

    def fail(self, document: NewDocument, reason: str) -> None:
        """Note in the ledger that a source was not taken in. What is stored of it goes on answering."""

    def entry(self, source: str, owner: str = "") -> LedgerEntry | None:
        """What became of one source; None if it was never named."""

    def ledger(self, owner: str | None = None) -> list[LedgerEntry]:
        """What became of every source that an owner named, by name; None: everybody's."""

    def page_records(self, document_id: int) -> list[PageRecord]:
        """The ledger of one document's pages, in order."""

    def move(self, document_id: int, collection: str) -> None:
        """Put a document into another collection."""

    def page(self, document_id: int, number: int) -> Page | None:
        """One page as stored."""

    def chunks(self, ids: Sequence[int]) -> list[Chunk]:
        """The chunks of these ids, in this order; ids that are gone are left out."""

    def chunk_ids(self, document_ids: AbstractSet[int] | None = None) -> list[int]:
        """Ids of all chunks, or of those of some documents, ascending."""

    def chunk_count(self) -> int:
        """Number of all chunks."""

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """Vectors of existing chunks, in this order."""

    def known_vectors(self, ids: Sequence[int]) -> tuple[list[int], Vectors]:
        """The ids that are still there, in this order, and their vectors."""

    def changes(self, since: int) -> Changes:
        """Chunks added and removed after generation `since` (0: everything)."""


class Conversations(Protocol):
    """Keeps conversations, each its owner's. An owner of None, the person at the shell, may have everybody's."""

    def create(self, owner: str, name: str = "", settings: Mapping[str, Any] | None = None) -> Conversation:
        """A new, empty conversation. Without a name it takes that of its first question."""

    def find(self, id_: str, owner: str | None) -> Conversation | None:
        """The conversation, if it is there and this owner's."""

    def conversations(self, owner: str | None, text: str = "") -> list[Conversation]:
        """An owner's, the latest first; with a `text`, those that have it in name, question or answer, in any case."""

    def rename(self, id_: str, owner: str | None, name: str) -> bool:
        """Give it another name; False if there is no such conversation."""

    def configure(self, id_: str, owner: str | None, settings: Mapping[str, Any]) -> bool:
        """Replace its settings; False if there is no such conversation."""

    def excluded(self, id_: str, owner: str | None) -> frozenset[int]:
        """Ids of the documents that are not asked in it; of what is not this owner's, none."""

    def exclude(self, id_: str, owner: str | None, document_ids: AbstractSet[int]) -> bool:
        """Replace the documents that are not asked in it; False if there is no such conversation.

        A document that is removed drops out.
        """

    def delete(self, id_: str, owner: str | None) -> bool:
        """Delete it with all that belongs to it; False if there is no such conversation."""

    def exchanges(self, id_: str, owner: str | None) -> list[Exchange]:
        """Its questions with their answers, the oldest first; none of what is not this owner's."""

    def add(self, id_: str, owner: str | None, record: Mapping[str, Any], after: int | None = None) -> Exchange:
        """Add a question with its answer at the end; or after the exchange of this number, in place of the later ones.

        Raises:
            LibraryError: the conversation is not there any more.
        """

    def forget_unanswered(self, before: datetime) -> None:
        """Delete everybody's conversations that were begun before that and have no answer: a program was killed."""

    def rewrite(
        self,
        owner: str,
        holding: Collection[str],
        change: Callable[[Sequence[Mapping[str, Any]]], Sequence[Mapping[str, Any]]],
    ) -> int:
        """Change the records of this owner's conversations in which one of these strings is a value; how many changed.

        `change` is given the records of a whole conversation, the oldest first. All are changed or none, and nothing is
        left of what they were.
        """

    def rate(self, id_: str, owner: str | None, number: int, thumb: Thumb, remark: str = "") -> bool:
        """Keep what somebody thinks of an answer; False if there is no such answer."""
