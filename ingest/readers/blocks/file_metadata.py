"""Collect what a file says of itself under the names that all formats share (pure)."""

from collections.abc import Iterable

from ingest.readers.blocks.pages import clean_text

KEYS = ("title", "author", "organisation", "date", "subject", "kind", "language", "keywords", "producer")
_MAX_VALUE = 500


def metadata_of(values: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Return the first value of each key that is not empty; several authors are given as one value."""
    found: dict[str, str] = {}
    for key, value in values:
        shown = " ".join(clean_text(value or "").split())[:_MAX_VALUE]
        if shown and key in KEYS:
            found.setdefault(key, shown)
    return found


def joined(values: Iterable[str | None]) -> str:
    """Return several authors or keywords as one value, each once."""
    return ", ".join(dict.fromkeys(shown for value in values if (shown := " ".join((value or "").split()))))
