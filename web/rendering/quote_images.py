"""Crop images of quotes out of their pages, for exports."""

import io
from collections.abc import Iterable, Sequence

from PIL import Image, ImageChops

from rag.errors import CitewellError
from rag.interfaces import Library
from rag.types import Citation, Document
from serving.page_images import PageImages
from web.rendering.conversation_files import QuoteImage

_SCALE = 2
_MARGIN = 0.03
_HIGHLIGHT = (253, 224, 71)


class QuoteImages:
    """Images of the quotes from a library's documents. `turns` are those of the pages that they are cropped out of."""

    def __init__(self, library: Library, page_images: PageImages) -> None:
        self.turns = page_images.turns
        self._library = library
        self._page_images = page_images

    def of(self, documents: Iterable[Document]) -> QuoteImage:
        """Return the function that finds the images of quotes from these documents."""
        by_hash = {document.sha256: document for document in documents if document.sha256}

        def quote_image(sha256: str, citation: Citation) -> bytes | None:
            document = by_hash.get(sha256)
            try:
                return self._crop(document, citation) if document else None
            except CitewellError:
                return None  # the quote itself is in the export; its image is an extra

        return quote_image

    def _crop(self, document: Document, citation: Citation) -> bytes | None:
        page = self._library.page(document.id, citation.page)
        if page is None or page.text[citation.start : citation.end] != citation.quote:
            return None
        boxes = self._page_images.boxes(document, page, citation.start, citation.end)
        if not boxes:
            return None
        return _highlighted_crop(self._page_images.png(document, citation.page, _SCALE), boxes)


def _highlighted_crop(page_png: bytes, boxes: Sequence[tuple[float, ...]]) -> bytes:
    """Return the lines around the boxes, over the whole width of the page, with the boxed words highlighted."""
    page = Image.open(io.BytesIO(page_png)).convert("RGB")
    width, height = page.size
    marker = Image.new("RGB", page.size, "white")
    for left, top, right, bottom in boxes:
        box = (round(left * width), round(top * height), round(right * width), round(bottom * height))
        marker.paste(_HIGHLIGHT, box)
    marked = ImageChops.multiply(page, marker)
    top = max(0.0, min(box[1] for box in boxes) - _MARGIN)
    bottom = min(1.0, max(box[3] for box in boxes) + _MARGIN)
    png = io.BytesIO()
    marked.crop((0, round(top * height), width, round(bottom * height))).save(png, "PNG", optimize=True)
    return png.getvalue()
