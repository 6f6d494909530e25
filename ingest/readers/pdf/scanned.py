"""Recognise the pages of a PDF whose own text is missing, or worse than what their image shows.

A scanner may have written nonsense under its image, or a stamp over it; a font may map its glyphs to wrong characters.
Only the words tell, so no dictionary is needed: words of a language have letters of one kind, with vowels among them.
`ScanText` puts a recognised page, of any image, into the form that is stored.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
import pypdfium2.raw as pdfium
from PIL import Image

from ingest.document_warnings import BLANK
from ingest.readers.blocks.geometry import LINE_END_HYPHEN, Fractions, Line
from ingest.readers.blocks.paragraphs import TextLine, join_runs, run_spans
from ingest.readers.pdf.aligned import aligned_tables
from ingest.readers.pdf.grid import Grid
from ingest.readers.pdf.heads import complete_names
from ingest.readers.pdf.page_words import page_words, visual_rows
from ingest.readers.pdf.pdfium import PDFIUM, Pdf, PdfPage
from ingest.readers.pdf.placement import PageLayout, PageTables, page_layout, table_lines
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.large_lines import find_headings
from ingest.readers.recognition.recognised_page import Recognised
from ingest.readers.recognition.recogniser import LEAST_SURE, confidence_note, nothing_note, page_scale, recognise
from ingest.readers.recognition.text_detection import Points
from ingest.readers.recognition.transcription import transcribe
from rag.errors import DocumentError
from rag.types import Page, Structure

SCANNED = "no text (scanned?)"
FULL_IMAGE = 0.6
"""Share of the page from which an image is taken for a scan of it."""

_EDGES = "()[]{}<>«»„“”‚‘’\"'`.,;:!?…*|/\\-–—_+=~^•·°●○■□▪▫◆◦►▶➢✓✔☐☒%$€£§&#@©®™"
_GLYPH_NAME = re.compile(r"\(cid:\d+\)|/g(?:id)?\d{2,}|/[A-Z]\d{2,}")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]+")
_NUMBER = re.compile(r"[\d.,:/'’%+\-–()$€£]*\d[\d.,:/'’%+\-–()$€£]*(?:[A-Za-z]{1,4})?")
_PLAIN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+s?|[A-Z][a-z]+[A-Z][a-z]+")
_VOWELS = frozenset("aeiouyAEIOUY")
_FUNCTION_WORDS = frozenset(
    """the of and to in is for that with as on by are be this from or an at it not was
    der die das und ist von zu den mit im für auf nicht eine ein des dem sich werden
    de la le les des et en du un une que pour dans est par sur au aux pas ce qui
    el los las del y se por con una para es al lo como más su no
    il di che per non sono della nel con da i gli e o a os as um uma do da em no na não
    het een van op te dat zijn voor met niet och att det som på av för inte ett i er til af ikke
    ja on ei se na w z do nie jest że a v se že je""".split()
)

_MIN_WORDS = 20
_LONGEST = 40
_FEW_WORDS = 40
_MAX_STRANGE = 0.12
_MAX_ODD_WORDS = 0.4
_MAX_ODD_WITHOUT_FUNCTION_WORDS = 0.12
_LEAST_FUNCTION_WORDS = 0.015
_MIN_LETTERS = 60
_LEAST_VOWELS = 0.22
_PROSE = 0.08
"""Share of function words that only a text which makes sense has: most pages need no closer look."""

_MAX_ODD_IN_SCAN = 0.01
_MIN_SAMPLED = 12
_READ_CHARACTERS = 4_000
_REMEMBERED_WORDS = 16_384

_MAX_TABLE_WORDS = 10_000
_CAPTIONS = ("table", "exhibit", "schedule")
"""How a caption begins: on a scan the line above a table may as well be a part of its heads."""

_THUMBNAIL = 0.25
_MAX_OBJECTS = 2000

_LINE = re.compile(r"[^\s\ufffe][^\r\n\ufffe]+[^\s\ufffe]")
_MIN_LINE = 20
_SAMPLED_LINES = 6
_SURE = 0.9
_ROOM = 0.1
_MIN_AGREEMENT = 0.8
"""Share of words in a scan's text that are also read in its image, below which that text is taken for nonsense."""


def odd_words(text: str) -> float:
    """Return the share of words that no language has, from 0 to 1."""
    words = _words(text)
    return sum(map(_is_odd, words)) / len(words) if words else 0.0


def strange_characters(text: str) -> float:
    """Return the share of characters that show that a font's glyphs have no known meaning."""
    text = text[:_READ_CHARACTERS]
    strange = sum(map(len, _STRANGE.findall(text))) + sum(map(len, _GLYPH_NAME.findall(text)))
    return min(1.0, strange / max(1, len("".join(text.split())))) if strange else 0.0


def is_doubtful(text: str) -> bool:
    """Return True if a page's text may be nonsense."""
    if strange_characters(text) > _MAX_STRANGE:
        return True
    words = _words(text)
    known = sum(word.lower() in _FUNCTION_WORDS for word in words)
    if len(words) < _MIN_WORDS or known > _PROSE * len(words):
        return False
    odd = odd_words(text)
    if odd > _MAX_ODD_WORDS or _has_few_vowels(words):
        return True
    latin = sum(map(str.isascii, words)) * 2 > len(words)
    return latin and odd > _MAX_ODD_WITHOUT_FUNCTION_WORDS and known < _LEAST_FUNCTION_WORDS * len(words)


def _has_few_vowels(words: Sequence[str]) -> bool:
    """Return True for text in Latin letters whose letters stand for others: every language says vowels."""
    letters = [letter for word in words for letter in word if letter.isalpha()]
    latin = sum(map(str.isascii, letters))
    vowels = sum(letter in _VOWELS for letter in letters)
    return latin >= max(_MIN_LETTERS, 0.8 * len(letters)) and vowels < _LEAST_VOWELS * latin


def is_suspect(text: str) -> bool:
    """Return True if a scanner's text has a few words that no language has, and perhaps many wrong ones that it has."""
    return odd_words(text) > _MAX_ODD_IN_SCAN


def agreement(stated: Sequence[str], recognised: Sequence[str]) -> float:
    """Return the share of the recognised lines' words that the stated lines have too; 1 if there are too few."""
    right = count = 0
    for known, seen in zip(stated, recognised, strict=True):
        there = Counter(_LETTERS.findall(known.casefold()))
        words = Counter(_LETTERS.findall(seen.casefold()))
        right += (there & words).total()
        count += words.total()
    return right / count if count >= _MIN_SAMPLED else 1.0


def is_sparse(text: str) -> bool:
    """Return True if the text is so short that an image that fills the page may have much more."""
    return len(_words(text)) < _FEW_WORDS


def is_better(recognised: str, stated: str) -> bool:
    """Return True if recognised text should replace what the file states: more sense in it, or much more text."""
    if strange_characters(stated) > _MAX_STRANGE:
        return bool(recognised)
    if _has_few_vowels(_words(stated)) and not _has_few_vowels(_words(recognised)):
        return True
    more = len(_sensible(recognised)) >= 1.3 * len(_sensible(stated)) + 3
    clearer = odd_words(recognised) < 0.6 * odd_words(stated) and len(recognised) > 0.3 * len(stated)
    return more or clearer


def _sensible(text: str) -> list[str]:
    return [word for word in _words(text) if not _is_odd(word)]


@lru_cache(2)
def _words(text: str) -> list[str]:
    """Return the words without the signs around them; what has no letter or digit is no word. Do not change the list.

    Each page is asked several things about its words.
    """
    stripped = (word.strip(_EDGES) for word in text[:_READ_CHARACTERS].replace(LINE_END_HYPHEN, "").split())
    return [word for word in stripped if len(word) > 1 or word.isalnum()]


@lru_cache(_REMEMBERED_WORDS)
def _is_odd(word: str) -> bool:
    """Return True for a word that mixes letters with other signs, or whose Latin letters cannot be said."""
    if len(word) > _LONGEST or _NUMBER.fullmatch(word):
        return False  # an address, or a number
    if not word.isascii():
        return any(unicodedata.category(character) in ("So", "Sk", "Sm", "Sc", "Cn", "Co") for character in word)
    parts = re.split(r"[-'’/.&,:@_]", word)
    return not all(map(_is_plain, parts))


def _is_plain(part: str) -> bool:
    if not part or part.isdigit():
        return True
    if not _PLAIN.fullmatch(part):
        return False
    return len(part) < 4 or (part.isupper() and len(part) <= 5) or not _VOWELS.isdisjoint(part)


class ScanText:
    """The text of a recognised page as it is stored, its structure, and where its characters are in the image."""

    def __init__(self, found: Recognised) -> None:
        self._found = found

    @cached_property
    def text(self) -> str:
        """The text of the page, which needs no cleaning."""
        return join_runs(self._found.text, self._layout.runs)

    @cached_property
    def structure(self) -> Structure:
        """Its headings and tables."""
        spans = run_spans(self._found.text, self._layout.runs)
        in_tables = table_lines(self._found.lines, self._tables)
        heights = [0.0 if place in in_tables else height for place, height in enumerate(self._found.letter_heights())]
        return Structure(
            headings=find_headings(self.text, heights, self._layout.line_spans(spans)),
            tables=self._layout.structure_tables(spans),
        )

    def boxes(self, start: int, end: int) -> list[Fractions]:
        """Return a rectangle on the image for each line of characters `[start, end)` of the text."""
        return self._found.shown_boxes(start, end, self._layout.runs)

    def text_lines(self) -> list[TextLine]:
        """Return its lines with their boxes on the image."""
        return self._found.text_lines(self._layout.runs)

    @cached_property
    def _layout(self) -> PageLayout:
        lines = self._found.lines
        return page_layout(self._found.text, lines, range(len(lines)), PageTables(self._tables))

    @cached_property
    def _tables(self) -> list[Grid]:
        if len(self._found.text.split()) > _MAX_TABLE_WORDS:
            return []
        tables: list[Grid] = []
        for block in _blocks(self._found.lines):
            words = page_words(self._found, block, 0)
            for grid, _ in aligned_tables(visual_rows(words)):
                grid.caption = grid.caption if grid.caption.lower().startswith(_CAPTIONS) else ""
                tables.append(complete_names(grid))
        return tables


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of lines that go down the page: a line above the one before begins another column."""
    block: list[Line] = []
    for line in lines:
        if block and line.top > block[-1].top:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def may_be_scanned(page: PdfPage, text: str) -> bool:
    """Return True if a page's image may say more than its text, or better. Hold `PDFIUM` while calling this."""
    if is_doubtful(text):
        return True
    if not is_sparse(text) and not is_suspect(text):
        return False
    return image_share(page) >= FULL_IMAGE


def image_share(page: PdfPage) -> float:
    """Return the share of a page that its largest image covers."""
    shown = page.shown
    area = (shown.right - shown.left) * (shown.top - shown.bottom)
    if area <= 0:
        return 0.0
    largest = 0.0
    for place in range(min(_MAX_OBJECTS, pdfium.FPDFPage_CountObjects(page.handle))):
        thing = pdfium.FPDFPage_GetObject(page.handle, place)
        if pdfium.FPDFPageObj_GetType(thing) != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        edges = [pdfium.c_float() for _ in range(4)]
        if pdfium.FPDFPageObj_GetBounds(thing, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            width = min(right, shown.right) - max(left, shown.left)
            height = min(top, shown.top) - max(bottom, shown.bottom)
            largest = max(largest, max(0.0, width) * max(0.0, height) / area)
    return largest


def recognised_page(pdf: Pdf, page: Page) -> Page:
    """Return a page with the text of its image if that is better than its own, else with a note why it has none."""
    try:
        if not page.text and _is_blank(_image(pdf, page, _THUMBNAIL)):
            return replace(page, note=BLANK)
        if not onnx_models.is_available():
            return page if page.text else replace(page, note=f"{SCANNED}; {onnx_models.HINT}")
        image = _image(pdf, page)
        if page.text:
            return _better(page, image, _sample(pdf, page, image))
        found = recognise(image)
    except DocumentError as error:
        return page if page.text else replace(page, state="failed", note=str(error))
    scan = ScanText(found)
    if scan.text:
        return replace(page, text=scan.text, state="ocr", note=confidence_note(found), structure=scan.structure)
    return replace(page, note=f"no text, and {nothing_note('in its image')}")


def _image(pdf: Pdf, page: Page, scale: float = 0.0) -> Image.Image:
    """Return a page's image, at the scale that recognition needs unless another is given."""
    with PDFIUM, pdf.page(page.number - 1) as shown:
        return shown.image(scale or page_scale(*shown.size))


def _better(page: Page, image: Image.Image, agreed: float) -> Page:
    """Return the page with its own text or the recognised one, whichever makes more sense.

    `agreed` is the share of words on which both agree in some of its lines.
    """
    is_wrong = agreed < _MIN_AGREEMENT
    if not is_wrong and not is_doubtful(page.text) and not is_sparse(page.text):
        return page
    found = recognise(image)
    scan = ScanText(found)
    if found.confidence >= LEAST_SURE and scan.text and (is_wrong or is_better(scan.text, page.text)):
        note = f"the file's own text for this page is unusable: {confidence_note(found)}"
        return replace(page, text=scan.text, state="ocr", note=note, head="", structure=scan.structure)
    return page


def _sample(pdf: Pdf, page: Page, image: Image.Image) -> float:
    """Return the share of words of some lines in the image that the file states as well."""
    with PDFIUM, pdf.page(page.number - 1) as shown, shown.text() as characters:
        lines = [match for match in _LINE.finditer(characters.text) if len(match[0]) >= _MIN_LINE]
        lines = sorted(lines, key=lambda match: -len(match[0]))[:_SAMPLED_LINES]
        ends = [characters.boxes([match.start(), match.end() - 1]) for match in lines]
        places = [[shown.fractions(box) for box in pair] for pair in ends if all(box.right > box.left for box in pair)]
    if len(places) < len(lines):
        return 1.0
    seen = [transcribe(image, _corners(first, last, image)) for first, last in places]
    sure = [(match[0], line.text) for match, line in zip(lines, seen, strict=True) if line.score >= _SURE]
    return agreement([stated for stated, _ in sure], [text for _, text in sure])


def _corners(first: Fractions, last: Fractions, image: Image.Image) -> Points:
    """Return the corners of a line in the image, given where its first and last character are, with some room."""
    left, top = min(first[0], last[0]) * image.width, min(first[1], last[1]) * image.height
    right, bottom = max(first[2], last[2]) * image.width, max(first[3], last[3]) * image.height
    room = _ROOM * (bottom - top)
    left, top, right, bottom = left - room, top - room, right + room, bottom + room
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _is_blank(image: Image.Image) -> bool:
    darkest, lightest = image.convert("L").getextrema()
    return darkest == lightest
