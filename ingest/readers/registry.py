"""One file a format family; each turns a file into pages. `reader_for` chooses by content, and by name among texts."""

import errno
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ingest.readers import ocr
from ingest.readers.csv import DelimitedReader
from ingest.readers.detect import kind_of
from ingest.readers.epub import EpubReader
from ingest.readers.html import HtmlReader, XmlReader
from ingest.readers.mail import EmlReader, MsgReader
from ingest.readers.ocr import ImageReader
from ingest.readers.office.doc_ppt import DocReader, PptReader
from ingest.readers.office.docx import DocxReader
from ingest.readers.office.encryption import decrypted, is_encrypted
from ingest.readers.office.opendocument import OdfReader
from ingest.readers.office.pptx import PptxReader
from ingest.readers.office.xlsx import XlsReader, XlsxReader
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.rtf import RtfReader
from ingest.readers.text import TextReader
from rag.errors import DocumentError
from rag.types import Page


class Reader(Protocol):
    """Reads one family of formats.

    `name` is what a person calls it; `suffixes` are the file endings it answers for; `version` is raised when the same
    file would give other pages.
    """

    @property
    def name(self) -> str:
        """What a person calls such a file."""

    @property
    def suffixes(self) -> frozenset[str]:
        """File endings, in small letters."""

    @property
    def version(self) -> int:
        """Raised when the same file would give other pages."""

    def read(self, path: Path, password: str | None = None) -> Iterable[Page]:
        """The pages, in order, numbered from 1, those without text included: their state and note say why.

        `password` opens an encrypted file and is not kept.

        Raises:
            LockedError: the file is encrypted, and `password` does not open it.
            DocumentError: the file cannot be read; the text says why, for a person.
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
    "csv": DelimitedReader(),
    "doc": DocReader(),
    "ppt": PptReader(),
    "xls": XlsReader(),
    "text": TextReader(),
    **({"image": ImageReader()} if ocr.is_available() else {}),
}
SUFFIXES: frozenset[str] = frozenset().union(*(reader.suffixes for reader in READERS.values()))
_TEXTS = ("html", "xml", "eml", "csv", "text")
"""Families that can look like each other: among these the name decides where the content leaves it open."""

_OFFICE = ("doc", "ppt", "xls")


def reader_for(path: Path, name: str) -> Reader:
    """The reader for a file: by its content, whatever it is called; `name` tells texts apart.

    Raises:
        DocumentError: no reader takes this kind of file.
    """
    kind = kind_of(path)
    suffix = Path(name).suffix.lower()
    named = next((known for known, reader in READERS.items() if suffix in reader.suffixes), "")
    if kind == "binary" and named == "pdf":
        kind = "pdf"  # its head is damaged; the rest may do
    if kind in ("zip", "binary") or (kind == "image" and "image" not in READERS):
        raise DocumentError(_refusal(kind, suffix, named))
    if kind == "locked":
        return _Locked(suffix)
    if kind in ("", *_TEXTS):
        # What looks like HTML or a message may be an example of it in a text that says so by its name.
        kind = named if named in _TEXTS else kind or "text"
    note = f"it is named {suffix}, and is read as what it is: {READERS[kind].name}" if named and named != kind else ""
    return _Chosen(READERS[kind], note, may_be_locked=kind in _OFFICE)


class _Chosen:
    """The reader of one file: it says so if the file is not what its name says, and makes one error of all damage."""

    def __init__(self, reader: Reader, note: str, *, may_be_locked: bool = False) -> None:
        self._reader = reader
        self._note = note
        self._may_be_locked = may_be_locked
        self.name = reader.name
        self.suffixes = reader.suffixes
        self.version = reader.version

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        try:
            yield from self._noted(path, password)
        except (DocumentError, MemoryError):
            raise
        except zipfile.BadZipFile as error:
            raise DocumentError(f"the {self.name} is damaged: a part of it cannot be unpacked") from error
        except OSError as error:
            if error.errno not in (None, errno.EINVAL):  # EINVAL: a place in the file that cannot be
                raise
            raise DocumentError(f"the {self.name} is damaged: {error}") from error
        except Exception as error:  # a library given hostile bytes may raise anything: that costs this file
            raise DocumentError(f"the {self.name} is damaged: it cannot be read ({type(error).__name__})") from error

    def _noted(self, path: Path, password: str | None) -> Iterator[Page]:
        note = self._note
        found = False
        for page in self._pages(path, password):
            found = True
            yield replace(page, note="; ".join(filter(None, (note, page.note)))) if note else page
            note = ""
        if not found:
            raise DocumentError(f"the {self.name} has no text")

    def _pages(self, path: Path, password: str | None) -> Iterator[Page]:
        if self._may_be_locked and is_encrypted(path):
            with decrypted(path, password) as clear:
                yield from self._reader.read(clear)
        else:
            yield from self._reader.read(path, password)


class _Locked:
    """An encrypted Office file: what it is shows when it is open."""

    name = "encrypted Office file"
    suffixes: frozenset[str] = frozenset()
    version = 1

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:
        with decrypted(path, password) as clear:
            if kind_of(clear) == "locked":
                raise DocumentError("the file is encrypted twice and cannot be read")
            yield from reader_for(clear, f"file{self._suffix}").read(clear)


def _refusal(kind: str, suffix: str, named: str) -> str:
    if kind == "image":
        return f"it is an image, without text of its own; {ocr.HINT}"
    if named and named not in _TEXTS:
        return f"the {READERS[named].name} is damaged: it is not what its name says ({suffix})"
    if kind == "zip":
        return "it is a ZIP archive; unpack it, or have it entered with --archives"
    if named:
        return f"it is no text, though it is named {suffix}, nor of another kind that Citewell reads"
    return f"files of this kind ({suffix or 'no ending'}) are not read (docs/formats.md lists those that are)"
