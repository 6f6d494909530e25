"""Pictures of the places that quotes come from, cut out of their pages: for exports."""

import io
from collections.abc import Sequence

from PIL import Image, ImageChops

from rag.errors import CitewellError
from rag.interfaces import Library
from rag.types import Citation, Document
from web.rendering.conversation_files import Crop
from web.rendering.page_images import PageImages

_SCALE = 2
_MARGIN = 0.03
_MARK = (253, 224, 71)


class QuoteImages:
    """Crops of the pages of a library's documents."""

    def __init__(self, library: Library, pictures: PageImages) -> None:
        self._library = library
        self._pictures = pictures

    def of(self, owner: str | None) -> Crop:
        """The crops of one user's documents; None: everybody's. Of a page that cannot be drawn there is none."""
        documents = self._library.documents(owner)
        there = {document.sha256: document for document in documents if document.sha256}

        def crop(sha256: str, citation: Citation) -> bytes | None:
            document = there.get(sha256)
            try:
                return self._crop(document, citation) if document else None
            except CitewellError:
                return None  # the quote itself is in the export; a picture is only more

        return crop

    def _crop(self, document: Document, citation: Citation) -> bytes | None:
        page = self._library.page(document.id, citation.page)
        if page is None or page.text[citation.start : citation.end] != citation.quote:
            return None
        boxes = self._pictures.boxes(document, page, citation.start, citation.end)
        if not boxes:
            return None
        return _cut(self._pictures.png(document, citation.page, _SCALE), boxes)


def _cut(png: bytes, boxes: Sequence[tuple[float, ...]]) -> bytes:
    """The lines around the boxes, over the whole width of the page, with the boxed words marked."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    wide, high = picture.size
    marker = Image.new("RGB", picture.size, "white")
    for left, top, right, bottom in boxes:
        marker.paste(_MARK, (round(left * wide), round(top * high), round(right * wide), round(bottom * high)))
    marked = ImageChops.multiply(picture, marker)
    top = max(0.0, min(box[1] for box in boxes) - _MARGIN)
    bottom = min(1.0, max(box[3] for box in boxes) + _MARGIN)
    written = io.BytesIO()
    marked.crop((0, round(top * high), wide, round(bottom * high))).save(written, "PNG", optimize=True)
    return written.getvalue()
