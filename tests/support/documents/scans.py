"""Pictures of pages whose text is known."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from ingest.readers.pdf.page_view import render
from ingest.readers.recognition import onnx_models
from tests.support.documents.pdfs import Words, write_words

needs_recognition = pytest.mark.skipif(not onnx_models.is_available(), reason="text recognition is not installed")

LINES = [Words(60, 700, "The invoice number is 48213.", 18), Words(60, 660, "Payment is due in thirty days.", 18)]


def picture(folder: Path, lines: Sequence[Words] = LINES, scale: float = 2) -> Image.Image:
    """Return a picture of a page with these lines."""
    path = write_words(folder / "printed.pdf", [list(lines)])
    return Image.open(io.BytesIO(render(path, 1, scale)))
