"""Ingest the file or the page of an upload, and say what became of it."""

from pathlib import Path

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.web.web_ingestor import PageRequest, WebIngestor
from rag.runtime.progress import CancelEvent, Progress
from serving.upload_progress import Upload

_OUTCOMES = {"unchanged": "already there, unchanged", "replaced": "replaces the earlier version"}


class UploadIntake:
    """Ingests uploads into one library."""

    def __init__(self, ingestor: Ingestor, web: WebIngestor) -> None:
        self._ingestor = ingestor
        self._web = web

    def file(
        self, upload: Upload, path: Path, progress: Progress, cancelled: CancelEvent, password: str | None
    ) -> FileResult:
        """Ingest an upload's file."""
        progress("reading", 0, 0)
        return self._ingestor.ingest_file(
            path,
            progress,
            source=f"upload:{upload.name}",
            owner=upload.owner,
            password=password,
            name=upload.name,
            collection=upload.collection,
            cancelled=cancelled,
        )

    def page(self, upload: Upload, progress: Progress, cancelled: CancelEvent) -> FileResult:
        """Fetch the page of an upload's address, and take it in."""
        request = PageRequest(owner=upload.owner, progress=progress, cancelled=cancelled)
        (result,) = self._web.ingest([upload.address], request)
        if upload.collection is not None:
            self._collect(upload.address, upload.owner, upload.collection)
        return result

    def _collect(self, address: str, owner: str, collection: str) -> None:
        """Put a new page into a collection: not a document that has the same content, which somebody put elsewhere."""
        library = self._ingestor.preparer.library
        document = library.find(address, owner)
        if document and document.source == address and not document.collection:
            library.move(document.id, collection)


def outcome(result: FileResult) -> str:
    """Return what to say of a document that is stored."""
    return "; ".join(filter(None, (_OUTCOMES.get(result.status, ""), result.note)))
