"""Rich Text Format."""

from collections.abc import Iterator
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from ingest.readers.pages import sections
from rag.types import Page


class RtfReader:
    """Its text, by paragraphs."""

    name = "RTF document"
    suffixes = frozenset({".rtf"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  nothing to open
        """One page, or parts of a long text."""
        yield from sections(line for line in rtf_text(path.read_bytes()).split("\n") if line.strip())


def rtf_text(data: bytes) -> str:
    """The text, in the code page the file names; its bytes beyond ASCII are escaped."""
    return str(rtf_to_text(data.decode("latin-1"), errors="replace"))
