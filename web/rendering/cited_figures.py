"""Find the figures that an answer's quotes are about, so that they can be shown beside it."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from rag.interfaces import Library
from rag.text.locations import section_name
from rag.types import Answer, Box, Citation, Figure

_MARGIN = 0.01
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class CitedFigure:
    """A figure on a page of a document; `index` is its place among the figures of that page."""

    document_id: int
    page: int
    index: int
    caption: str

    @property
    def address(self) -> str:
        """The address of its picture, relative to the page of the app."""
        return f"citewell/figures/{self.document_id}/{self.page}/{self.index}.png"


def cited_figures(answer: Answer, library: Library) -> list[CitedFigure]:
    """Return each figure whose caption is quoted, or whose number ("Figure 3") a quote on its page names."""
    found: dict[CitedFigure, None] = {}
    for sentence in answer.sentences:
        for citation in sentence.citations:
            found.update(dict.fromkeys(_figures(citation, answer, library)))
    return list(found)


def _figures(citation: Citation, answer: Answer, library: Library) -> Iterator[CitedFigure]:
    if citation.number > len(answer.passages):
        return
    document_id = answer.passages[citation.number - 1].chunk.document_id
    page = library.page(document_id, citation.page)
    for index, figure in enumerate(page.structure.figures if page else ()):
        if figure.box and _is_about(citation, figure):
            yield CitedFigure(document_id, citation.page, index, figure.caption)


def _is_about(citation: Citation, figure: Figure) -> bool:
    if figure.start < citation.end and citation.start < figure.end:
        return True
    number = section_name(figure.caption)
    is_number = bool(_NUMBERED.search(number)) and len(number) < len(figure.caption)
    return is_number and re.search(rf"\b{re.escape(number)}\b", citation.quote) is not None


def crop_figure(page_png: bytes, figure_box: Box) -> bytes:
    """Return the part of a page's image that shows a figure, as a PNG."""
    image = Image.open(io.BytesIO(page_png))
    left, top, right, bottom = figure_box
    sides = (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
    shares = [min(1.0, max(0.0, side)) for side in sides]
    size = (image.width, image.height, image.width, image.height)
    box = tuple(round(share * length) for share, length in zip(shares, size, strict=True))
    png = io.BytesIO()
    image.crop((box[0], box[1], max(box[2], box[0] + 1), max(box[3], box[1] + 1))).save(png, "PNG")
    return png.getvalue()
