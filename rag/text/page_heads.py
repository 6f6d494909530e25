"""The head of a printed page: its first lines, which mostly say what the page is."""

import re

_MAX_HEAD = 110
_MAX_LINES = 4
_BEGINNING = 2_000
_BOILERPLATE = re.compile(r"table of contents|\d+|page \d+.*", re.IGNORECASE)


def page_head(text: str, running_head: str = "") -> str:
    """Return a page's running head and first lines ("ACME Inc. · Balance Sheets · (In thousands)"); "" if too long."""
    lines = [line.strip() for line in f"{running_head}\n{text[:_BEGINNING]}".split("\n") if line.strip()]
    head = ""
    for line in [line for line in lines if not _BOILERPLATE.fullmatch(line)][:_MAX_LINES]:
        if len(head) + len(line) > _MAX_HEAD:
            break
        head += (" · " if head else "") + line
    return head
