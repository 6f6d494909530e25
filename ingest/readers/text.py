"""Read plain text, Markdown, reStructuredText, Org and source code.

They have no pages: a long file is divided at line ends and labelled by its lines.
"""

import re
from pathlib import Path

from ingest.readers.encoding import decode
from ingest.readers.pages import NO_TEXT, PART_CHARACTERS, clean_text
from rag.errors import DocumentError
from rag.types import Page

CODE = frozenset(
    f".{name}"
    for name in """py pyi js mjs ts tsx jsx java kt scala c h cc cpp hpp cs go rs rb php swift m jl r lua pl sh bash ps1
    sql proto graphql css scss vue toml yaml yml ini cfg conf json jsonl ipynb tex bib log diff patch cmake gradle
    dockerfile makefile""".split()
)
_UNDERLINED = (".rst", ".md", ".markdown")
_RULE = re.compile(r"([=\-~^\"'`#*+:.<>_])\1{2,}\s*")
_ORG_HEADING = re.compile(r"(\*{1,6})\s+(\S.*)")
_MAX_TITLE = 120


class TextReader:
    """Read text in any encoding.

    Raises:
        DocumentError: the file is empty or not text.
    """

    name = "text"
    suffixes = frozenset({".txt", ".md", ".markdown", ".text", ".rst", ".org", ".adoc"}) | CODE
    version = 2

    def read(self, path: Path, password: str | None = None) -> list[Page]:  # noqa: ARG002  never encrypted
        """Return one page, or the parts of a long file, labelled "lines 1–420"."""
        lines = decode(path.read_bytes()).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        suffix = path.suffix.lower()
        if suffix in _UNDERLINED:
            lines = with_marked_headings(lines, levels="=-" if suffix != ".rst" else "")
        elif suffix == ".org":
            lines = [_ORG_HEADING.sub(lambda match: f"{'#' * len(match[1])} {match[2]}", line) for line in lines]
        parts = _divide(lines)
        pages: list[Page] = []
        for first, last in parts:
            label = f"lines {first + 1}–{last}" if len(parts) > 1 else ""
            text = clean_text("\n".join(lines[first:last]))
            number = len(pages) + 1
            pages.append(
                Page(number=number, label=label, text=text)
                if text
                else Page(number=number, label=label, text="", state="empty", note=NO_TEXT)
            )
        if not any(page.text for page in pages):
            raise DocumentError("the file is empty")
        return pages


def with_marked_headings(lines: list[str], levels: str = "") -> list[str]:
    """Turn underlined headings into `# Heading`, and their rules into empty lines, so that line numbers stay.

    `levels` are the rule characters of levels 1, 2, …; without them each new one is a level deeper, as in
    reStructuredText.
    """
    found = list(lines)
    order = list(levels)
    for at in range(1, len(lines)):
        rule, title = lines[at].rstrip(), lines[at - 1].strip()
        if not _RULE.fullmatch(rule) or not 0 < len(title) <= min(len(rule) if not levels else _MAX_TITLE, _MAX_TITLE):
            continue
        if not title[0].isalnum() or (at > 1 and levels and lines[at - 2].strip()):
            continue
        if levels and rule[0] not in levels:
            continue
        if rule[0] not in order:
            order.append(rule[0])
        found[at - 1], found[at] = f"{'#' * min(order.index(rule[0]) + 1, 6)} {title}", ""
        if at > 1 and lines[at - 2].rstrip() == rule:
            found[at - 2] = ""
    return found


def _divide(lines: list[str]) -> list[tuple[int, int]]:
    """Return ranges of lines of about `PART_CHARACTERS`, ending at a blank line where there is one."""
    parts: list[tuple[int, int]] = []
    first, size, blank = 0, 0, -1
    for index, line in enumerate(lines):
        size += len(line) + 1
        if not line.strip():
            blank = index
        if size >= PART_CHARACTERS:
            last = blank + 1 if blank > first else index + 1
            parts.append((first, last))
            first, size = last, sum(len(rest) + 1 for rest in lines[last : index + 1])
    if first < len(lines):
        parts.append((first, len(lines)))
    return parts
