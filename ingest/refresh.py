"""Read documents again that an earlier version of the program read, or whose title a person has corrected.

Each is read from its source, one at a time, and the old version answers until the new one is stored. What fails keeps
its old version, and the ledger says why.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.removal import original_key, purge_indexes
from ingest.sources.file_store import original_files
from ingest.sources.files import File, exists, is_archive, path_of, source_of
from ingest.sources.page_archive import PageArchive, page_file
from ingest.sources.web_address import is_web_address
from rag.errors import ChangedFileError
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.services import Services
from rag.types import Document, NewDocument


@dataclass(frozen=True, slots=True)
class Outdated:
    """Documents to be read again, with the files to read, and those whose source no longer exists."""

    files: tuple[tuple[Document, File], ...]
    without_source: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Refresher:
    """Read the outdated documents of one library again."""

    services: Services
    ingestor: Ingestor

    def find(self, *, failed: bool = True) -> Outdated:
        """Return the outdated documents, edited ones first, then small ones.

        Without `failed`, those that could not be read the last time are left out.
        """
        library = self.services.library
        documents = library.documents()
        current = self.ingestor.preparer.recipes() if documents else frozenset()
        states = {entry.document_id: entry.state for entry in library.ledger() if entry.document_id is not None}
        outdated = [document for document in documents if document.recipe not in current]
        outdated = [document for document in outdated if failed or states.get(document.id) != "failed"]
        outdated.sort(key=lambda document: (document.recipe != "", document.size, document.id))
        located = [(document, self._file_of(document)) for document in outdated]
        return Outdated(
            tuple((document, file) for document, file in located if file),
            tuple(document for document, file in located if file is None),
        )

    def refresh(
        self,
        outdated: Outdated,
        progress: Progress = no_progress,
        cancelled: CancelEvent | None = None,
        *,
        before_each: Callable[[int], object] = bool,
    ) -> Generator[FileResult]:
        """Read the documents again and yield the result of each; `before_each` is called with its number, from 0.

        Once `cancelled`, the document being read keeps its old version and the others wait for the next time.
        """
        cancelled = cancelled or CancelEvent()
        replaced = False
        for number, (document, file) in enumerate(outdated.files):
            before_each(number)
            if cancelled.is_set():
                break
            for result in self._read_again(document, file, progress, cancelled):
                replaced |= result.status == "replaced"
                yield result
        if replaced:
            purge_indexes(self.services, progress)

    def _read_again(
        self, document: Document, file: File, progress: Progress, cancelled: CancelEvent
    ) -> Generator[FileResult]:
        """Yield the document's result, or that of each member of its archive; nothing if it is up to date by now."""
        now = self.services.library.document(document.id)
        if now is None or now.recipe != document.recipe:
            return
        try:
            found = self._at_hand(document, file)
        except ChangedFileError as error:
            yield FileResult(name=file.name, source=file.source, status="failed", reason=str(error))
            return
        if found is None:
            return
        file = found
        before = self.services.library.entry(file.source, file.owner)
        archives = is_archive(file.name)
        for result in self.ingestor.ingest_files([file], progress, archives=archives, cancelled=cancelled):
            if cancelled.is_set() and result.status == "failed":
                self._forget_attempt(result.source, file.owner, before.note if before else "")
            else:
                yield result

    def _forget_attempt(self, source: str, owner: str, note: str) -> None:
        """Have the ledger say of a source what it said before: its reading was cancelled, and nothing is wrong."""
        library = self.services.library
        entry = library.entry(source, owner)
        document = library.document(entry.document_id) if entry and entry.document_id is not None else None
        if entry and document:
            stored = NewDocument(
                name=entry.name,
                source=source,
                owner=owner,
                sha256=document.sha256,
                recipe=document.recipe,
                size=document.size,
                note=note,
            )
            library.link(stored, document.id)

    def _file_of(self, document: Document) -> File | None:
        """Return the file to read a document from; None if it no longer exists. One in a storage is not fetched yet."""
        source, owner = document.source, document.owner
        files = original_files(self.services.settings)
        if is_web_address(source):
            key = original_key(files, source, owner)
            return page_file(files.folder / key, source, owner) if key else None
        if key := original_key(files, source, owner):
            file = File.at(files.folder / key, source, owner=owner)
            return replace(file, name=document.name) if files.exists(key) else None
        path = path_of(source)
        source = source_of(path) if is_archive(path.name) else source
        return File.at(path, source, owner=owner) if _is_there(path) else None

    def _at_hand(self, document: Document, file: File) -> File | None:
        """Return the file where it can be read now; None if it has just been removed."""
        files = original_files(self.services.settings)
        if is_web_address(file.source):
            return PageArchive(files).file(file.source, file.owner)
        try:
            key = original_key(files, file.source, file.owner)
            return replace(file, path=files.local(key, document.sha256)) if key else file
        except FileNotFoundError:
            return None


def _is_there(path: Path) -> bool:
    return path.is_absolute() and exists(path) and not path.is_dir()
