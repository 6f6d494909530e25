"""Remove the citation markers `[n]` that a model writes itself (pure), and find which passages they point at.

A marker follows a space or a punctuation mark, or ends a clause directly after a word in plain letters or a number
("in 1851[2]."). Code, and indices ("x[0]", "names[2] is"), stay in the text.
"""

import re
from collections.abc import Sequence

from rag.text.markdown_code import Code

_MARKER = re.compile(r"\s?\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_GLUED = re.compile(r"[\w)\]}\"'`]\Z")
_IN_PROSE = re.compile(r"(?<![\w.`])(?:[^\W\d_]{2,}|\d+(?:[.,]\d+)*%?)\Z")
_ENDS_CLAUSE = re.compile(r"[*_\"'”’)]*(?:[.,;:!?|]|\s*\Z|\s*\|)")


def strip_markers(sentence: str, shown: int, code: Sequence[Code] = ()) -> tuple[str, frozenset[int]]:
    """Return the sentence without `[n]` markers, and the numbers of them that point at one of `shown` passages.

    `code` is the code of the sentence.
    """
    parts: list[str] = []
    numbers: set[int] = set()
    at = 0
    for match in _MARKER.finditer(sentence):
        pointed = {int(n) for n in match[1].split(",")}
        parts.append(sentence[at : match.start()])
        if _is_marker(sentence, match, pointed, shown, code, after_marker=at == match.start() > 0):
            numbers |= pointed
        else:
            parts.append(match[0])
        at = match.end()
    text = "".join([*parts, sentence[at:]]).strip()
    return text, frozenset(n for n in numbers if 1 <= n <= shown)


def without_markers(text: str) -> str:
    """Return the text without anything that looks like a marker, to compare it with a passage."""
    return _MARKER.sub("", text)


def _is_marker(
    sentence: str, match: re.Match[str], pointed: set[int], shown: int, code: Sequence[Code], *, after_marker: bool
) -> bool:
    if any(span.start < match.end() and match.start() < span.end for span in code):
        return False
    before = sentence[: match.start()]
    if match[0][0].isspace() or after_marker or not _GLUED.search(before):
        return True
    points = all(1 <= n <= shown for n in pointed)
    following = without_markers(sentence[match.end() :])
    return points and _IN_PROSE.search(before) is not None and _ENDS_CLAUSE.match(following) is not None
