"""The title that is printed on a document's first page: its first heading, or a line that stands alone (pure)."""

import re
from collections.abc import Sequence

from ingest.facts.dates import first_date
from ingest.facts.junk_titles import is_file_like
from ingest.facts.opening import Opening
from ingest.facts.organisations import is_organisation

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


def printed_title(opening: Opening) -> str:
    """Return the title on the first page; "" if there is none to rely on."""
    if match := _SUBJECT.search(opening.first[:_MAIL_HEADERS]):
        return match[1].strip()
    return _line_above_the_headings(opening) or _heading(opening) or _first_block(opening)


def _heading(opening: Opening) -> str:
    """Return the first heading of the highest level on the first page."""
    usable = [
        (level, title) for level, title in opening.headings if is_printed_title(title) and not _is_sentence(title)
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
    return is_printed_title(title) and not title.endswith(_CONTINUES)


def is_printed_title(title: str) -> bool:
    """Return True if a line or heading may be a title: no address, date, field, row of a table, or garbage."""
    if " | " in title or len(title) > _MAX_PRINTED or title.startswith(("#", "•", "- ", "--")) or "@" in title:
        return False
    if _LABEL.match(title):
        return False
    if _PLACEHOLDER.fullmatch(title) or is_file_like(title) or _SHEET.fullmatch(title) or _SECTION.fullmatch(title):
        return False
    letters = re.sub(r"[\W\d_]+", "", title)
    is_field = ":" in title and len(letters) < _SHORTEST_WITH_COLON
    is_date = first_date(title) is not None and len(letters) <= 12
    many = len(_FIELD.findall(title)) > _MAX_FIELDS or len(_ODD.findall(title)) > _MAX_ODD
    return letters != "" and not (is_field or is_date or many)
