"""Titles in metadata that nobody wrote: names of files and programs, and placeholders (pure)."""

import re

_FROM_PROGRAM = re.compile(
    r"(microsoft\s+(word|powerpoint|excel|office\s+\w+)|powerpoint|word|adobe\s+\w+)\s*[-–:]\s*", re.IGNORECASE
)
_JUNK = re.compile(
    r"""(new\s+|microsoft\s+|google\s+)?(untitled|document|doc|dokument|documento|presentation|präsentation|présentation
    |presentación|workbook|book|sheet|slide|page|template|title|titel|output|test|draft|file|scan|image|noname|unknown
    |unbenannt|sans\ titre|sin\ título|no\ title|none|null|n/?a|index|home|main|default|anonymous|layout)
    (\s+(document|presentation|page|file|slide|sheet))?[\s_-]*[\d.]*(\s*\(\d+\))?
    |power\s?point[\s-]*(presentation|präsentation)?|[\d\s_./:-]+""",
    re.IGNORECASE | re.VERBOSE,
)
_EXHIBIT = re.compile(r"\bexhibit\s+\d", re.IGNORECASE)
_SUFFIXES = (
    "docx?|pdf|xlsx?|pptx?|od[tsp]|rtf|txt|html?|png|jpe?g|gif|tiff?|tex|dvi|indd|pub|pages|qxd|p65|md|csv|ai|eps|wpd"
)
_FILE = re.compile(
    rf"(?:[a-z]:\\|/|~/|file:).*|[^\s/\\]+[/\\]\S+|\S*\.(?:{_SUFFIXES})|\S*\w\.[a-z]{{3}}|[^\s_]+_\S+", re.IGNORECASE
)
_SPACED_FILE = re.compile(rf".*\.(?:{_SUFFIXES})", re.IGNORECASE)


def without_program(title: str) -> str:
    """Return a title without the program's name before it: "Microsoft Word - "."""
    return _FROM_PROGRAM.sub("", title, count=1)


def is_junk(title: str) -> bool:
    """Return True if a title says nothing about a document."""
    return is_file_like(title) or bool(_JUNK.fullmatch(title) or _EXHIBIT.search(title))


def is_file_like(title: str) -> bool:
    """Return True if a title has next to no letters, or the form of a path or a file name."""
    letters = sum(map(str.isalpha, title))
    return letters < (3 if title.isascii() else 2) or bool(_FILE.fullmatch(title))


def is_file_name(title: str, name: str) -> bool:
    """Return True if a title is the name of a file, or that of this one: no words a person would write."""
    stem = name.rsplit(".", 1)[0]
    is_own = bare(title) in (bare(stem), bare(name)) and (" " not in title or "_" in title)
    return is_own or bool(_SPACED_FILE.fullmatch(title))


def bare(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())
