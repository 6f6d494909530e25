"""Recognise the pages of a PDF whose own text is missing, or worse than what their image shows."""

import re
from dataclasses import replace

import numpy as np
import pypdfium2.raw as pdfium
from PIL import Image

from ingest.document_warnings import BLANK
from ingest.readers.pdf import text_layer
from ingest.readers.pdf.pdfium import PDFIUM, Pdf, PdfPage
from ingest.readers.pdf.scan_text import ScanText
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.recognised_page import Fractions
from ingest.readers.recognition.recogniser import LEAST_SURE, confidence_note, nothing_note, page_scale, recognise
from ingest.readers.recognition.text_detection import Points
from ingest.readers.recognition.transcription import transcribe
from rag.errors import DocumentError
from rag.types import Page

SCANNED = "no text (scanned?)"
_THUMBNAIL = 0.25
_MAX_OBJECTS = 2000

_LINE = re.compile(r"[^\s\ufffe][^\r\n\ufffe]+[^\s\ufffe]")
_MIN_LINE = 20
_SAMPLED_LINES = 6
_SURE = 0.9
_ROOM = 0.1
_MIN_AGREEMENT = 0.8
"""Share of words in a scan's text that are also read in its image, below which that text is taken for nonsense."""


def may_be_scanned(page: PdfPage, text: str) -> bool:
    """Return True if a page's image may say more than its text, or better. Hold `PDFIUM` while calling this."""
    if text_layer.is_doubtful(text):
        return True
    if not text_layer.is_sparse(text) and not text_layer.is_suspect(text):
        return False
    return image_share(page) >= text_layer.FULL_IMAGE


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


def _better(page: Page, image: Image.Image, agreement: float) -> Page:
    """Return the page with its own text or the recognised one, whichever makes more sense.

    `agreement` is the share of words on which both agree in some of its lines.
    """
    is_wrong = agreement < _MIN_AGREEMENT
    if not is_wrong and not text_layer.is_doubtful(page.text) and not text_layer.is_sparse(page.text):
        return page
    found = recognise(image)
    scan = ScanText(found)
    if found.confidence >= LEAST_SURE and scan.text and (is_wrong or text_layer.is_better(scan.text, page.text)):
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
    return text_layer.agreement([stated for stated, _ in sure], [text for _, text in sure])


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
