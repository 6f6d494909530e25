"""Images of text (scans, photographs, screenshots), by the extra `citewell[ocr]`."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageSequence, UnidentifiedImageError

from ingest.readers import ocr
from rag.errors import DocumentError
from rag.types import Page

_MAX_PIXELS = 150_000_000


class ImageReader:
    """Recognised text, a page a frame."""

    name = "image"
    suffixes = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  nothing to open
        """One page, or as many as the image has frames."""
        try:
            image = Image.open(path)
        except (UnidentifiedImageError, Image.DecompressionBombError) as error:
            raise DocumentError("the image cannot be read: it is damaged, or far too large") from error
        with image:
            if image.width * image.height > _MAX_PIXELS:
                raise DocumentError(f"the image has {image.width} × {image.height} pixels, too many to be read")
            found = False
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if number > ocr.MAX_PAGES:
                    yield Page(number, str(number), "", "failed", f"only the first {ocr.MAX_PAGES} images are read")
                    break
                text = ocr.recognise(frame).page_text()
                label = f"image {number}" if getattr(image, "n_frames", 1) > 1 else ""
                found = found or bool(text)
                yield Page(number, label, text, "ocr" if text else "empty", "" if text else "no text was recognised")
            if not found:
                raise DocumentError("no text was recognised in the image")
