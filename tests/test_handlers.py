"""What the web app keeps: uploads that were taken in, and conversations without drafts that nothing supports."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from rag.factory import Services
from rag.prompts import NOT_FOUND
from rag.settings import load_settings
from rag.types import Answer, Timings
from tests.pdfs import write_pdf
from web import handlers
from web.handlers import Conversation, Handlers


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


def test_a_refused_draft_is_not_remembered_as_said() -> None:
    answer = Answer("who won?", "who won?", "Certainly France.", (), True, (), (), Timings(), "end", 0)
    refused = handlers._remembered(Conversation(), [], "shown", answer)
    given = handlers._remembered(Conversation(), [], "shown", replace(answer, abstained=False))
    assert [turn.answer for turn in (*refused.turns, *given.turns)] == [NOT_FOUND, "Certainly France."]
