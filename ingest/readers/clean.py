"""Cleans text as it is read. What comes out is stored, and offsets count in it: nothing cleans it later."""

import re
from collections.abc import Iterable
from dataclasses import replace

from rag.text.sanitize import strip_invisible
from rag.types import Page

VERSION = 1
"""Raised when the same text would be cleaned to another one."""

_LINE_ENDS = re.compile(r"\r\n?|[\v\u0085\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Uniform line ends; no control characters, lone surrogates, trailing blanks or blank edges.

    SQLite, JSON and tantivy would each stumble over another of these.
    """
    text = _LINE_ENDS.sub("\n", text).removeprefix("\ufeff")
    text = _CONTROLS.sub("", text)
    return "\n".join([line.rstrip(" \t\xa0") for line in text.split("\n")]).strip()


def without_invisible(pages: Iterable[Page]) -> tuple[tuple[Page, ...], int]:
    """The pages without characters that nobody sees, and how many those were.

    A reader of the document could not know of them, but the search and the model would. They are noted to the user:
    soft hyphens are harmless, a paragraph in tag characters is not.
    """
    cleaned: list[Page] = []
    total = 0
    for page in pages:
        text, removed = strip_invisible(page.text)
        if removed:
            text = clean_text(text)
            page = replace(page, text=text, state=page.state if text else "empty")
        if page.head:
            page = replace(page, head=strip_invisible(page.head)[0])  # no text of the document: not counted
        cleaned.append(page)
        total += removed
    return tuple(cleaned), total
