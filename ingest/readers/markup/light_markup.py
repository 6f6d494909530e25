"""Find the headings of reStructuredText, Org and AsciiDoc (pure). They get marks, and no line number changes."""

import re
from collections.abc import Iterator, Sequence

from ingest.readers.markup.marked_lines import LineHeading, MarkedLines

_RULE = re.compile(r"([=\-~^\"'`#*+:.<>_])\1{2,}\s*")
_ORG_HEADING = re.compile(r"(\*{1,6})\s+(?:(?:TODO|DONE)\s+)?(\S.*?)(?:\s+:[\w:@]+:)?\s*")
_ORG_BLOCK = re.compile(r"\s*#\+(begin|end)_", re.IGNORECASE)
_ADOC_HEADING = re.compile(r"(={1,6})\s+(\S.*?)\s*")
_ADOC_BLOCK = re.compile(r"(-{4,}|={4,}|\.{4,}|\+{4,}|/{4,}|_{4,}|\*{4,})\s*")
_MAX_TITLE = 120


def mark_rst(lines: Sequence[str]) -> MarkedLines:
    """Turn underlined headings into `# Heading`, and their rules into empty lines.

    Each new character of a rule is a level deeper, and one above and below the title is another than one below.
    """
    marked = MarkedLines(list(lines))
    order: list[tuple[str, bool]] = []
    for at in range(1, len(lines)):
        rule, title = lines[at].rstrip(), lines[at - 1].strip()
        if not _RULE.fullmatch(rule) or not 0 < len(title) <= min(len(rule), _MAX_TITLE) or not title[0].isalnum():
            continue
        is_over = at > 1 and lines[at - 2].rstrip() == rule
        style = (rule[0], is_over)
        if style not in order:
            order.append(style)
        level = min(order.index(style) + 1, 6)
        marked.lines[at - 1], marked.lines[at] = f"{'#' * level} {title}", ""
        if is_over:
            marked.lines[at - 2] = ""
        marked.headings.append(LineHeading(level, at - 1, at, title))
    return marked


def mark_org(lines: Sequence[str]) -> MarkedLines:
    """Turn starred headings into `# Heading`, but none in source blocks."""
    return _with_marks(lines, _org_headings(lines))


def mark_asciidoc(lines: Sequence[str]) -> MarkedLines:
    """Turn `== Heading` into `# Heading`, but nothing in delimited blocks."""
    return _with_marks(lines, _asciidoc_headings(lines))


def _with_marks(lines: Sequence[str], headings: Iterator[LineHeading]) -> MarkedLines:
    marked = MarkedLines(list(lines), list(headings))
    for one in marked.headings:
        marked.lines[one.first] = f"{'#' * one.level} {one.title}"
    return marked


def _org_headings(lines: Sequence[str]) -> Iterator[LineHeading]:
    is_inside = False
    for at, line in enumerate(lines):
        block = _ORG_BLOCK.match(line)
        is_inside = block[1].lower() == "begin" if block else is_inside
        match = None if is_inside else _ORG_HEADING.fullmatch(line)
        if match:
            yield LineHeading(len(match[1]), at, at + 1, match[2])


def _asciidoc_headings(lines: Sequence[str]) -> Iterator[LineHeading]:
    fence = ""
    for at, line in enumerate(lines):
        delimiter = _ADOC_BLOCK.fullmatch(line)
        if delimiter:
            fence = "" if fence == delimiter[1] else fence or delimiter[1]
        match = None if fence or delimiter else _ADOC_HEADING.fullmatch(line)
        if match and len(match[2]) <= _MAX_TITLE:
            yield LineHeading(len(match[1]), at, at + 1, match[2])
