"""What the web app keeps: uploads that were taken in, and conversations without drafts that nothing supports."""

from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from rag.factory import Services
from rag.settings import load_settings
from tests.pdfs import write_pdf
from web import handlers
from web.handlers import Handlers


@pytest.fixture
def app_handlers(ingestor: Ingestor, monkeypatch: pytest.MonkeyPatch) -> Handlers:
    monkeypatch.setattr(handlers, "open_ingestor", lambda _services: ingestor)
    return Handlers(Services(load_settings()))


def upload(app_handlers: Handlers, path: Path) -> str:
    *_, result = app_handlers._ingest_in_background(path)
    assert isinstance(result, FileResult)
    return result.status


def test_a_failed_upload_leaves_the_earlier_file_of_that_name(app_handlers: Handlers, tmp_path: Path) -> None:
    (tmp_path / "browser").mkdir()
    uploaded = tmp_path / "browser" / "a.pdf"
    assert upload(app_handlers, write_pdf(uploaded, ["Good text."])) == "added"
    kept = tmp_path / "library" / "files" / "a.pdf"
    good = kept.read_bytes()
    uploaded.write_bytes(b"%PDF-1.4 half an upload")
    assert upload(app_handlers, uploaded) == "failed"
    assert kept.read_bytes() == good
    assert not uploaded.exists()
