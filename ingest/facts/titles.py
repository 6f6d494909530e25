"""A document's title: from its metadata, unless that is a file name or a program's, else as printed."""

import re
from collections.abc import Mapping, Sequence

from ingest.facts.dates import first_date
from ingest.facts.opening import Opening, tidy
from ingest.facts.organisations import is_organisation
from rag.text.characters import bare

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
_PLACEHOLDER = re.compile(
    r"untitled.*|unbenannt.*|sans titre.*|sin título.*|unknown|no title|[\"“']?(?:front |back )?cover[\"”']?"
    r"|(?:table of )?contents|inhalt(?:sverzeichnis)?|table des matières|índice",
    re.IGNORECASE,
)
_SHEET = re.compile(
    r"(sheet|tabelle|feuil(le)?|hoja|blatt|planilha|folha|foglio|лист|chart|工作表|シート)\s*\d*", re.IGNORECASE
)
_SECTION = re.compile(
    r"(?:\d{1,2}(?:\.\d+)+\.?\s.*|(?:chapter|kapitel|chapitre|section|part|teil)\s+[\divx]+)", re.IGNORECASE
)
_PAGE = re.compile(r"page\s+\d+\s+", re.IGNORECASE)
_LABEL = re.compile(
    r"(name|date|datum|to|from|an|von|re|subject|betreff|no|nr|ref|tel|fax|phone|telefon|page|seite|attn|version|status)"
    r"\b[^:]{0,12}:",
    re.IGNORECASE,
)
_FIELD = re.compile(r"\w[:：]\s?\S")
_SUBJECT = re.compile(r"^Subject:\s*(\S.*)$", re.MULTILINE)
_ODD = re.compile(r"[«»^*|~<>\\{}=_#]")
_CODE = re.compile(r"[A-Z\d][\w./()-]*(?:\s*\([^)]*\))?")
_DANGLING = re.compile(r"\b(?:for|of|the|and|to|in|on|with|de|du|des|für|der|von|und|et|y)$", re.IGNORECASE)
_CONTINUES = (".", ";", ",", ":")
_MAX_PRINTED = 200
_MAX_BLOCK_LINES = 4
_MAX_ODD = 2
_MAX_FIELDS = 1
_FAR = 300
_MAX_WORDS = 8
_SHORTEST_WITH_COLON = 6
_MAIL_HEADERS = 2_000
MAX_TITLE = 300
_SITE = re.compile(r"\s+[|·•–—-]\s+")
_NO_WEB = (".pdf", ".docx", ".doc", ".pptx", ".ppt", ".odt", ".odp", ".rtf", ".epub", ".xlsx", ".ods")
_CORROBORATED = 0.6


def title_of(name: str, metadata: Mapping[str, str], opening: Opening) -> str:
    """Return the title; "" if neither metadata nor the first page has one to rely on."""
    declared, printed = _declared_title(name, metadata), _printed_title(opening)
    return _shorten(_better(name, declared, printed, opening) if declared and printed else declared or printed)


def _declared_title(name: str, metadata: Mapping[str, str]) -> str:
    """Return the title in the metadata; "" if it is a file name, a path, a program's, or a placeholder."""
    title = _without_program(tidy(metadata.get("title", ""), MAX_TITLE * 2))
    return "" if _is_junk(title) or _is_file_name(title, name) else title


def _better(name: str, declared: str, printed: str, opening: Opening) -> str:
    """Choose between metadata and the printed title: what the first page confirms, without the site's name."""
    parts = [] if name.lower().endswith(_NO_WEB) else _SITE.split(declared)
    if len(parts) > 1 and any(bare(part) == bare(printed) for part in parts):
        return printed
    confirmed = _share_in(declared, opening.first) >= _CORROBORATED
    return declared if confirmed or not opening.headings or bare(printed) in bare(declared) else printed


def _share_in(title: str, text: str) -> float:
    words = re.findall(r"\w{3,}", title.lower())
    return sum(word in text.lower() for word in words) / len(words) if words else 0.0


def _without_program(title: str) -> str:
    """Return a title without the program's name before it: "Microsoft Word - "."""
    return _FROM_PROGRAM.sub("", title, count=1)


def _is_junk(title: str) -> bool:
    """Return True if a title says nothing about a document."""
    return _is_file_like(title) or bool(_JUNK.fullmatch(title) or _EXHIBIT.search(title))


def _is_file_like(title: str) -> bool:
    """Return True if a title has next to no letters, or the form of a path or a file name."""
    letters = sum(map(str.isalpha, title))
    return letters < (3 if title.isascii() else 2) or bool(_FILE.fullmatch(title))


def _is_file_name(title: str, name: str) -> bool:
    """Return True if a title is the name of a file, or that of this one: no words a person would write."""
    stem = name.rsplit(".", 1)[0]
    is_own = bare(title) in (bare(stem), bare(name)) and (" " not in title or "_" in title)
    return is_own or bool(_SPACED_FILE.fullmatch(title))


def _printed_title(opening: Opening) -> str:
    """Return the title on the first page; "" if there is none to rely on."""
    if match := _SUBJECT.search(opening.first[:_MAIL_HEADERS]):
        return match[1].strip()
    return _line_above_the_headings(opening) or _heading(opening) or _first_block(opening)


def _heading(opening: Opening) -> str:
    """Return the first heading of the highest level on the first page."""
    usable = [
        (level, title) for level, title in opening.headings if _is_printed_title(title) and not _is_sentence(title)
    ]
    usable = [(level, title) for level, title in usable if not is_organisation(title)] or usable
    top = min((level for level, _ in usable), default=0)
    return next((title for level, title in usable if level == top), "")


def _line_above_the_headings(opening: Opening) -> str:
    """Return a line that begins the document, right or far above its first heading: a title without a style."""
    blocks = opening.blocks(2)
    if len(blocks) < 2 or not opening.headings or len(blocks[0]) != 1:
        return ""
    (line,), first = blocks[0], opening.headings[0][1]
    is_heading = line.startswith("#") or line == first
    is_above = blocks[1][0].lstrip("# ") == first or " ".join(opening.lines).find(first) > _FAR
    is_short = len(line.split()) <= _MAX_WORDS and not is_organisation(line)
    return line if is_above and is_short and not is_heading and _is_line(line) else ""


def _first_block(opening: Opening) -> str:
    """Return the first short block of lines that stands alone, or a line like a title above a longer one."""
    letterhead = ""
    blocks = opening.blocks(4)
    for number, block in enumerate(blocks[:3]):
        lines = block[1:] if len(block) > 1 and _CODE.fullmatch(block[0]) else block
        title = _PAGE.sub("", " ".join(lines), count=1)
        if len(lines) > _MAX_BLOCK_LINES:
            title = lines[0] if _is_above_text(lines) else ""
        if _DANGLING.search(title) and number + 1 < len(blocks):
            title = f"{title} {blocks[number + 1][0]}"
        if title and _is_line(title):
            if not is_organisation(title):
                return title
            letterhead = letterhead or title
    return letterhead


def _is_sentence(title: str) -> bool:
    return title.endswith(_CONTINUES) and len(title.split()) > _MAX_WORDS


def _is_above_text(lines: Sequence[str]) -> bool:
    """Return True if the first of many lines is like a title: a few words with capitals, not going on in the next."""
    words = lines[0].split()
    capitals = sum(word[:1].isupper() for word in words)
    return 1 < len(words) <= _MAX_WORDS and capitals * 2 > len(words) and not lines[1][:1].islower()


def _is_line(title: str) -> bool:
    return _is_printed_title(title) and not title.endswith(_CONTINUES)


def _is_printed_title(title: str) -> bool:
    """Return True if a line or heading may be a title: no address, date, field, row of a table, or garbage."""
    if " | " in title or len(title) > _MAX_PRINTED or title.startswith(("#", "•", "- ", "--")) or "@" in title:
        return False
    if _LABEL.match(title):
        return False
    if _PLACEHOLDER.fullmatch(title) or _is_file_like(title) or _SHEET.fullmatch(title) or _SECTION.fullmatch(title):
        return False
    letters = re.sub(r"[\W\d_]+", "", title)
    is_field = ":" in title and len(letters) < _SHORTEST_WITH_COLON
    is_date = first_date(title) is not None and len(letters) <= 12
    many = len(_FIELD.findall(title)) > _MAX_FIELDS or len(_ODD.findall(title)) > _MAX_ODD
    return letters != "" and not (is_field or is_date or many)


def _shorten(title: str) -> str:
    """Return a title that is not longer than it may be, cut at a word."""
    if len(title) <= MAX_TITLE:
        return title
    cut = title[: MAX_TITLE - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[MAX_TITLE // 2 :] else cut).rstrip() + "…"
