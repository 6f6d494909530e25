"""All readers. `reader_for` chooses one by a file's content, and by its name among texts."""

import errno
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ingest.formats import ENCRYPTED_OFFICE, FORMATS, WEB_PAGE, Format
from ingest.readers.blocks.pages import NO_TEXT
from ingest.readers.csv import CsvReader
from ingest.readers.detect import detect_format
from ingest.readers.epub import EpubReader
from ingest.readers.html import HtmlReader, XmlReader
from ingest.readers.image import ImageReader
from ingest.readers.mail import EmlReader, MsgReader
from ingest.readers.office.doc_ppt import DocReader, PptReader
from ingest.readers.office.docx import DocxReader
from ingest.readers.office.encryption import decrypted, is_encrypted
from ingest.readers.office.opendocument import OdfReader
from ingest.readers.office.pptx import PptxReader
from ingest.readers.office.xlsx import XlsReader, XlsxReader
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.rtf import RtfReader
from ingest.readers.text import TextReader
from ingest.readers.web_page import WebPageReader
from rag.errors import DocumentError
from rag.types import Page


class Reader(Protocol):
    """Read one family of formats."""

    def read(self, path: Path, password: str | None = None) -> Iterable[Page]:
        """Return the pages in order, numbered from 1, including those without text, whose state and note say why.

        `password` opens an encrypted file and is not stored.

        Raises:
            LockedError: the file is encrypted, and `password` does not open it.
            DocumentError: the file cannot be read; the message tells the user why.
        """


READERS: dict[str, Reader] = {
    "pdf": PdfReader(),
    "docx": DocxReader(),
    "pptx": PptxReader(),
    "xlsx": XlsxReader(),
    "odf": OdfReader(),
    "epub": EpubReader(),
    "html": HtmlReader(),
    "xml": XmlReader(),
    "eml": EmlReader(),
    "msg": MsgReader(),
    "rtf": RtfReader(),
    "csv": CsvReader(),
    "doc": DocReader(),
    "ppt": PptReader(),
    "xls": XlsReader(),
    "text": TextReader(),
    "image": ImageReader(),
}
_TEXTS = ("html", "xml", "eml", "csv", "text")
"""Formats that can look alike: among these the name decides where the content does not."""

_OFFICE = ("doc", "ppt", "xls")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".emf", ".wmf", ".svg")
_LOOKED_AT = 1_000_000


def reader_for(path: Path, name: str, charset: str = "", *, of_web: bool = False) -> "ChosenReader":
    """Return the reader for a file by its content; `name` tells texts apart.

    Of an HTML page `of_web` the main text is read; its server said that its encoding is `charset` ("" if it did not).

    Raises:
        DocumentError: no reader reads this format.
    """
    kind = detect_format(path)
    suffix = Path(name).suffix.lower()
    named = next((known for known, each in FORMATS.items() if suffix in each.suffixes), "")
    if kind == "binary" and named == "pdf":
        kind = "pdf"  # its header is damaged; the rest may be readable
    if kind in ("zip", "binary"):
        raise DocumentError(_rejection(kind, suffix, named))
    if kind == "locked":
        return ChosenReader(_Locked(suffix), ENCRYPTED_OFFICE)
    if kind in ("", *_TEXTS):
        # A text may begin with an example of HTML or of a message; then its name says what it is.
        kind = named if named in _TEXTS else kind or "text"
    note = f"it is named {suffix}, and is read as what it is: {FORMATS[kind].name}" if named and named != kind else ""
    if of_web and kind == "html":
        return ChosenReader(WebPageReader(charset), WEB_PAGE, note)
    return ChosenReader(READERS[kind], FORMATS[kind], note, may_be_locked=kind in _OFFICE)


class ChosenReader:
    """Read one file of a format, noting a name that does not fit, and raising a `DocumentError` for any damage."""

    def __init__(self, reader: Reader, of: Format, note: str = "", *, may_be_locked: bool = False) -> None:
        self._reader = reader
        self._note = note
        self._may_be_locked = may_be_locked
        self.format = of

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        """Yield the pages as a `Reader` does.

        Raises:
            LockedError: the file is encrypted, and `password` does not open it.
            DocumentError: the file is damaged, or has no text; the message tells the user why.
        """
        name = self.format.name
        try:
            yield from self._noted(path, password)
        except (DocumentError, MemoryError):
            raise
        except zipfile.BadZipFile as error:
            raise DocumentError(f"the {name} is damaged: a part of it cannot be unpacked") from error
        except OSError as error:
            if error.errno not in (None, errno.EINVAL):  # EINVAL: an impossible offset in the file
                raise
            raise DocumentError(f"the {name} is damaged: {error}") from error
        except Exception as error:  # a library may raise anything for hostile bytes
            raise DocumentError(f"the {name} is damaged: it cannot be read ({type(error).__name__})") from error

    def _noted(self, path: Path, password: str | None) -> Iterator[Page]:
        note = self._note
        empty: list[Page] = []
        found = False
        for page in self._pages(path, password):
            page = replace(page, note="; ".join(filter(None, (note, page.note)))) if note and not empty else page
            found = found or bool(page.text)
            if not found:
                empty.append(page)
                continue
            yield from empty
            empty.clear()
            yield page
            note = ""
        if not found:
            raise DocumentError(f"the {self.format.name} has no text{_why_without_text(path, empty)}")

    def _pages(self, path: Path, password: str | None) -> Iterator[Page]:
        if self._may_be_locked and is_encrypted(path):
            with decrypted(path, password) as clear:
                yield from self._reader.read(clear)
        else:
            yield from self._reader.read(path, password)


class _Locked:
    """Read an encrypted Office file, whose format shows once it is decrypted."""

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        with decrypted(path, password) as clear:
            if detect_format(clear) == "locked":
                raise DocumentError("the file is encrypted twice and cannot be read")
            yield from reader_for(clear, f"file{self._suffix}").read(clear)


def _rejection(kind: str, suffix: str, named: str) -> str:
    if named and named not in _TEXTS:
        return f"the {FORMATS[named].name} is damaged: it is not what its name says ({suffix})"
    if kind == "zip":
        return "it is a ZIP archive; unpack it, or have it entered with --archives"
    if named:
        return f"it is no text, though it is named {suffix}, nor of another kind that Citewell reads"
    return f"files of this kind ({suffix or 'no ending'}) are not read (docs/formats.md lists those that are)"


def _why_without_text(path: Path, pages: Sequence[Page]) -> str:
    """Return the rest of the sentence that says that a file has no text; "" if there is nothing to add."""
    if pictures := _pictures(path):
        number = f"{pictures} pictures" if pictures > 1 else "a picture"
        return f", only {number}, which are not recognised within it; save it as PDF, or each picture as a file"
    if _has_scripts(path):
        return ": scripts would make it, and these are not run"
    notes = dict.fromkeys(page.note for page in pages if page.note and page.note != NO_TEXT)
    return f": {'; '.join(notes)}" if notes else ""


def _has_scripts(path: Path) -> bool:
    """Return True for a file of markup with scripts in it."""
    with path.open("rb") as stream:
        return b"<script" in stream.read(_LOOKED_AT).lower()


def _pictures(path: Path) -> int:
    """Return how many pictures an Office file or a book has; 0 of another file."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(name.lower().endswith(_PICTURES) for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0
