"""Find the headings of plain text, which only its layout shows.

Precision comes first: a heading stands in a line of its own between blank lines, or above indented text as in manual
pages, and it is underlined, numbered in order, begins with "Chapter IV" or the like, or is in capitals. Text is
hard-wrapped, so a short line alone says nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.marked_lines import LineHeading

_MAX_TITLE = 90
_MIN_LETTERS = 3
_MAX_SHARE = 0.25
_MIN_COUNT = 6
"""So many headings are believed whatever their share of the lines is."""

_MAX_IN_A_ROW = 4
_APPENDIX = 1_000
_MIN_REPEATED = 3
_RULE = re.compile(r"\s*([=\-~^*_#])\1{2,}\s*")
_ATX = re.compile(r"(#{1,6})\s+(\S(?:.*[^\s#])?)[\s#]*")
_NUMBERED = re.compile(r"(?:§\s*)?(\d{1,2}(?:\.\d{1,2}){0,5}|[A-Z](?:\.\d{1,2}){1,4}|[A-Z](?=\.))\.?\s+(\S.*)")
_COUNT = (
    r"(?:\d{1,3}|[IVXLC]{1,8}|[A-Z]|(?:the )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|"
    r"one|two|three|four|five|six|seven|eight|nine|ten)"
)
_NAMED = re.compile(
    rf"(?P<word>book|part|volume|act|teil|buch|partie|livre|tome|parte|libro|"
    rf"chapter|kapitel|chapitre|capítulo|capitolo|letter|lecture|appendix|annex|annexe|anhang|schedule|exhibit|"
    rf"section|article|artikel|scene|abschnitt)\.?\s+(?P<count>{_COUNT})\b(?P<rest>.*)",
    re.IGNORECASE,
)
_OUTER = frozenset("book part volume act teil buch partie livre tome parte libro".split())
_INNER = frozenset("section article artikel scene abschnitt".split())
_CONTENTS_LINE = re.compile(r".*(?:\.\s?){4,}\s*\d*|.*\s{3,}\d{1,4}")
_MANUAL = frozenset({"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"})


class _Candidate(NamedTuple):
    line: int
    last: int
    style: str
    depth: int
    title: str


def text_headings(lines: Sequence[str]) -> list[LineHeading]:
    """Return the headings of a plain text in order."""
    found = list(_candidates(lines))
    found = [one for one in found if not _CONTENTS_LINE.fullmatch(lines[one.line].strip())]
    found = _in_order(_outermost(lines, _without_running_heads(found)))
    found = _without_lists(lines, found)
    filled = sum(bool(line.strip()) for line in lines)
    if len(found) > max(_MAX_SHARE * filled, _MIN_COUNT):
        return []
    levels = _levels(found)
    return [LineHeading(levels[one.style, one.depth], one.line, one.last, one.title) for one in found]


def _candidates(lines: Sequence[str]) -> Iterator[_Candidate]:
    is_manual = len(_MANUAL & {line.rstrip() for line in lines if line.isupper()}) >= 2
    for at, line in enumerate(lines):
        title = line.strip()
        before = at == 0 or not lines[at - 1].strip() or bool(_RULE.fullmatch(lines[at - 1]))
        if not title or not before or len(title) > _MAX_TITLE or sum(map(str.isalpha, title)) < _MIN_LETTERS:
            continue
        after = lines[at + 1] if at + 1 < len(lines) else ""
        rule = _RULE.fullmatch(after)
        if rule and _underlines(lines, at):
            yield _Candidate(at, at + 1, "rule " + rule[1], 1, title)
        elif not after.strip():
            yield from _alone(at, line, title)
        elif is_manual:
            yield from _of_manual(at, line, after)


def _underlines(lines: Sequence[str], at: int) -> bool:
    """Return True if the rule below a line is about as long, and no row of a table."""
    title, rule = lines[at].strip(), lines[at + 1].strip()
    return 0.6 * len(title) <= len(rule) <= 1.5 * len(title) + 3 and "  " not in title and "|" not in title


def _alone(at: int, line: str, title: str) -> Iterator[_Candidate]:
    """Yield the heading that a line between blank lines is, by its marks, words or capitals."""
    if (match := _ATX.fullmatch(title)) and line[0] == "#":
        yield _Candidate(at, at + 1, "mark", len(match[1]), match[2])
    elif (match := _NAMED.fullmatch(title)) and _names(match):
        word = match["word"].lower()
        style = "outer" if word in _OUTER else "inner" if word in _INNER else "chapter"
        yield _Candidate(at, at + 1, style, 1, title)
    elif (match := _NUMBERED.fullmatch(title)) and _is_title(match[2].removesuffix(".")):
        yield _Candidate(at, at + 1, "number", match[1].count(".") + 1, title)
    elif _is_capitals(title):
        yield _Candidate(at, at + 1, "capitals", 1, title)


def _names(match: re.Match[str]) -> bool:
    """Return True if a chapter's word begins a heading rather than a sentence ("Part of …", "Section 3 says")."""
    rest = match["rest"].strip()
    is_marked = match["word"][0].isupper() and (
        match["count"][0].isupper() or match["count"][0].isdigit() or match["word"].isupper()
    )
    return (
        is_marked
        and (not rest or rest[0] in ".:—–-" or rest[0].isupper() or rest.startswith("("))
        and not rest.endswith((",", ";"))
    )


def _is_title(text: str) -> bool:
    return (
        (text[0].isupper() or not text[0].isascii())
        and not text.endswith((".", ",", ";", ":", "?", "!"))
        and ". " not in text
    )


def _is_capitals(title: str) -> bool:
    letters = [character for character in title if character.isalpha()]
    longest = max((len(word) for word in re.findall(r"[^\W\d_]+", title)), default=0)
    is_plain = title[0].isalnum() and not title.endswith((",", ";", "!")) and "  " not in title and "|" not in title
    return (
        is_plain and longest > 3 and all(map(str.isupper, letters)) and len(letters) > 0.6 * len(title.replace(" ", ""))
    )


def _of_manual(at: int, line: str, after: str) -> Iterator[_Candidate]:
    """Yield the heads of a manual page: capitals at the margin, or a line indented by three, above deeper text."""
    indent, below = (len(text) - len(text.lstrip()) for text in (line, after))
    title = line.strip()
    if indent == 0 and below >= 3 and line.isupper():
        yield _Candidate(at, at + 1, "manual", 1, title)
    elif indent == 3 and below >= 6 and _is_title(title) and title[0].isalpha():
        yield _Candidate(at, at + 1, "manual", 2, title)


def _without_running_heads(found: list[_Candidate]) -> list[_Candidate]:
    """Leave out capitals that are repeated as the heads of printed pages are."""
    times = Counter(one.title for one in found if one.style == "capitals")
    return [one for one in found if times[one.title] < _MIN_REPEATED]


def _outermost(lines: Sequence[str], found: list[_Candidate]) -> list[_Candidate]:
    """Leave out numbers that are indented deeper than the first level's: the items of lists."""
    indents = {one.line: len(lines[one.line]) - len(lines[one.line].lstrip()) for one in found}
    first = min((indents[one.line] for one in found if one.style == "number" and one.depth == 1), default=0)
    return [one for one in found if one.style != "number" or one.depth > 1 or indents[one.line] <= first + 1]


def _in_order(found: list[_Candidate]) -> list[_Candidate]:
    """Leave out numbers that do not count up as those of sections do: a number alone, the items of a list."""
    numbered = [one for one in found if one.style == "number"]
    kept: set[int] = set()
    last: tuple[int, ...] = ()
    for one in numbered:
        number = _number(one)
        if _follows(last, number):
            kept.add(one.line)
            last = number
    depths = Counter(one.depth for one in numbered if one.line in kept)
    is_sure = sum(depths.values()) >= 3 or max(depths, default=1) > 1
    return [one for one in found if one.style != "number" or (is_sure and one.line in kept)]


def _number(one: _Candidate) -> tuple[int, ...]:
    """Return the number of a heading; the letters of appendices come after all numbers."""
    parts = re.split(r"[.\s]", one.title.lstrip("§ "))[: one.depth]
    return tuple(int(part) if part.isdigit() else _APPENDIX + ord(part) - ord("A") for part in parts)


def _follows(last: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """Return True if a number is the next one of its level, or begins a level: 1, 1.1, 1.2, 2."""
    if not last:
        return number[-1] in (0, 1)
    parent, own = number[:-1], number[-1]
    if parent[: len(last)] == last[: len(parent)] and len(number) <= len(last):
        return own in (last[len(parent)] + 1, last[len(parent)] + 2) or number == (_APPENDIX,)
    return parent == last[: len(parent)] and own in (0, 1)


def _without_lists(lines: Sequence[str], found: list[_Candidate]) -> list[_Candidate]:
    """Leave out headings of one style that follow each other without any text: a table of contents."""
    kept: list[_Candidate] = []
    row: list[_Candidate] = []
    for one in found:
        alike = row and (row[-1].style, row[-1].depth) == (one.style, one.depth)
        if not alike or any(line.strip() for line in lines[row[-1].last : one.line]):
            kept += _unless_list(row)
            row = []
        row.append(one)
    return kept + _unless_list(row)


def _unless_list(row: list[_Candidate]) -> list[_Candidate]:
    limit = 1 if row and row[0].style == "number" else _MAX_IN_A_ROW
    if len(row) <= limit:
        return row
    return row[-1:] if row[-1].title in {one.title for one in row[:-1]} else []  # the list, then its first chapter


def _levels(found: Sequence[_Candidate]) -> dict[tuple[str, int], int]:
    """Return the level of each style and depth that occurs: books over chapters over sections over the rest."""
    styles = list(dict.fromkeys(one.style for one in found))
    names = [name for name in ("outer", "chapter", "inner") if name in styles]
    rules = [style for style in styles if style.startswith("rule")]
    base = len(names)
    levels: dict[tuple[str, int], int] = {}
    for one in found:
        if one.style in names:
            level = names.index(one.style) + 1
        elif one.style in rules:
            level = base + rules.index(one.style) + 1
        else:
            level = base + len(rules) * (one.style != "mark") + one.depth
        levels[one.style, one.depth] = min(level, 6)
    return levels
