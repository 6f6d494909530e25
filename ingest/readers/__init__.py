"""One file a format family; each turns a file into pages. `reader_for` chooses by content and name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from ingest.readers.pdf import PdfReader
from ingest.readers.text import TextReader
from rag.errors import DocumentError
from rag.types import Page


class Reader(Protocol):
    """Reads one family of formats.

    `suffixes` are the file endings it answers for; `version` is raised when the same file would give other pages.
    """

    suffixes: frozenset[str]
    version: int

    def read(self, path: Path, password: str | None = None) -> Iterable[Page]:
        """The pages, in order, numbered from 1, those without text included: their state and note say why.

        `password` opens an encrypted file and is not kept.

        Raises:
            DocumentError: the file cannot be read; the text says why, for a person.
        """


READERS: tuple[Reader, ...] = (PdfReader(), TextReader())
SUFFIXES: frozenset[str] = frozenset().union(*(reader.suffixes for reader in READERS))
_PDF_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024


def reader_for(path: Path, name: str) -> Reader:
    """The reader for a file. A PDF is known by its content, whatever it is called.

    Raises:
        DocumentError: no reader takes this kind of file.
    """
    with path.open("rb") as stream:
        is_pdf = _PDF_MAGIC in stream.read(_MAGIC_WITHIN)
    suffix = ".pdf" if is_pdf else Path(name).suffix.lower()
    for reader in READERS:
        if suffix in reader.suffixes:
            return reader
    raise DocumentError(
        f"files of this kind ({suffix or 'no ending'}) are not read; Citewell reads {', '.join(sorted(SUFFIXES))}"
    )
