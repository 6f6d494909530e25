"""Tasks of a reading process. They run in that process and return or yield JSON or bytes."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ingest.formats import FORMATS, WEB_PAGE, Format
from ingest.readers import image
from ingest.readers.blocks.pages import CLEANING_VERSION, without_invisible
from ingest.readers.detect import detect_format
from ingest.readers.pdf import page_view
from ingest.readers.recognition import onnx_models
from ingest.readers.registry import reader_for
from ingest.readers.web_page import page_links
from ingest.sandbox.unpack import unpack

_READ_FROM_IMAGES = {".pdf", ".png"}
_MAX_METADATA_CHARACTERS = 1_000
"""A longer value is neither a title nor a name."""


def recipe(path: str, name: str, charset: str = "", *, of_web: bool = False) -> str:
    """Return which reader, in which version, would read a file."""
    return _recipe_of(reader_for(Path(path), name, charset, of_web=of_web).format)


def recipes() -> list[str]:
    """Return the recipes of all readers: what was read in another way is out of date."""
    return [_recipe_of(each) for each in (*FORMATS.values(), WEB_PAGE)]


def _recipe_of(read: Format) -> str:
    images = " ocr" if onnx_models.is_available() and not _READ_FROM_IMAGES.isdisjoint(read.suffixes) else ""
    return f"{read.name}-{read.version}{images} clean-{CLEANING_VERSION}"


def read(
    path: str, name: str, password: str | None = None, charset: str = "", *, of_web: bool = False
) -> Iterator[dict[str, Any]]:
    """Yield the pages of a file, each with the number of invisible characters removed from it."""
    for page in reader_for(Path(path), name, charset, of_web=of_web).read(Path(path), password):
        (cleaned,), invisible = without_invisible([page])
        metadata = {name: value[:_MAX_METADATA_CHARACTERS] for name, value in cleaned.metadata.items()}
        yield {**asdict(replace(cleaned, metadata=metadata)), "invisible": invisible}


def count_pages(path: str, password: str | None = None) -> int:
    """Return the number of pages of a PDF, or of images in an image file."""
    if _is_image(path):
        return image.count_pages(Path(path))
    return page_view.count_pages(Path(path), password)


def render(path: str, page_number: int, scale: float, password: str | None = None) -> bytes:
    """Return a page of a PDF, or an image, as a PNG."""
    if _is_image(path):
        return image.render(Path(path), page_number, scale)
    return page_view.render(Path(path), page_number, scale, password)


def boxes(
    path: str, page_number: int, start: int, end: int, password: str | None = None, *, recognised: bool = False
) -> list[Any]:
    """Return the boxes of characters of a page's stored text, as fractions of the rendered page."""
    if _is_image(path):
        return image.boxes(Path(path), page_number, start, end)
    return page_view.boxes(Path(path), page_number, start, end, password, recognised=recognised)


def text_lines(path: str, page_number: int, password: str | None = None, *, recognised: bool = False) -> list[Any]:
    """Return the lines of a page's stored text: start, end, quarter turns, and the box on the rendered page."""
    if _is_image(path):
        return [list(line) for line in image.text_lines(Path(path), page_number)]
    return [list(line) for line in page_view.text_lines(Path(path), page_number, password, recognised=recognised)]


def _is_image(path: str) -> bool:
    return detect_format(Path(path)) == "image"


def links(path: str, charset: str = "") -> dict[str, Any]:
    """Return the links of an HTML page."""
    return page_links(Path(path), charset)


TASKS: dict[str, Callable[..., Any]] = {
    "recipe": recipe,
    "recipes": recipes,
    "read": read,
    "count_pages": count_pages,
    "render": render,
    "boxes": boxes,
    "text_lines": text_lines,
    "unpack": unpack,
    "links": links,
}
"""All tasks, by name; a reading process does nothing else."""
