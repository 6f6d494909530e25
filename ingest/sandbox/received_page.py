"""Check the pages that a reading process sends: a hostile document may have taken it over."""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.document_warnings import DocumentWarnings
from rag.errors import DocumentError
from rag.types import Page, Structure

_PAGE = TypeAdapter(Page)


def received_pages(items: Iterable[dict[str, Any]], warnings: DocumentWarnings) -> Iterator[Page]:
    """Yield the pages of messages, and note what people should be warned of."""
    for item in items:
        page = received_page(item)
        warnings.add(page, int(item["invisible"]))
        yield page


def received_page(message: dict[str, Any]) -> Page:
    """Return the page of a message after checking its types and offsets.

    Raises:
        DocumentError: it is no page.
    """
    try:
        page = _PAGE.validate_python(message)
    except ValidationError as error:
        raise _no_page() from error
    if not _is_within(page.structure, len(page.text)):
        raise _no_page()
    return page


def _is_within(structure: Structure, length: int) -> bool:
    spans = [
        *((heading.start, heading.end) for heading in structure.headings),
        *((table.start, table.end) for table in structure.tables),
        *((cell.start, cell.end) for table in structure.tables for cell in table.cells),
        *((figure.start, figure.end) for figure in structure.figures),
    ]
    return all(0 <= start <= end <= length for start, end in spans)


def _no_page() -> DocumentError:
    return DocumentError("reading it gives what is no page: it is damaged, or made to do so")
