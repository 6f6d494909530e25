"""Find the headings of reStructuredText, Org and AsciiDoc. They get marks, and no line number changes.

A heading is a line after marks ("** Part" in Org, "=== Part" in AsciiDoc) outside of blocks such as code; or a line
above a rule (reStructuredText), where each new kind of rule is a level deeper.
"""

import re
from collections.abc import Iterator, Sequence

from ingest.readers.marked_lines import LineHeading, MarkedLines

_RULE = re.compile(r"([=\-~^\"'`#*+:.<>_])\1{2,}\s*")
_MARKED = {
    ".org": re.compile(r"(\*{1,6})\s+(?:(?:TODO|DONE)\s+)?(\S.*?)(?:\s+:[\w:@]+:)?\s*"),
    ".adoc": re.compile(r"(={1,6})\s+(\S.*?)\s*"),
}
_BLOCK = {
    ".org": re.compile(r"\s*(#\+)(?:begin|end)_", re.IGNORECASE),
    ".adoc": re.compile(r"(([-=.+/_*])\2{3,})\s*$"),
}
"""The line that begins a block, and with the same words or marks the one that ends it."""

_MAX_TITLE = 120
_MAX_LINE = 400
"""With marks and tags; a longer line is none of a heading, and its white space would take the pattern its square."""


def mark_headings(lines: Sequence[str], suffix: str) -> MarkedLines:
    """Turn the headings of a file with this suffix into `# Heading`, and the rules around them into empty lines."""
    found = list(_above_rules(lines) if suffix == ".rst" else _after_marks(lines, suffix))
    marked = MarkedLines(list(lines), found)
    for one in found:
        marked.lines[one.first] = f"{'#' * one.level} {one.title}"
        if suffix == ".rst":
            marked.lines[one.last] = ""
            if _has_rule_above(lines, one.first):
                marked.lines[one.first - 1] = ""
    return marked


def _above_rules(lines: Sequence[str]) -> Iterator[LineHeading]:
    """Yield titles above rules that are as long; with the same rule above it too, a title is of another level."""
    styles: list[tuple[str, bool]] = []
    for at, title in enumerate(map(str.strip, lines[:-1])):
        rule = lines[at + 1].rstrip()
        if _RULE.fullmatch(rule) and 0 < len(title) <= min(len(rule), _MAX_TITLE) and title[0].isalnum():
            style = rule[0], _has_rule_above(lines, at)
            if style not in styles:
                styles.append(style)
            yield LineHeading(min(styles.index(style) + 1, 6), at, at + 1, title)


def _has_rule_above(lines: Sequence[str], at: int) -> bool:
    """Return True if the rule below a line stands above it too."""
    return at > 0 and lines[at - 1].rstrip() == lines[at + 1].rstrip()


def _after_marks(lines: Sequence[str], suffix: str) -> Iterator[LineHeading]:
    """Yield titles after their marks, one for each level, but none within a block."""
    block = ""
    for at, line in enumerate(lines):
        if edge := _BLOCK[suffix].match(line):
            block = "" if block == edge[1] else block or edge[1]
        elif not block and (match := _heading(line, suffix)):
            yield LineHeading(len(match[1]), at, at + 1, match[2])


def _heading(line: str, suffix: str) -> re.Match[str] | None:
    match = _MARKED[suffix].fullmatch(line) if len(line) <= _MAX_LINE else None
    return match if match and len(match[2]) <= _MAX_TITLE else None
