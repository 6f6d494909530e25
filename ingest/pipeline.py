"""Ingestion: read, chunk, embed, commit. One bad file does not stop the rest; a document is stored whole or not at all.

Reading goes on in processes of its own while earlier files are embedded. Small files are embedded and committed
together: a full batch is what makes a processor fast. What waits in between is bounded, so memory stays flat, also for
a document of thousands of pages: its parts are kept aside in the library until it is whole.
"""

import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ingest.archives import Archives
from ingest.discover import discover
from ingest.files import File
from ingest.prefetch import read_ahead
from ingest.prepare import (
    DocumentEnd,
    DocumentPart,
    FileResult,
    IngestStep,
    PreparedDocument,
    Preparer,
    Rejected,
)
from ingest.sandbox.worker import Cancelled, never
from rag.interfaces import Staging, Vectors
from rag.runtime.progress import Progress, no_progress
from rag.text.document_names import with_context
from rag.types import Document, NewChunk, NewDocument

_BATCH_CHUNKS = 512
_EMBED_SLICE = 128
_MOST_READERS = 4


class _CancelledError(Exception):
    """Nobody wants the result any more."""


class Ingestor:
    """Takes files into the library of its preparer."""

    def __init__(self, preparer: Preparer) -> None:
        self.preparer = preparer
        self._library = preparer.library

    def close(self) -> None:
        """End the processes that read; the next file starts others."""
        self.preparer.close()

    def ingest(
        self,
        paths: Sequence[str],
        progress: Progress = no_progress,
        *,
        password: str | None = None,
        archives: bool = False,
        cancelled: Cancelled = never,
    ) -> Iterator[FileResult]:
        """Every file that `paths` mean, in order, as they are done; with `archives`, what is in these."""
        files = (File.at(path, password=password) for path in discover(paths, archives))
        yield from self.ingest_files(files, progress, archives=archives, cancelled=cancelled)

    def ingest_file(
        self,
        path: Path,
        progress: Progress = no_progress,
        *,
        source: str | None = None,
        owner: str = "",
        password: str | None = None,
        cancelled: Cancelled = never,
    ) -> FileResult:
        """One file. `source` identifies it across runs; by default its absolute path.

        A cancelled one has failed, and leaves what was stored of it before as it was.
        """
        file = File.at(path, source, owner=owner, password=password)
        (result,) = self.ingest_files([file], progress, cancelled=cancelled)
        return result

    def ingest_files(
        self,
        files: Iterable[File],
        progress: Progress = no_progress,
        *,
        archives: bool = False,
        cancelled: Cancelled = never,
    ) -> Generator[FileResult]:
        """These files, one result each, in order, as they are done; with `archives`, what is in these."""

        def read(file: File, stopped: Cancelled) -> Iterator[IngestStep]:
            return self.preparer.prepare(file, lambda: stopped() or cancelled(), progress)

        readers = max(1, min(_MOST_READERS, (os.cpu_count() or 1) // 2))
        preparer = self.preparer
        unpacked = Archives(preparer.workers, preparer.max_file_bytes, self._forget_failure) if archives else None
        try:
            every = unpacked.expand(files, cancelled) if unpacked else files
            yield from self.store(read_ahead(read, every, readers), progress, cancelled)
        finally:
            if unpacked:
                unpacked.close()

    def _forget_failure(self, archive: File) -> None:
        """An archive is no source of its own once its members are; that it could not be read earlier is over."""
        if self._library.entry(archive.source, archive.owner):
            self._library.forget(archive.source, archive.owner)

    def store(
        self, steps: Iterable[IngestStep | None], progress: Progress = no_progress, cancelled: Cancelled = never
    ) -> Iterator[FileResult]:
        """Embed and commit what was prepared, in batches. None means that nothing more is ready at the moment."""
        with _Storing(self.preparer, progress, cancelled) as storing:
            for step in steps:
                if step is not None:
                    storing.take(step)
                if storing.chunks >= _BATCH_CHUNKS or step is None:
                    yield from storing.flush()
            yield from storing.flush()


class _Storing:
    """What waits to be embedded and committed, and the large document that is being gathered."""

    def __init__(self, preparer: Preparer, progress: Progress, cancelled: Cancelled) -> None:
        self._preparer = preparer
        self._library = preparer.library
        self._progress = progress
        self._cancelled = cancelled
        self._batch: list[IngestStep] = []
        self._staging: Staging | None = None
        self.chunks = 0

    def __enter__(self) -> "_Storing":
        return self

    def __exit__(self, *_: object) -> None:
        self._discard()

    def take(self, step: IngestStep) -> None:
        """Let a step wait for the next flush."""
        self._batch.append(step)
        self.chunks += len(_chunks(step))

    def flush(self) -> Iterator[FileResult]:
        """Embed and commit what waits."""
        batch, self._batch, self.chunks = self._batch, [], 0
        started = time.perf_counter()
        try:
            vectors = self._embed([text for step in batch for text in _embedded_texts(step)])
        except _CancelledError:
            batch = [_given_up(step) for step in batch if not isinstance(step, DocumentPart)]
            vectors = np.zeros((0, 0), dtype=np.float32)
        share = (time.perf_counter() - started) / max(1, len(vectors))
        parts = np.split(vectors, np.cumsum([len(_chunks(step)) for step in batch])[:-1]) if batch else []
        stored = iter(
            self._library.replace_all(
                [
                    (step.content, part)
                    for step, part in zip(batch, parts, strict=True)
                    if isinstance(step, PreparedDocument)
                ]
            )
        )
        for step, part in zip(batch, parts, strict=True):
            match step:
                case PreparedDocument():
                    document = next(stored)
                    yield _stored(step.content.document, document, step, step.seconds + share * document.chunks)
                case DocumentPart():
                    self._gather(step, part)
                case DocumentEnd():
                    yield self._commit(step)
                case Rejected():
                    self._discard()
                    self._library.fail(step.document, step.reason)
                    yield _failed(step)
                case FileResult():
                    yield step

    def _gather(self, part: DocumentPart, vectors: Vectors) -> None:
        if self._staging is None:
            self._library.begin(part.document)
            self._staging = self._library.stage()
        self._staging.add(part.pages, part.chunks, vectors)

    def _commit(self, whole: DocumentEnd) -> FileResult:
        assert self._staging  # noqa: S101  its parts came before it
        document = self._staging.commit(whole.document)
        self._staging = None
        return _stored(whole.document, document, whole, whole.seconds)

    def _discard(self) -> None:
        if self._staging:
            self._staging.discard()
            self._staging = None

    def _embed(self, texts: Sequence[str]) -> Vectors:
        if self._cancelled():
            raise _CancelledError
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        embedder = self._preparer.embedder
        vectors = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
        # By length, so that a slice holds texts of like length and little of it is padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)
        for start in range(0, len(order), _EMBED_SLICE):
            if self._cancelled():
                raise _CancelledError
            self._progress("embedding", start, len(texts))
            part = order[start : start + _EMBED_SLICE]
            vectors[part] = embedder.embed_documents([texts[index] for index in part])
        self._progress("embedding", len(texts), len(texts))
        return vectors


def _chunks(step: IngestStep) -> Sequence[NewChunk]:
    match step:
        case PreparedDocument():
            return step.content.chunks
        case DocumentPart():
            return step.chunks
        case _:
            return ()


def _embedded_texts(step: IngestStep) -> list[str]:
    """What the embedder sees of each chunk: the document's name and the heading as context, then the text."""
    chunks = _chunks(step)
    return [with_context(_name(step), chunk.heading, chunk.text) for chunk in chunks]


def _name(step: IngestStep) -> str:
    match step:
        case PreparedDocument():
            return step.content.document.name
        case FileResult():
            return step.name
        case _:
            return step.document.name


def _given_up(step: IngestStep) -> IngestStep:
    """What becomes of a step when the run is cancelled: what is known of a file stands, nothing more is stored."""
    match step:
        case PreparedDocument():
            return Rejected(step.content.document, "it was cancelled", step.seconds)
        case DocumentEnd():
            return Rejected(step.document, "it was cancelled", step.seconds)
        case _:
            return step


def _stored(new: NewDocument, document: Document, step: PreparedDocument | DocumentEnd, seconds: float) -> FileResult:
    note = new.note if isinstance(step, DocumentEnd) else step.note
    return FileResult(
        name=new.name,
        source=new.source,
        status="replaced" if step.replaces else "added",
        pages=document.pages,
        chunks=document.chunks,
        seconds=seconds,
        note=note,
        document_id=document.id,
        invisible=step.invisible,
    )


def _failed(step: Rejected) -> FileResult:
    name, source = step.document.name, step.document.source
    return FileResult(
        name=name, source=source, status="failed", seconds=step.seconds, reason=step.reason, locked=step.locked
    )
