"""Render pages as images, for documents whose file is still what was read.

A process of its own renders them: a file that kills it costs an image.
"""

import logging
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ingest.formats import FORMATS
from ingest.readers.blocks.pages import CLEANING_VERSION
from ingest.removal import original_key
from ingest.sandbox.limits import Limits
from ingest.sandbox.worker import Worker
from ingest.sources.file_store import FileStore, original_files
from rag.errors import ChangedFileError, DocumentError, LockedError, StorageError
from rag.runtime.file_hash import sha256_of
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Document, Page
from serving.single_flight import SingleFlight
from serving.thread_turns import ThreadTurns

log = logging.getLogger(__name__)

Box = tuple[float, ...]
"""Left, top, right and bottom, as fractions of the image."""

Line = tuple[float, ...]
"""Start and end in the page's text, quarter turns, and the box: see `ingest.readers.blocks.paragraphs`."""

MAX_LINES = 5_000

SCALES = (1, 2, 3)
"""Pixels to a point. Few, so that the cache is hit."""

_CURRENT = {f"{each.name}-": f"{each.name}-{each.version}" for each in (FORMATS["pdf"], FORMATS["image"])}
"""Formats of files whose pages can be rendered, as a recipe begins, and as it begins today."""

_CHANGED = "Its file has changed since: this is the text that was read."
_AWAY = "The storage of its file cannot be reached now: this is the text that was read."
_LOCKED = "The page's image cannot be shown: the file is encrypted, and its password is not kept. This is its text."
_AT_ONCE = 8
_AT_ONCE_A_USER = 2
_MAX_PAGE_S = 60.0
"""A page that takes longer is not shown: recognising the words of a hard scan takes most of a minute."""

_CACHED_IMAGES = 48
_CACHED_LOOKUPS = 1024


class PageImages:
    """Images of pages; `files` are the uploads and copies of web pages."""

    def __init__(self, files: FileStore, worker: Worker) -> None:
        self.turns = ThreadTurns(_AT_ONCE, _AT_ONCE_A_USER)
        self._files = files
        self._worker = worker
        self._image = SingleFlight(self._render, _CACHED_IMAGES)
        self._boxes = SingleFlight(self._find_boxes, _CACHED_LOOKUPS)
        self._lines = SingleFlight(self._find_lines, _CACHED_IMAGES)
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
        try:
            path = self._path(document)
            stat = path.stat()
            sha256 = self._sha256(path, stat.st_mtime_ns, stat.st_size)
        except OSError:
            raise DocumentError("Its file is not there any more: this is the text that was read.") from None
        except ChangedFileError:
            raise DocumentError(_CHANGED) from None
        except StorageError as error:
            log.warning("a page was not shown: %s", error)
            raise DocumentError(_AWAY) from error
        if sha256 != document.sha256:
            raise DocumentError(_CHANGED)
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

    def text_lines(self, document: Document, page: Page) -> tuple[Line, ...]:
        """Return the lines of the page's text with their boxes; () where they are not known.

        Raises:
            DocumentError: the page cannot be rendered.
        """
        return self._lines(self.file(document), document.sha256, page.number, page.state == "ocr")

    def _check_locked(self, path: Path, _sha256: str) -> bool:
        try:
            self._worker.call("count_pages", path=str(path))
        except LockedError:
            return True
        return False

    def _render(self, left: CancelEvent, path: Path, _sha256: str, page: int, scale: int) -> bytes:
        png: bytes = self._worker.call("render", cancelled=[left], path=str(path), page_number=page, scale=scale)
        return png

    def _find_boxes(
        self, left: CancelEvent, path: Path, _sha256: str, page: int, start: int, end: int, recognised: bool
    ) -> tuple[Box, ...]:
        where = {"page_number": page, "start": start, "end": end, "recognised": recognised}
        boxes = self._worker.call("boxes", cancelled=[left], path=str(path), **where)
        return tuple(tuple(map(float, box)) for box in boxes)

    def _find_lines(self, left: CancelEvent, path: Path, _sha256: str, page: int, recognised: bool) -> tuple[Line, ...]:
        lines = self._worker.call(
            "text_lines", cancelled=[left], path=str(path), page_number=page, recognised=recognised
        )
        return tuple(tuple(line) for line in lines[:MAX_LINES])

    def _path(self, document: Document) -> Path:
        key = original_key(self._files, document.source, document.owner)
        return self._files.local(key, document.sha256) if key else Path(document.source)


def _sha256_of(path: Path, _modified: int, _size: int) -> str:
    """Return the file's hash; time and size are there for the cache."""
    return sha256_of(path)


def open_page_images(services: Services, *, begins: bool = True) -> PageImages:
    """Return images of the pages of these services' library. The process that renders them starts at once if it
    `begins`, else with the first page.
    """
    limits = Limits.of(services.settings)
    worker = Worker(replace(limits, silent_seconds=min(limits.silent_seconds, _MAX_PAGE_S)))
    services.on_close(worker.close)
    if begins:
        worker.begin()
    return PageImages(original_files(services.settings), worker)
