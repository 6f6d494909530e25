"""Where a page or a quote is, for people (pure)."""

from rag.types import UNIT_LABELS


def page_location(page: int, label: str) -> str:
    """Return where to look in a document: "p. 3 (page 11 of the file)", "slide 3"; "" if it has no pages."""
    if not label or label.startswith(UNIT_LABELS):
        return label
    return f"p. {label}" if label == str(page) else f"p. {label} (page {page} of the file)"


def document_location(document: str, page: int, label: str) -> str:
    """Return the document, and where to look in it."""
    return ", ".join(part for part in (document, page_location(page, label)) if part)
