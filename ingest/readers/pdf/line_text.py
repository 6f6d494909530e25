"""What a line's text tells: the number of a heading, or that it is a caption, an item, a row of figures."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ingest.readers.blocks.geometry import Line

_ROMAN = r"[IVXLC]{1,7}"
_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_VALUE = rf"(?:\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}[A-Z]?|{_ROMAN}|[A-Z]|{_WORDS})(?:\.?\([a-z\d]\))?"
_RANKS = {
    0: "part|book|volume|title|teil|partie|parte|livre|tome",
    1: "chapter|article|item|kapitel|artikel|chapitre|capítulo|capitolo|artículo|articolo|unit|lesson|module",
    2: "appendix|annex|schedule|anhang|anlage|annexe|apéndice|anexo|allegato",
    3: "section|sec\\.|note|abschnitt|sección|sezione|clause|step|topic",
}
_NAMED = re.compile(
    "|".join(rf"(?P<r{rank}>(?:{words})\s+(?:no\.\s*)?(?={_VALUE}(?!\w)))" for rank, words in _RANKS.items()),
    re.IGNORECASE,
)
_NAMED_VALUE = re.compile(rf"{_VALUE}(?!\w)[.:)]?\s*[—–-]?\s*", re.IGNORECASE)
_IDEOGRAPHIC = re.compile(
    r"第[\d一二三四五六七八九十百]{1,5}(?:(?P<r0>[编編部篇卷])|(?P<r1>[章回])|(?P<r3>[节節条條款]))\s*"
)
_PARAGRAPH_SIGN = re.compile(r"§+\s*\d+[a-z]?(?:\.\d+)*\.?\s+")
_DECIMAL = re.compile(r"(?P<value>\d{1,3}(?:\.\d{1,3}){1,5})\.?(?:\s+|(?=[^\W\d_]))|(?P<plain>\d{1,3})(?:[.)]\s*|\s+)")
_APPENDED = re.compile(r"(?P<value>[A-Z](?:\.\d{1,3}){1,4})\.?\s+")
_LETTER = re.compile(rf"(?:{_ROMAN}(?:-[A-Z])?|[A-Z])[.)]\s+|{_ROMAN}\s+(?=[A-Z])")
_BARE = re.compile(
    rf"(?:(?:{'|'.join(_RANKS.values())})\s+)?(?:{_VALUE}|\d{{1,3}}(?:\.\d{{1,3}}){{0,5}})[.:)]?", re.IGNORECASE
)
_FIRST_LETTERS = frozenset(word[:3] for words in _RANKS.values() for word in words.split("|"))

_CAPTION = re.compile(
    r"(?:fig(?:ure|\.)?|table|chart|graph|scheme|listing|algorithm|plate|exhibit|abbildung|abb\.|tabelle|tab\.|figura|tabla"
    r"|tableau|рис(?:унок|\.)?|таблица|图|圖|表|図)\s*(?:[A-Z]{0,2}[.-]?\d+|[IVX]+\b)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[•‣◦▪▫●○■□◆◇►▶▸➢➤✓✔★·∙⁃–—*+\uf0b7\uf0a7\uf0d8-]\s*(?=\S)|\([a-z\d]{1,3}\)\s|[☐☑☒]|o\s")
_FIGURE = re.compile(r"[$€£¥(]*[-–—+]?[$€£¥]?\s?\d[\d,.]*\)?%?|[-–—]|%|[$€£¥]|N/?[AM]", re.IGNORECASE)
_LEADER = re.compile(r"(?:[.·…_]\s?){4,}\s*(?:[A-Z]-?)?(?:\d{1,4}|[ivxlc]{1,7})?\s*$")
_ENTRY = re.compile(r".*\D\s(?:[A-Z]-)?(\d{1,4}|[ivxlc]{1,7})\s*$")
_PAGE_NUMBER = re.compile(r"(?:[A-Z]-)?(\d{1,4}|[ivxlc]{1,7})")
_ADDRESS = re.compile(r"https?://|www\.|\S@\S+\.\w|\(\d{3}\)\s*\d{3}|\+\d[\d\s-]{7,}")
_CONTINUED = re.compile(
    r"(?:\bcont(?:inue)?d|\bcont\.|\bfortsetzung|\bsuite|\bcontinuación|\bcontinuación|續|续)[.)\]:\s]*$", re.IGNORECASE
)
_UNIT = re.compile(
    r"[($€£¥]|(?:(?:amounts|dollars|figures|shares|all \w+|u\.?s\.? dollars)\s+)?(?:(?:are|expressed|stated)\s+)?"
    r"in\s+(?:\w+\s+)?(?:millions|thousands|billions|dollars|percent)|as (?:of|at) "
    r"|(?:for )?(?:the )?(?:fiscal )?(?:years?|quarters?|\w+ months?)(?: then)? ended",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{3,}|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}")
_OPERATOR = re.compile(r"[=<>≤≥≠≈∈∉⊂⊆∪∩∀∃⇒⇔→↦∗∞∂∑∏∫√±×÷]")
_FIGURE_ENDS = frozenset("0123456789)%-–—$€£¥AaMm")
_MIN_CAPITALS = 6
_MIN_ENTRIES = 4
_PAGE_NUMBER_ENDS = frozenset("0123456789ivxlc. _…·")
_MIN_SHARE = 0.4


class Number(NamedTuple):
    """The number of a heading: its end in the text, and what it says about the level.

    `rank` is that of the word before it (0 part, 1 chapter, 2 appendix, 3 section), None if there is none. `depth`
    counts the numbers of a decimal ("7.2" has 2), 0 if it is none.
    """

    end: int
    rank: int | None = None
    depth: int = 0


def heading_number(text: str) -> Number | None:
    """Return the number that a text begins with, None if it begins with none, or in lower case."""
    first = text[:1]
    if first.islower() or first.isspace():
        return None
    if text[:3].lower() in _FIRST_LETTERS and (named := _NAMED.match(text)):
        value = _NAMED_VALUE.match(text, named.end())
        rank = next(rank for rank in _RANKS if named[f"r{rank}"])
        return Number(value.end() if value else named.end(), rank)
    if first == "第" and (ideographic := _IDEOGRAPHIC.match(text)):
        return Number(ideographic.end(), next(rank for rank in (0, 1, 3) if ideographic[f"r{rank}"]))
    if first == "§" and (sign := _PARAGRAPH_SIGN.match(text)):
        return Number(sign.end(), 3)
    if first.isdigit():
        decimal = _DECIMAL.match(text)
        return Number(decimal.end(), depth=(decimal["value"] or "").count(".") + 1) if decimal else None
    if appended := _APPENDED.match(text):
        return Number(appended.end(), depth=appended["value"].count(".") + 1)
    if letter := _LETTER.match(text):
        return Number(letter.end())
    return None


def is_number_alone(text: str) -> bool:
    """Return True for a heading's number without its title: "7.2", "Item 7."."""
    return bool(_BARE.fullmatch(text.strip()))


def is_caption(text: str) -> bool:
    """Return True for the caption of a figure or table."""
    return bool(_CAPTION.match(text))


def is_list_item(text: str) -> bool:
    """Return True for a line that begins with a bullet or a letter in brackets."""
    return bool(_BULLET.match(text))


def is_address(text: str) -> bool:
    """Return True for a line with the address of a page, a mailbox or a telephone."""
    return bool(_ADDRESS.search(text))


def is_unit(text: str) -> bool:
    """Return True for the unit and scale of a table: "$ in millions, except per share amounts"."""
    return bool(_UNIT.match(text))


def is_continuation(text: str) -> bool:
    """Return True for the title of a section that began on a page before: "Notes (continued)"."""
    return bool(_CONTINUED.search(text))


def letters(text: str) -> int:
    """Return the number of letters of a text."""
    return sum(map(str.isalpha, text))


def has_word(text: str) -> bool:
    """Return True if a text has a word, and is no formula."""
    return bool(_WORD.search(text)) and len(_OPERATOR.findall(text)) < 2


def is_capitals(text: str) -> bool:
    """Return True for a text in capitals; an abbreviation alone ("1.3 XML") says nothing."""
    return text.isupper() and letters(text) >= _MIN_CAPITALS


def is_numeric_row(text: str) -> bool:
    """Return True for a row of figures, with or without its name: "Net sales 32,765 31,657"."""
    if text[-1:] not in _FIGURE_ENDS:
        return False
    words = text.split()
    figures = 0
    for word in reversed(words):
        if not _FIGURE.fullmatch(word):
            break
        figures += any(map(str.isdigit, word)) or word in "-–—"
    return figures >= 2 or bool(figures and figures == len(words))


def contents_lines(texts: Sequence[str], lines: Sequence[Line]) -> set[int]:
    """Return the places of the entries of a table of contents among the lines of a page.

    Entries end in page numbers that rise; what stands between two of them belongs to them.
    """
    if sum(text[-1:] in _PAGE_NUMBER_ENDS for text in texts) < _MIN_ENTRIES:
        return set()
    entries: list[tuple[int, int]] = []
    led: set[int] = set()
    for place, text in enumerate(texts):
        if text[-1:] not in _PAGE_NUMBER_ENDS:
            continue
        if _LEADER.search(text):
            led.add(place)
        elif is_numeric_row(text) and letters(text):
            continue
        match = _ENTRY.fullmatch(text) if letters(text) > 2 else _page_number_at(place, texts, lines)
        if match or place in led:
            number = match[1] if match else "0"
            entries.append((place, int(number) if number.isdigit() else 0))
    entries = _rising(entries)
    if len(entries) < _MIN_ENTRIES:
        return set()
    first, last = entries[0][0], entries[-1][0]
    is_dense = (
        len(entries) >= _MIN_SHARE * (last - first + 1) and len({number for _, number in entries}) >= _MIN_ENTRIES
    )
    return set(range(first, last + 1)) if is_dense or len(led) >= _MIN_ENTRIES else set()


def _page_number_at(place: int, texts: Sequence[str], lines: Sequence[Line]) -> re.Match[str] | None:
    """Return the page number in a line of its own that stands to the right of the line before it."""
    match = _PAGE_NUMBER.fullmatch(texts[place].strip())
    if not match or not place:
        return None
    before, line = lines[place - 1], lines[place]
    beside = before.bottom <= (line.bottom + line.top) / 2 <= before.top and before.right <= line.left
    return match if beside and letters(texts[place - 1]) > 2 else None


def _rising(entries: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of entries whose numbers never fall; entries without a number fit everywhere."""
    best: list[tuple[int, int]] = []
    run: list[tuple[int, int]] = []
    highest = 0
    for entry in entries:
        if entry[1] and entry[1] < highest:
            run, highest = [], 0
        run.append(entry)
        highest = max(highest, entry[1])
        best = run if len(run) > len(best) else best
    return list(best)
