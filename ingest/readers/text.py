"""Plain text and Markdown. They have no pages; a long file is divided at line ends, and labelled by its lines."""

from pathlib import Path

from charset_normalizer import from_bytes

from ingest.readers.clean import clean_text
from rag.errors import DocumentError
from rag.types import Page

_PART_CHARACTERS = 20_000
"""A part is loaded whole to quote from it, so it is kept small."""


class TextReader:
    """Text in UTF-8, or in whatever encoding it turns out to be.

    Raises:
        DocumentError: the file is empty or is not text.
    """

    suffixes = frozenset({".txt", ".md", ".markdown", ".text"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> list[Page]:  # noqa: ARG002  text has none
        """One page, or as many parts as a long file needs, labelled "lines 1–420"."""
        lines = _decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        parts = _divide(lines)
        pages: list[Page] = []
        for first, last in parts:
            label = f"lines {first + 1}–{last}" if len(parts) > 1 else ""
            pages.append(Page(len(pages) + 1, label, clean_text("\n".join(lines[first:last]))))
        if not any(page.text for page in pages):
            raise DocumentError("the file is empty")
        return pages


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(data).best()
        if best is None:
            raise DocumentError("the file is not text in any encoding known here") from None
        return str(best)


def _divide(lines: list[str]) -> list[tuple[int, int]]:
    """Ranges of lines of about `_PART_CHARACTERS`, ending at a blank line where there is one."""
    parts: list[tuple[int, int]] = []
    first, size, blank = 0, 0, -1
    for index, line in enumerate(lines):
        size += len(line) + 1
        if not line.strip():
            blank = index
        if size >= _PART_CHARACTERS:
            last = blank + 1 if blank > first else index + 1
            parts.append((first, last))
            first, size = last, sum(len(rest) + 1 for rest in lines[last : index + 1])
    if first < len(lines):
        parts.append((first, len(lines)))
    return parts
