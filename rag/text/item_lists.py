"""Find the lists of a text: runs of bullets or numbers of one depth, one item after the other."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from rag.types import Span

ITEM = re.compile(
    r"^(?P<indent>[ \t]*)(?P<mark>[-*•◦▪–+]|\(?(?:(?P<number>\d{1,3})|(?P<letter>[a-z]))[.)])(?P<gap>[ \t]+)(?=\S)",
    re.MULTILINE,
)
"""The beginning of an item: a bullet, or a number or letter with a full stop or a bracket."""

_HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n(?=[ \t]*\S)")


@dataclass(slots=True)
class _OpenList:
    """A list that may go on: its `items` begin in this column, under marks of this kind, the last of this place."""

    column: int
    kind: str
    place: int | None
    begins: list[int] = field(default_factory=list)


def item_lists(text: str) -> list[list[Span]]:
    """Return the items of each list, in the order in which the lists end; those below an item belong to it.

    An item reaches up to the next one, the last up to the paragraph or heading that is no part of the list.
    """
    found: list[list[Span]] = []
    open_lists: list[_OpenList] = []

    def close(end: int) -> None:
        begins = open_lists.pop().begins
        last = Span(begins[-1], min(end, _end_of_list(text, begins[-1])))
        found.append([*(Span(a, b) for a, b in pairwise(begins)), last])

    for match in ITEM.finditer(text):
        # Numbers are often aligned to the right, so what counts is where their text begins.
        column = len((match["indent"] + match["mark"] + match["gap"]).expandtabs())
        kind = "number" if match["number"] else "letter" if match["letter"] else match["mark"]
        place = int(match["number"]) if match["number"] else ord(match["letter"]) if match["letter"] else None
        while open_lists and open_lists[-1].column > column:
            close(match.start())
        if open_lists and open_lists[-1].column == column:
            above = open_lists[-1]
            follows = place is None or (above.place is not None and place == above.place + 1)
            if above.kind != kind or not follows or _end_of_list(text, above.begins[-1]) < match.start():
                close(match.start())
        if not open_lists or open_lists[-1].column < column:
            open_lists.append(_OpenList(column, kind, place))
        open_lists[-1].begins.append(match.start())
        open_lists[-1].place = place
    while open_lists:
        close(len(text))
    return found


def list_items(text: str) -> list[str]:
    """Return the texts of the lines that begin with a bullet, a number or a letter."""
    return [without_mark(line).rstrip() for line in text.split("\n") if ITEM.match(line)]


def without_mark(item: str) -> str:
    """Return an item without its bullet, number or letter."""
    match = ITEM.match(item)
    return item[match.end() :] if match else item


def item_depth(text: str, begin: int) -> int | None:
    """Return the indentation of the item that begins here; None if none does."""
    line = text.rfind("\n", 0, begin) + 1
    match = ITEM.match(text, line)
    return _indent(text, line) if match and line <= begin <= match.start("mark") else None


def _end_of_list(text: str, begin: int) -> int:
    """Return where the list ends whose last item begins here: at a heading, or a paragraph that is no deeper."""
    heading = _HEADING.search(text, begin)
    end = heading.start() if heading else len(text)
    indent = _indent(text, begin)
    for match in _PARAGRAPH.finditer(text, begin, end):
        if _indent(text, match.end()) <= indent and not ITEM.match(text, match.end()):
            return match.start()
    return end


def _indent(text: str, begin: int) -> int:
    line = text[begin:].split("\n", 1)[0]
    return len(line) - len(line.lstrip())
