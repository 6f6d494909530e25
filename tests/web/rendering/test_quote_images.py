"""An export shows a quote as it stands on its page, with its words highlighted, and no other document's."""

import io
from dataclasses import replace
from pathlib import Path

from PIL import Image

from ingest.pipeline import Ingestor
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Citation
from serving.page_images import PageImages
from tests.serving.test_page_images import ingested, page_images
from tests.support.documents.pdfs import write_pdf
from web.rendering.quote_images import QuoteImages

__all__ = ["page_images"]

QUOTE = Citation(number=1, document="a.pdf", page=1, label="1", start=0, end=11, quote="Good words.", score=0.9)


def test_a_quote_is_cropped_and_highlighted(
    page_images: PageImages, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    document = ingested(ingestor, library, write_pdf(tmp_path / "a.pdf", ["Good words."]))
    png = QuoteImages(library, page_images).of(library.documents(""))(document.sha256, QUOTE)
    assert png is not None
    crop = Image.open(io.BytesIO(png)).convert("RGB")
    page = Image.open(io.BytesIO(page_images.png(document, 1, 2)))
    assert crop.width == page.width
    assert crop.height < page.height / 2
    assert (253, 224, 71) in {colour for _, colour in crop.getcolors(crop.width * crop.height) or []}


def test_what_cannot_be_shown_has_no_image(
    page_images: PageImages, ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path
) -> None:
    document = ingested(ingestor, library, write_pdf(tmp_path / "a.pdf", ["Good words."]))
    quote_image = QuoteImages(library, page_images).of(library.documents(""))
    assert quote_image("another hash", QUOTE) is None
    assert quote_image(document.sha256, replace(QUOTE, page=2)) is None
    assert quote_image(document.sha256, replace(QUOTE, quote="Other text.")) is None, "the page says something else"
    assert QuoteImages(library, page_images).of(library.documents("ann"))(document.sha256, QUOTE) is None, (
        "it is not ann's"
    )
    (tmp_path / "a.pdf").unlink()
    assert quote_image(document.sha256, QUOTE) is None
