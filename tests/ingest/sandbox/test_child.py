"""The reading process forbids what no document needs, and its tasks return pages that JSON can carry."""

from pathlib import Path

import pytest

from ingest.formats import FORMATS
from ingest.readers.recognition import onnx_models
from ingest.sandbox.child import _forbid
from ingest.sandbox.tasks import TASKS, recipe
from tests.support.documents.pdfs import write_pdf


@pytest.mark.parametrize("event", ["socket.connect", "subprocess.Popen", "os.system", "os.fork", "urllib.Request"])
def test_connections_and_programs_are_forbidden(event: str) -> None:
    with pytest.raises(RuntimeError, match="a document must not cause this"):
        _forbid(event, ())


def test_a_recipe_names_reader_version_and_cleaning(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", ["Hello"])
    (tmp_path / "a.txt").write_text("Hello")
    ocr = " ocr" if onnx_models.is_available() else ""
    assert recipe(str(path), "a.pdf") == f"PDF-{FORMATS['pdf'].version}{ocr} clean-1"
    assert recipe(str(tmp_path / "a.txt"), "a.txt") == f"text-{FORMATS['text'].version} clean-1"


def test_the_recipe_of_a_file_is_among_all_recipes(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    assert TASKS["recipe"](str(tmp_path / "a.md"), "a.md") in TASKS["recipes"]()
