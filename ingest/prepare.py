"""From a file to what is stored of it: checked, read, and cut into chunks. Nothing is embedded yet."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from ingest.chunking import VERSION as CHUNKING
from ingest.chunking import StructureChunker
from ingest.readers import reader_for
from ingest.readers.clean import VERSION as CLEANING
from ingest.readers.clean import without_invisible
from rag.errors import DocumentError
from rag.interfaces import Embedder, Library
from rag.names import readable_name
from rag.types import Content, Document, NewDocument, Page

Status = Literal["added", "unchanged", "replaced", "failed"]

_HASH_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. `reason` says why it failed; `note` what a person should know though it did not.

    `invisible` counts the characters that nobody sees and that were left out (also told in the note).
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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ready to be embedded and stored. `seconds` is what that took so far."""

    content: Content
    replaces: bool
    seconds: float
    note: str
    invisible: int = 0


class Preparer:
    """Prepares files for one library.

    `embedder` is called when the first file must be cut: a run over unchanged files loads no model.
    """

    def __init__(
        self,
        library: Library,
        embedder: Callable[[], Embedder],
        *,
        chunk_tokens: int,
        max_file_bytes: int,
        collection: str | None = None,
    ) -> None:
        self.library = library
        self._load_embedder = embedder
        self._chunk_tokens = chunk_tokens
        self._max_file_bytes = max_file_bytes
        self._collection = collection

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder, loaded by the first file that needs it."""
        return self._load_embedder()

    @cached_property
    def chunker(self) -> StructureChunker:
        """The chunker, its chunks bounded by the embedder's window."""
        return StructureChunker(self.embedder, chunk_tokens=self._chunk_tokens, window=self.embedder.max_tokens)

    def prepare(self, path: Path, source: str | None = None) -> Prepared | FileResult:
        """The file's content, or what became of it if there is nothing to store."""
        started = time.perf_counter()
        name, source = path.name, source or str(path.resolve())
        try:
            return self._prepare(path, name, source, started)
        except DocumentError as error:
            reason = str(error)
        except OSError as error:
            reason = _explain(error)
        return FileResult(name, source, "failed", seconds=time.perf_counter() - started, reason=reason)

    def _prepare(self, path: Path, name: str, source: str, started: float) -> Prepared | FileResult:
        self._check(path)
        reader = reader_for(path, name)
        sha256 = _sha256(path)
        recipe = f"{type(reader).__name__}-{reader.version} clean-{CLEANING} chunks-{CHUNKING}/{self._chunk_tokens}"
        known = self.library.find(source)
        if known and (known.sha256, known.recipe) == (sha256, recipe):
            return self._unchanged(known, time.perf_counter() - started)
        pages, invisible = without_invisible(reader.read(path))
        if not any(page.text for page in pages):
            raise DocumentError(f"it has no text but {_count_invisible(invisible)}")
        document = NewDocument(name, source, sha256, recipe, path.stat().st_size, self._collection)
        content = Content(document, pages, tuple(self.chunker.chunk(pages, readable_name(name))))
        return Prepared(content, known is not None, time.perf_counter() - started, _note(pages, invisible), invisible)

    def _unchanged(self, known: Document, seconds: float) -> FileResult:
        note = ""
        if self._collection is not None and self._collection != known.collection:
            self.library.move(known.id, self._collection)
            note = f"now in collection '{self._collection}'" if self._collection else "now in no collection"
        return FileResult(
            known.name, known.source, "unchanged", known.pages, known.chunks, seconds, note=note, document_id=known.id
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


def _note(pages: Sequence[Page], invisible: int) -> str:
    notes = []
    empty = [str(page.number) for page in pages if not page.text]
    if empty:
        listed = ", ".join(empty[:8]) + (" …" if len(empty) > 8 else "")
        notes.append(f"{len(empty)} of {len(pages)} pages have no text (scanned or blank): {listed}")
    if invisible:
        notes.append(f"{_count_invisible(invisible)} removed")
    return "; ".join(notes)


def _count_invisible(number: int) -> str:
    return f"{number:,} invisible character{'' if number == 1 else 's'}"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _explain(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "it may not be read (permission denied)"
    return (error.strerror or str(error)).lower()
