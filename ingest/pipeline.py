"""Ingestion: read, chunk, embed, commit. One file is one transaction; one bad file does not stop the rest."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from ingest.chunking import VERSION as CHUNKING
from ingest.chunking import SentenceChunker
from ingest.discover import discover
from ingest.readers import reader_for
from rag.errors import DocumentError
from rag.interfaces import Embedder, Library, Vectors
from rag.types import NewChunk, NewDocument, Page

Status = Literal["added", "unchanged", "replaced", "failed"]

Progress = Callable[[str, int, int], None]
"""What is being done to the current file: (stage, done, total)."""

_EMBED_BATCH = 64
_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `reason` says why it failed; `note` what a person should know though it did not."""

    name: str
    source: str
    status: Status
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0
    reason: str = ""
    note: str = ""
    document_id: int | None = None


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """A `Progress` that shows nothing."""


class Ingestor:
    """Takes files into one library.

    `embedder` is called when the first file needs it: a run over unchanged files loads no model. `chunk_tokens` and
    `overlap` are those of `SentenceChunker`; the embedder's window bounds `chunk_tokens`.
    """

    def __init__(
        self,
        library: Library,
        embedder: Callable[[], Embedder],
        *,
        chunk_tokens: int,
        overlap: int,
        max_file_bytes: int,
    ) -> None:
        self._library = library
        self._load_embedder = embedder
        self._chunk_tokens = chunk_tokens
        self._overlap = overlap
        self._max_file_bytes = max_file_bytes

    @cached_property
    def _embedder(self) -> Embedder:
        return self._load_embedder()

    @cached_property
    def _chunker(self) -> SentenceChunker:
        limit = min(self._chunk_tokens, self._embedder.max_tokens)
        return SentenceChunker(self._embedder, chunk_tokens=limit, overlap=self._overlap)

    def ingest(self, paths: Sequence[str], progress: Progress = no_progress) -> Iterator[FileResult]:
        """Every file that `paths` mean, one result each, as they are done."""
        for path in discover(paths):
            yield self.ingest_file(path, progress)

    def ingest_file(self, path: Path, progress: Progress = no_progress, *, source: str | None = None) -> FileResult:
        """One file. `source` identifies it across runs; by default its absolute path."""
        started = time.perf_counter()
        name, source = path.name, source or str(path.resolve())
        try:
            return self._take(path, name, source, progress, started)
        except DocumentError as error:
            reason = str(error)
        except OSError as error:
            reason = _explain(error)
        return FileResult(name, source, "failed", seconds=time.perf_counter() - started, reason=reason)

    def _take(self, path: Path, name: str, source: str, progress: Progress, started: float) -> FileResult:
        self._check(path)
        reader = reader_for(path, name)
        sha256 = _sha256(path)
        recipe = f"{type(reader).__name__}-{reader.version} chunks-{CHUNKING}/{self._chunk_tokens}/{self._overlap}"
        known = self._library.find(source)
        if known and (known.sha256, known.recipe) == (sha256, recipe):
            return FileResult(
                name,
                source,
                "unchanged",
                known.pages,
                known.chunks,
                time.perf_counter() - started,
                document_id=known.id,
            )
        progress("reading", 0, 0)
        pages = list(reader.read(path))
        chunks = self._chunker.chunk(pages)
        vectors = self._embed(chunks, progress)
        stored = self._library.replace(
            NewDocument(name, source, sha256, recipe, path.stat().st_size), pages, chunks, vectors
        )
        return FileResult(
            name,
            source,
            "replaced" if known else "added",
            stored.pages,
            stored.chunks,
            time.perf_counter() - started,
            note=_note(pages),
            document_id=stored.id,
        )

    def _check(self, path: Path) -> None:
        if not path.exists():
            raise DocumentError("there is no such file or folder")
        if not path.is_file():
            raise DocumentError("it is not a regular file")
        size = path.stat().st_size
        if size == 0:
            raise DocumentError("the file is empty")
        if size > self._max_file_bytes:
            raise DocumentError(
                f"the file has {size / 1e6:.0f} MB, and the limit is {self._max_file_bytes / 1e6:.0f} "
                "MB (setting max_file_mb)"
            )

    def _embed(self, chunks: Sequence[NewChunk], progress: Progress) -> Vectors:
        vectors = np.zeros((len(chunks), self._embedder.dimension), dtype=np.float32)
        for start in range(0, len(chunks), _EMBED_BATCH):
            progress("embedding", start, len(chunks))
            batch = chunks[start : start + _EMBED_BATCH]
            vectors[start : start + len(batch)] = self._embedder.embed_documents([embedded_text(c) for c in batch])
        progress("embedding", len(chunks), len(chunks))
        return vectors


def embedded_text(chunk: NewChunk) -> str:
    """What the embedder sees of a chunk: its heading path as context, then its text."""
    return f"{chunk.heading}\n{chunk.text}" if chunk.heading else chunk.text


def _note(pages: Sequence[Page]) -> str:
    empty = [str(page.number) for page in pages if not page.text]
    if not empty:
        return ""
    listed = ", ".join(empty[:8]) + (" …" if len(empty) > 8 else "")
    return f"{len(empty)} of {len(pages)} pages have no text (scanned or blank): {listed}"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _explain(error: OSError) -> str:
    return (
        "it may not be read (permission denied)"
        if isinstance(error, PermissionError)
        else (error.strerror or str(error)).lower()
    )
