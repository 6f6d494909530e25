"""Tasks of a reading process. They run in that process and return or yield JSON or bytes."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.readers import ocr
from ingest.readers.pages import CLEANING_VERSION, without_invisible
from ingest.readers.registry import reader_for
from ingest.sandbox.unpack import unpack

_READ_FROM_IMAGES = {".pdf", ".png"}


def recipe(path: str, name: str) -> str:
    """Return which reader, in which version, would read a file."""
    reader = reader_for(Path(path), name)
    images = " ocr" if ocr.is_available() and not _READ_FROM_IMAGES.isdisjoint(reader.suffixes) else ""
    return f"{reader.name}-{reader.version}{images} clean-{CLEANING_VERSION}"


def read(path: str, name: str, password: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the pages of a file, each with the number of invisible characters removed from it."""
    for page in reader_for(Path(path), name).read(Path(path), password):
        (cleaned,), invisible = without_invisible([page])
        yield {**asdict(cleaned), "invisible": invisible}


def count_pages(path: str, password: str | None = None) -> int:
    """Return the number of pages of a PDF."""
    from ingest.readers.pdf import page_view

    return page_view.count_pages(Path(path), password)


def render(path: str, page_number: int, scale: float, password: str | None = None) -> bytes:
    """Return a page of a PDF as a PNG."""
    from ingest.readers.pdf import page_view

    return page_view.render(Path(path), page_number, scale, password)


def boxes(path: str, page_number: int, start: int, end: int, password: str | None = None) -> list[Any]:
    """Return the boxes of characters of a page's stored text, as fractions of the rendered page."""
    from ingest.readers.pdf import page_view

    return page_view.boxes(Path(path), page_number, start, end, password)


TASKS: dict[str, Callable[..., Any]] = {
    "recipe": recipe,
    "read": read,
    "count_pages": count_pages,
    "render": render,
    "boxes": boxes,
    "unpack": unpack,
}
"""All tasks, by name; a reading process does nothing else."""
