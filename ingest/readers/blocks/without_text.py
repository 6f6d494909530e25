"""Say why a document without text has none: it is only pictures, or scripts would make it."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from ingest.readers.blocks.pages import NO_TEXT
from rag.types import Page

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".emf", ".wmf", ".svg")

_LOOKED_AT = 1_000_000


def why_without_text(path: Path, pages: Sequence[Page]) -> str:
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
