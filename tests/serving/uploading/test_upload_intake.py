"""A file is taken in under its owner and name, and what became of it is told in words."""

from pathlib import Path

from ingest.pipeline import Ingestor
from ingest.prepare import FileResult, Status
from ingest.web.web_ingestor import WebIngestor
from rag.runtime.progress import CancelEvent, no_progress
from rag.settings import load_settings
from serving.uploading.upload_intake import UploadIntake, outcome
from serving.uploading.upload_progress import Upload


def said(status: Status, note: str = "") -> str:
    return outcome(FileResult(name="a", source="a", status=status, note=note))


def test_a_new_document_needs_no_word_and_another_version_does() -> None:
    assert (said("added"), said("unchanged")) == ("", "already there, unchanged")
    assert said("replaced", "page 3 has no text") == "replaces the earlier version; page 3 has no text"


def test_a_file_is_taken_in_for_its_owner_under_its_name(ingestor: Ingestor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good text.")
    intake = UploadIntake(ingestor, WebIngestor(ingestor, load_settings()))
    upload = Upload(id=1, owner="ann", sender="ann", name="folder/a.txt", collection="Minutes")
    assert intake.file(upload, tmp_path / "a.txt", no_progress, CancelEvent(), None).status == "added"
    (document,) = ingestor.preparer.library.documents("ann")
    assert (document.name, document.source, document.collection) == ("folder/a.txt", "upload:folder/a.txt", "Minutes")
