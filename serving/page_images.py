"""Render pages as images, for documents whose file is still what was read.

A process of its own renders them: a file that kills it costs an image.
"""

from functools import lru_cache
from pathlib import Path

from ingest.readers.blocks.pages import CLEANING_VERSION
from ingest.readers.image import ImageReader
from ingest.readers.pdf.reader import PdfReader
from ingest.sandbox.worker import Worker, open_worker
from ingest.sources.files import sha256_of
from ingest.sources.page_archive import PageArchive
from ingest.sources.web_address import is_web_address
from ingest.upkeep.removal import UPLOADS, upload_path
from rag.errors import DocumentError, LockedError
from rag.services import Services
from rag.types import Document, Page

Box = tuple[float, ...]
"""Left, top, right and bottom, as fractions of the image."""

SCALES = (1, 2, 3)
"""Pixels to a point. Few, so that the cache is hit."""

_CURRENT = {f"{reader.name}-": f"{reader.name}-{reader.version}" for reader in (PdfReader, ImageReader)}
"""Readers of files whose pages can be rendered, as a recipe begins, and as it begins today."""

_LOCKED = "The page's image cannot be shown: the file is encrypted, and its password is not kept. This is its text."
_CACHED_IMAGES = 48
_CACHED_LOOKUPS = 1024


class PageImages:
    """Images of pages; `uploads` is the folder of uploaded files."""

    def __init__(self, uploads: Path, worker: Worker) -> None:
        self._uploads = uploads
        self._worker = worker
        self._image = lru_cache(_CACHED_IMAGES)(self._render)
        self._boxes = lru_cache(_CACHED_LOOKUPS)(self._find_boxes)
        self._sha256 = lru_cache(_CACHED_LOOKUPS)(_sha256_of)
        self._is_locked = lru_cache(_CACHED_LOOKUPS)(self._check_locked)

    def file(self, document: Document) -> Path:
        """Return the file of a document whose pages can be rendered.

        Raises:
            DocumentError: there is none; it says why, or nothing if the document has no pages to see.
        """
        current = next((now for reader, now in _CURRENT.items() if document.recipe.startswith(reader)), None)
        if current is None:
            raise DocumentError("")
        if not set(document.recipe.split()) >= {current, f"clean-{CLEANING_VERSION}"}:
            raise DocumentError("It was read by another version of Citewell: add it again to see its pages.")
        path = self._path(document)
        try:
            stat = path.stat()
            sha256 = self._sha256(path, stat.st_mtime_ns, stat.st_size)
        except OSError:
            raise DocumentError("Its file is not there any more: this is the text that was read.") from None
        if sha256 != document.sha256:
            raise DocumentError("Its file has changed since: this is the text that was read.")
        if self._is_locked(path, sha256):
            raise DocumentError(_LOCKED)
        return path

    def png(self, document: Document, page: int, scale: int) -> bytes:
        """Return the page as a PNG image.

        Raises:
            DocumentError: it cannot be rendered.
        """
        return self._image(self.file(document), document.sha256, page, scale)

    def boxes(self, document: Document, page: Page, start: int, end: int) -> tuple[Box, ...]:
        """Return the boxes around characters `[start, end)` of the page; () where they are not known.

        Raises:
            DocumentError: the page cannot be rendered.
        """
        path = self.file(document)
        if start >= end:
            return ()
        return self._boxes(path, document.sha256, page.number, start, end, page.state == "ocr")

    def _check_locked(self, path: Path, _sha256: str) -> bool:
        try:
            self._worker.call("count_pages", path=str(path))
        except LockedError:
            return True
        return False

    def _render(self, path: Path, _sha256: str, page: int, scale: int) -> bytes:
        png = self._worker.call("render", path=str(path), page_number=page, scale=scale)
        assert isinstance(png, bytes)  # noqa: S101  what the task promises
        return png

    def _find_boxes(
        self, path: Path, _sha256: str, page: int, start: int, end: int, recognised: bool
    ) -> tuple[Box, ...]:
        boxes = self._worker.call(
            "boxes", path=str(path), page_number=page, start=start, end=end, recognised=recognised
        )
        return tuple(tuple(map(float, box)) for box in boxes)

    def _path(self, document: Document) -> Path:
        if document.source.startswith("upload:"):
            return upload_path(self._uploads, document.owner, document.source.removeprefix("upload:"))
        if is_web_address(document.source):
            return PageArchive(self._uploads.parent).path(document.source, document.owner) or Path()
        return Path(document.source)


def _sha256_of(path: Path, _modified: int, _size: int) -> str:
    """Return the file's hash; time and size are there for the cache."""
    return sha256_of(path)


def open_page_images(services: Services) -> PageImages:
    """Return images of the pages of these services' library. The process that renders them starts at once."""
    worker = open_worker(services)
    worker.begin()
    return PageImages(services.settings.library / UPLOADS, worker)
