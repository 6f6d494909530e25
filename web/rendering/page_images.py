"""Pages as pictures: which documents have them, where their files are, and what was drawn lately.

Drawing is done by a process of its own: a file that kills it costs a picture.
"""

from functools import lru_cache
from pathlib import Path

from ingest.files import sha256_of
from ingest.readers.pages import CLEANING_VERSION
from ingest.readers.pdf.reader import PdfReader
from ingest.removal import upload_path
from ingest.sandbox.worker import Worker
from rag.errors import DocumentError, LockedError
from rag.types import Document, Page

Box = tuple[float, ...]
"""Left, top, right and bottom, as fractions of the picture."""

SCALES = (1, 2, 3)
"""Pixels to a point. Few, so that a page once drawn is found again."""

_READER = f"{PdfReader.name}-"
_AS_NOW = {f"{_READER}{PdfReader.version}", f"clean-{CLEANING_VERSION}"}
_LOCKED = "The page's image cannot be shown: the file is encrypted, and its password is not kept. This is its text."
_PICTURES_KEPT = 48


class PageImages:
    """Pictures of pages of documents whose files are still what was read; `uploads` is the folder of uploaded ones."""

    def __init__(self, uploads: Path, worker: Worker) -> None:
        self._uploads = uploads
        self._worker = worker
        self._render = lru_cache(_PICTURES_KEPT)(self._draw)
        self._boxes = lru_cache(1024)(self._look)
        self._hash = lru_cache(1024)(_hash)
        self._locked = lru_cache(1024)(self._is_locked)

    def file(self, document: Document) -> Path:
        """The file of a document whose pages can be drawn.

        Raises:
            DocumentError: there is none, and why.
        """
        if not document.recipe.startswith(_READER):
            raise DocumentError("")
        if not set(document.recipe.split()) >= _AS_NOW:
            raise DocumentError("It was read by another version of Citewell: add it again to see its pages.")
        path = self._path(document)
        try:
            stat = path.stat()
            sha256 = self._hash(path, stat.st_mtime_ns, stat.st_size)
        except OSError:
            raise DocumentError("Its file is not there any more: this is the text that was read.") from None
        if sha256 != document.sha256:
            raise DocumentError("Its file has changed since: this is the text that was read.")
        if self._locked(path, sha256):
            raise DocumentError(_LOCKED)
        return path

    def png(self, document: Document, page: int, scale: int) -> bytes:
        """The page as a picture.

        Raises:
            DocumentError: it cannot be drawn.
        """
        return self._render(self.file(document), document.sha256, page, scale)

    def boxes(self, document: Document, page: Page, start: int, end: int) -> tuple[Box, ...]:
        """Where characters `[start, end)` of the page stand; () where that is not known.

        Raises:
            DocumentError: the page cannot be drawn.
        """
        path = self.file(document)
        if start >= end or page.state == "ocr":
            return ()
        return self._boxes(path, document.sha256, page.number, start, end)

    def _is_locked(self, path: Path, _sha256: str) -> bool:
        try:
            self._worker.call("count_pages", path=str(path))
        except LockedError:
            return True
        return False

    def _draw(self, path: Path, _sha256: str, page: int, scale: int) -> bytes:
        picture = self._worker.call("render", path=str(path), page_number=page, scale=scale)
        assert isinstance(picture, bytes)  # noqa: S101  what the task promises
        return picture

    def _look(self, path: Path, _sha256: str, page: int, start: int, end: int) -> tuple[Box, ...]:
        boxes = self._worker.call("boxes", path=str(path), page_number=page, start=start, end=end)
        return tuple(tuple(map(float, box)) for box in boxes)

    def _path(self, document: Document) -> Path:
        if document.source.startswith("upload:"):
            return upload_path(self._uploads, document.owner, document.source.removeprefix("upload:"))
        return Path(document.source)


def _hash(path: Path, _changed: int, _size: int) -> str:
    return sha256_of(path)
