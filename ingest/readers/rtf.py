"""Read Rich Text Format."""

from collections.abc import Iterator
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from ingest.readers.pages import section_pages
from rag.types import Page


class RtfReader:
    """Read an RTF document by paragraphs."""

    name = "RTF document"
    suffixes = frozenset({".rtf"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or parts of a long text."""
        yield from section_pages(line for line in rtf_text(path.read_bytes()).split("\n") if line.strip())


def rtf_text(data: bytes) -> str:
    """Return the text. The file names the code page of its escaped bytes beyond ASCII."""
    return str(rtf_to_text(data.decode("latin-1"), errors="replace"))
