"""Addresses of the sources of an answer, for hyperlinks of a terminal."""

import re
from collections.abc import Sequence
from pathlib import Path

from rag.interfaces import Library
from rag.types import Passage

_WEB_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)


class SourceLinks:
    """The address of each passage of an answer by its number: a file with its page, or a page of the web."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._passages: tuple[Passage, ...] = ()

    def show(self, passages: Sequence[Passage]) -> None:
        """Take the passages of another answer, or more of them."""
        self._passages = tuple(passages)

    def __call__(self, number: int) -> str:
        """Return the address of a passage; "" if its document has none, such as an uploaded file."""
        if not 1 <= number <= len(self._passages):
            return ""
        chunk = self._passages[number - 1].chunk
        document = self._library.document(chunk.document_id)
        return address_of(document.source, chunk.page) if document else ""


def address_of(source: str, page: int) -> str:
    """Return the address of a page of a document by its source; "" if nothing is there."""
    if _WEB_ADDRESS.fullmatch(source):
        return source
    path = Path(source)
    if not path.is_absolute() or not path.is_file():
        return ""
    return path.as_uri() + (f"#page={page}" if path.suffix.lower() == ".pdf" else "")
