"""Remove the citation markers `[n]` that a model writes itself, and find which passages they point at.

"Source id 2" is one too: sources have such numbers in the prompt, which nobody sees.

A marker follows a space or a punctuation mark, or ends a clause directly after a word in plain letters or a number
("in 1851[2]."). Code, and indices ("x[0]", "names[2] is"), stay in the text.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter

from rag.text.markdown_code import Code

_NUMBERS = r"\[\d{1,3}(?:\s*,\s*\d{1,3})*\]"
_MARKER = re.compile(rf"\s?(?P<numbers>{_NUMBERS})")
_ID = r"\bsources?\W{1,2}ids?\W{1,3}(\d{1,3})\b[\"'”’]?"
_TOLD = r"(?<!\bis )(?<!\bare )(?<!\bwas )(?:provided|given|stated|mentioned|found|described|shown) "
_BY_ID = re.compile(
    rf"(?<!\s)\s*\({_ID}\)|(?<![\s,(])[\s,(]*\b(?:(?:as )?{_TOLD})?(?:in|by|from|according to) (?:the )?{_ID}\)?",
    re.IGNORECASE,
)
_ONLY_ID = re.compile(rf"(?:the )?{_ID}", re.IGNORECASE)
_GLUED = re.compile(r"[\w)\]}\"'`]")
_IN_PROSE = re.compile(r"(?<![\w.`])(?:[^\W\d_]{2,}|\d+(?:[.,]\d+)*%?)\Z")
_LONGEST_WORD = 100
"""Of what stands before a marker, so many characters are looked at: in a text of many markers each would see it all."""

_ENDS_CLAUSE = re.compile(rf"(?:[*_\"'”’)]|\s?{_NUMBERS})*+(?:[.,;:!?|]|(?:\s|{_NUMBERS})*+(?:\Z|\|))")
"""What follows the marker, further markers aside. Possessive: nothing that was passed over is tried again."""


def strip_markers(sentence: str, shown: int, code: Sequence[Code] = ()) -> tuple[str, frozenset[int]]:
    """Return the sentence without `[n]` markers, and the numbers of them that point at one of `shown` passages.

    `code` is the code of the sentence, in order.
    """
    parts: list[str] = []
    numbers: set[int] = set()
    at = 0
    for match in _MARKER.finditer(sentence):
        pointed = {int(n) for n in match["numbers"][1:-1].split(",")}
        parts.append(sentence[at : match.start()])
        if _is_marker(sentence, match, pointed, shown, code, after_marker=at == match.start() > 0):
            numbers |= pointed
        else:
            parts.append(match[0])
        at = match.end()
    text = "".join([*parts, sentence[at:]]).strip()
    text, named = (text, set[int]()) if code else _without_ids(text, shown)
    return text, frozenset(n for n in numbers | named if 1 <= n <= shown)


def without_markers(text: str) -> str:
    """Return the text without anything that looks like a marker, to compare it with a passage."""
    return _MARKER.sub("", text)


def _without_ids(text: str, shown: int) -> tuple[str, set[int]]:
    """Return a sentence that speaks of no "source id 2" of the prompt, and the numbers that it named."""
    numbers = {int(match[1]) for match in _ONLY_ID.finditer(text)}
    if not numbers or not all(1 <= number <= shown for number in numbers):
        return text, set()
    left = _ONLY_ID.sub("the source", _BY_ID.sub("", text)).lstrip(", ")
    return left[:1].upper() + left[1:] if text[:1].isupper() else left, numbers


def _is_marker(
    sentence: str, match: re.Match[str], pointed: set[int], shown: int, code: Sequence[Code], *, after_marker: bool
) -> bool:
    start, end = match.span()
    following = bisect_right(code, start, key=attrgetter("end"))
    if following < len(code) and code[following].start < end:
        return False
    if match[0][0].isspace() or after_marker or not (start and _GLUED.match(sentence, start - 1)):
        return True
    return (
        all(1 <= n <= shown for n in pointed)
        and _IN_PROSE.search(sentence, max(0, start - _LONGEST_WORD), start) is not None
        and _ENDS_CLAUSE.match(sentence, end) is not None
    )
