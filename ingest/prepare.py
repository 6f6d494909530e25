"""Prepare a file for the library: check it, read it in a process of its own, and cut it into chunks.

A small document becomes one `PreparedDocument`; a large one `DocumentPart`s and a `DocumentEnd`, so that it is never
held whole. Embedding comes later.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from threading import Lock
from typing import Literal

from ingest.chunker import VERSION as CHUNKING
from ingest.chunker import Headings, StructureChunker
from ingest.document_warnings import DocumentWarnings
from ingest.facts.rules import FIRST_PAGES, document_facts
from ingest.facts.rules import VERSION as FACTS
from ingest.sandbox.received_page import received_pages
from ingest.sandbox.worker import Worker, Workers
from ingest.sources.files import File, Fingerprint, IdentifiedFile, explain, fingerprint
from rag.errors import DocumentError, LockedError
from rag.interfaces import Embedder, Library
from rag.runtime.file_hash import sha256_of
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.text.document_names import search_title
from rag.types import Content, Document, NewChunk, NewDocument, Page

Status = Literal["added", "unchanged", "replaced", "failed", "removed"]

_PART_CHUNKS, _PART_CHARACTERS = 256, 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileResult:
    """Outcome of one file. `reason` says why it failed, `note` what the user should know although it did not.

    A failed file that its password would open is `locked`; one whose cause is elsewhere `may_pass`. `invisible`
    characters were removed, which the note mentions too.
    """

    name: str
    source: str
    status: Status
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0
    reason: str = ""
    note: str = ""
    document_id: int | None = None
    invisible: int = 0
    locked: bool = False
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document ready to be embedded and stored. `seconds` is the time spent on it so far."""

    content: Content
    replaces: bool
    seconds: float
    invisible: int = 0


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """The next pages of a document too large to be prepared at once."""

    document: NewDocument
    pages: tuple[Page, ...]
    chunks: tuple[NewChunk, ...]


@dataclass(frozen=True, slots=True)
class DocumentEnd:
    """The end of a document that came in parts."""

    document: NewDocument
    replaces: bool
    seconds: float
    invisible: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A document that cannot be ingested. Parts of it that came before are to be discarded."""

    document: NewDocument
    reason: str
    seconds: float
    locked: bool = False
    may_pass: bool = False


IngestStep = PreparedDocument | DocumentPart | DocumentEnd | Rejected | FileResult


class Preparer:
    """Prepare files for one library.

    `embedder` is called when the first file is cut into chunks: a run over unchanged files loads no model. It embeds
    `slice_chunks` between two looks at the cancellation event.
    """

    def __init__(
        self,
        library: Library,
        embedder: Callable[[], Embedder],
        *,
        chunk_tokens: int,
        max_file_bytes: int,
        collection: str | None = None,
        slice_chunks: int = 128,
        workers: Workers | None = None,
    ) -> None:
        self.slice_chunks = slice_chunks
        self.library = library
        self._load_embedder = embedder
        self._embedder: Embedder | None = None
        self._loading = Lock()
        self._chunk_tokens = chunk_tokens
        self.max_file_bytes = max_file_bytes
        self._collection = collection
        self.workers = workers or Workers()

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded by the first thread that needs it."""
        with self._loading:
            self._embedder = self._embedder or self._load_embedder()
            return self._embedder

    @cached_property
    def chunker(self) -> StructureChunker:
        """The chunker, whose chunks fit the embedder's window."""
        return StructureChunker(self.embedder, chunk_tokens=self._chunk_tokens, window=self.embedder.max_tokens)

    def close(self) -> None:
        """End the reading processes."""
        self.workers.close()

    def prepare(
        self, file: File, cancelled: Sequence[CancelEvent] = (), progress: Progress = no_progress
    ) -> Iterator[IngestStep]:
        """Yield the file's content in one or more steps, or its result if there is nothing to store.

        Setting any of the `cancelled` events stops the reading.
        """
        try:
            identified = self.identify(file, cancelled)
            if isinstance(identified, IdentifiedFile):
                yield from self.read(identified, cancelled, progress)
            else:
                yield identified
        finally:
            if file.temporary:
                file.path.unlink(missing_ok=True)

    def identify(self, file: File, cancelled: Sequence[CancelEvent] = ()) -> IdentifiedFile | FileResult | Rejected:
        """Return the file ready to be read, or its result if it cannot be or its content is stored already."""
        started = time.perf_counter()
        document = self._new_document(file)
        try:
            found = self._fingerprint(file)
            document = replace(document, size=found.size)
            document = self._identify(file, document, found, cancelled)
            if unchanged := self._already_stored(document):
                return replace(unchanged, seconds=time.perf_counter() - started)
            replaces = self.library.find(file.source, file.owner) is not None
            outdated = self.library.find_outdated(document) or file
            edited = self.library.edited_facts(outdated.source, file.owner)
        except (DocumentError, OSError) as error:
            return _rejected(document, error, time.perf_counter() - started)
        name = file.name if outdated.source == file.source else outdated.name
        seconds = time.perf_counter() - started
        return IdentifiedFile(
            file=file, found=found, document=document, replaces=replaces, name=name, edited=edited, seconds=seconds
        )

    def read(
        self, identified: IdentifiedFile, cancelled: Sequence[CancelEvent] = (), progress: Progress = no_progress
    ) -> Iterator[IngestStep]:
        """Yield the content of an identified file; the library is not asked, and may be another machine's."""
        started = time.perf_counter()
        try:
            with self.workers.borrow() as worker:
                yield from self._read(identified, worker, cancelled, progress)
        except (DocumentError, OSError) as error:
            yield _rejected(identified.document, error, identified.seconds + time.perf_counter() - started)

    def plan(self, file: File) -> FileResult:
        """Return what would become of a file, which is checked and hashed, but neither read nor stored."""
        document = self._new_document(file)
        try:
            document = self._identify(file, document, self._fingerprint(file))
        except (DocumentError, OSError) as error:
            return _result(document, "failed", reason=explain(error) if isinstance(error, OSError) else str(error))
        stored = self.library.find(file.source, file.owner)
        same = self.library.find_same(document)
        status: Status = "replaced" if stored else "added"
        if same and stored and same.id == stored.id:
            return _result(document, "unchanged", same)
        return _result(document, status, note=f"has the same content as {same.name}: stored once" if same else "")

    def _new_document(self, file: File) -> NewDocument:
        new = NewDocument(name=file.name, source=file.source, sha256="", recipe="", size=0, owner=file.owner)
        return replace(new, collection=self._collection if file.collection is None else file.collection)

    def _fingerprint(self, file: File) -> Fingerprint:
        if file.rejection:
            raise DocumentError(file.rejection)
        return fingerprint(file.path, self.max_file_bytes)

    def _identify(
        self, file: File, document: NewDocument, found: Fingerprint, cancelled: Sequence[CancelEvent] = ()
    ) -> NewDocument:
        """Return the document with its hash and its recipe, the versions of reader, cleaning, facts and chunking."""
        document = replace(document, sha256=sha256_of(file.path), size=found.size)
        with self.workers.borrow() as worker:
            reader = worker.call("recipe", **file.reading, cancelled=cancelled)
        return replace(document, recipe=self._recipe(reader))

    def recipes(self) -> frozenset[str]:
        """Return the recipes of documents as they would be read now; one with another recipe is out of date."""
        with self.workers.borrow() as worker:
            return frozenset(map(self._recipe, worker.call("recipes")))

    def _recipe(self, reader: str) -> str:
        return f"{reader} facts-{FACTS} chunks-{CHUNKING}/{self._chunk_tokens}"

    def _already_stored(self, document: NewDocument) -> FileResult | None:
        """Return the result of a file whose content is already stored, under this or another name."""
        same = self.library.find_same(document)
        if same is None:
            return None
        entry = self.library.entry(document.source, document.owner)
        own = entry is not None and entry.document_id == same.id
        note = self._move_to_collection(same, document.collection)
        is_linked = own and entry is not None and entry.state == "ready"
        if not is_linked and not self.library.link(replace(document, note=note), same.id):
            return None  # it has just been removed
        if own:
            return _result(document, "unchanged", same, note=note)
        note = "; ".join(part for part in (f"has the same content as {same.name}: stored once", note) if part)
        return _result(document, "replaced" if entry and entry.document_id is not None else "added", same, note=note)

    def _move_to_collection(self, stored: Document, collection: str | None) -> str:
        if collection is None or collection == stored.collection:
            return ""
        self.library.move(stored.id, collection)
        return f"now in collection '{collection}'" if collection else "now in no collection"

    def _read(
        self, reading: IdentifiedFile, worker: Worker, cancelled: Sequence[CancelEvent], progress: Progress
    ) -> Iterator[IngestStep]:
        file, document, started = reading.file, reading.document, time.perf_counter() - reading.seconds
        headings, warnings = Headings(), DocumentWarnings()
        items = worker.stream("read", **file.reading, password=file.password, cancelled=cancelled)
        received = received_pages(items, warnings)
        first = list(islice(received, FIRST_PAGES))
        facts = document_facts(reading.name, first[0].metadata if first else {}, first)
        title = search_title(reading.name, replace(facts, **reading.edited))
        document = replace(document, facts=replace(facts, address=file.address), title=title)
        pages: list[Page] = []
        chunks: list[NewChunk] = []
        parts = characters = 0
        for page in chain(first, received):
            pages.append(page)
            chunks.extend(self.chunker.chunk_page(page, title, headings))
            characters += len(page.text)
            progress("reading", page.number, page.total)
            if len(chunks) >= _PART_CHUNKS or characters >= _PART_CHARACTERS:
                yield DocumentPart(document, tuple(pages), tuple(chunks))
                pages, chunks, parts, characters = [], [], parts + 1, 0
        if fingerprint(file.path, self.max_file_bytes) != reading.found:
            raise DocumentError("the file changed while it was being read; try again when it is complete")
        warnings.require_text()
        document = replace(document, note=warnings.summary())
        if parts == 0:
            content, seconds = Content(document, tuple(pages), tuple(chunks)), time.perf_counter() - started
            yield PreparedDocument(content, reading.replaces, seconds, warnings.invisible)
            return
        if pages:
            yield DocumentPart(document, tuple(pages), tuple(chunks))
        yield DocumentEnd(document, reading.replaces, time.perf_counter() - started, warnings.invisible)


def _rejected(document: NewDocument, error: DocumentError | OSError, seconds: float) -> Rejected:
    if isinstance(error, OSError):
        return Rejected(document, explain(error), seconds, may_pass=True)
    return Rejected(document, str(error), seconds, isinstance(error, LockedError), error.may_pass)


def _result(
    document: NewDocument, status: Status, stored: Document | None = None, *, note: str = "", reason: str = ""
) -> FileResult:
    result = FileResult(name=document.name, source=document.source, status=status, note=note, reason=reason)
    return replace(result, pages=stored.pages, chunks=stored.chunks, document_id=stored.id) if stored else result
