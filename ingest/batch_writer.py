"""Embed prepared documents in batches, and commit them to the library."""

import time
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ingest.prepare import DocumentEnd, DocumentPart, FileResult, IngestStep, PreparedDocument, Preparer, Rejected
from rag.interfaces import Staging, Vectors, longest_first
from rag.runtime.progress import CancelEvent, Progress, require_held
from rag.text.document_names import search_title, with_context
from rag.types import Document, NewChunk, NewDocument


class _CancelledError(Exception):
    """The run was cancelled while its chunks were being embedded."""


class BatchWriter:
    """The steps waiting to be embedded and committed, and the large document being staged."""

    def __init__(self, preparer: Preparer, progress: Progress, cancelled: CancelEvent) -> None:
        self._preparer = preparer
        self._library = preparer.library
        self._progress = progress
        self._cancelled = cancelled
        self._batch: list[IngestStep] = []
        self._embedded: dict[int, Vectors] = {}
        self._staging: Staging | None = None
        self.chunks = 0

    def __enter__(self) -> "BatchWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._discard_staging()

    def add(self, step: IngestStep, vectors: Vectors | None = None) -> None:
        """Add a step to the next batch, with the vectors of its chunks if they are known already."""
        if vectors is not None:
            self._embedded[len(self._batch)] = vectors
        self._batch.append(step)
        self.chunks += len(_chunks(step))

    def flush(self) -> Iterator[FileResult]:
        """Embed and commit the batch; yield the results of the files it completes."""
        batch, self._batch, self.chunks = self._batch, [], 0
        embedded, self._embedded = self._embedded, {}
        started = time.perf_counter()
        try:
            parts = self._vectors(batch, embedded)
        except _CancelledError:
            batch = [_cancelled(step) for step in batch if not isinstance(step, DocumentPart)]
            parts = [np.zeros((0, 0), dtype=np.float32)] * len(batch)
        require_held(self._cancelled)
        seconds_a_chunk = (time.perf_counter() - started) / max(1, sum(map(len, parts)))
        content = [
            (step.content, part) for step, part in zip(batch, parts, strict=True) if isinstance(step, PreparedDocument)
        ]
        stored = iter(self._library.replace_all(content))
        for step, part in zip(batch, parts, strict=True):
            match step:
                case PreparedDocument():
                    document = next(stored)
                    seconds = step.seconds + seconds_a_chunk * document.chunks
                    yield _stored(step.content.document, document, step, seconds)
                case DocumentPart():
                    self._stage(step, part)
                case DocumentEnd():
                    yield self._commit(step)
                case Rejected():
                    self._discard_staging()
                    self._library.fail(step.document, step.reason)
                    yield _failed(step)
                case FileResult():
                    yield step

    def _stage(self, part: DocumentPart, vectors: Vectors) -> None:
        if self._staging is None:
            self._library.begin(part.document)
            self._staging = self._library.stage()
        self._staging.add(part.pages, part.chunks, vectors)

    def _commit(self, end: DocumentEnd) -> FileResult:
        assert self._staging  # noqa: S101  its parts came before it
        document = self._staging.commit(end.document)
        self._staging = None
        return _stored(end.document, document, end, end.seconds)

    def _discard_staging(self) -> None:
        if self._staging:
            self._staging.discard()
            self._staging = None

    def _vectors(self, batch: Sequence[IngestStep], embedded: Mapping[int, Vectors]) -> list[Vectors]:
        """Return the vectors of each step's chunks; those of most have to be embedded, all of them together."""
        if self._cancelled.is_set():
            raise _CancelledError
        others = [step for at, step in enumerate(batch) if at not in embedded]
        vectors = self._embed([text for step in others for text in embedded_texts(step)])
        parts = iter(np.split(vectors, np.cumsum([len(_chunks(step)) for step in others])[:-1]) if others else [])
        return [embedded[at] if at in embedded else next(parts) for at in range(len(batch))]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts, in slices between which the run can be cancelled."""
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        embedder = self._preparer.embedder
        vectors = np.zeros((len(texts), embedder.dimension), dtype=np.float32)
        order = longest_first(texts)  # of the whole batch: the embedder sees only one slice at a time
        for start in range(0, len(order), self._preparer.slice_chunks):
            if self._cancelled.is_set():
                raise _CancelledError
            self._progress("embedding", start, len(texts))
            part = order[start : start + self._preparer.slice_chunks]
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


def embedded_texts(step: IngestStep) -> list[str]:
    """Return what the embedder sees of each chunk: the document's title and the headings as context, then the text."""
    return [with_context(_title(step), chunk.heading, chunk.text) for chunk in _chunks(step)]


def _title(step: IngestStep) -> str:
    match step:
        case PreparedDocument():
            return _context_title(step.content.document)
        case DocumentPart():
            return _context_title(step.document)
        case _:
            return ""


def _context_title(document: NewDocument) -> str:
    return document.title or search_title(document.name, document.facts)


def _cancelled(step: IngestStep) -> IngestStep:
    """Return what becomes of a step in a cancelled run: nothing more is stored, results known already stand."""
    match step:
        case PreparedDocument():
            return Rejected(step.content.document, "it was cancelled", step.seconds)
        case DocumentEnd():
            return Rejected(step.document, "it was cancelled", step.seconds)
        case _:
            return step


def _stored(new: NewDocument, document: Document, step: PreparedDocument | DocumentEnd, seconds: float) -> FileResult:
    return FileResult(
        name=new.name,
        source=new.source,
        status="replaced" if step.replaces else "added",
        pages=document.pages,
        chunks=document.chunks,
        seconds=seconds,
        note=new.note,
        document_id=document.id,
        invisible=step.invisible,
    )


def _failed(step: Rejected) -> FileResult:
    name, source = step.document.name, step.document.source
    return FileResult(
        name=name,
        source=source,
        status="failed",
        seconds=step.seconds,
        reason=step.reason,
        locked=step.locked,
        may_pass=step.may_pass,
    )
