"""A file is prepared for the library in one step or in parts, or rejected with a reason."""

from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import DocumentEnd, DocumentPart, PreparedDocument, Preparer, Rejected
from ingest.sandbox.worker import Workers
from ingest.sources.files import File
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder

MARKDOWN = "".join(f"# Part {number}\nSome text of this part.\n" for number in range(20))


@pytest.fixture
def preparer(library: SqliteLibrary, embedder: WordEmbedder, workers: Workers) -> Preparer:
    return Preparer(library, lambda: embedder, chunk_tokens=40, max_file_bytes=10_000, workers=workers)


@pytest.fixture
def file(tmp_path: Path) -> File:
    (tmp_path / "a.md").write_text(MARKDOWN)
    return File.at(tmp_path / "a.md")


def test_a_small_file_becomes_one_document_with_its_hash_and_recipe(preparer: Preparer, file: File) -> None:
    (step,) = preparer.prepare(file)
    assert isinstance(step, PreparedDocument)
    document = step.content.document
    assert (document.name, document.size, len(document.sha256)) == ("a.md", len(MARKDOWN), 64)
    assert document.recipe.startswith("text-")
    assert len(step.content.chunks) == 20
    assert not step.replaces


def test_a_large_file_comes_in_parts_with_the_same_chunks(
    preparer: Preparer, file: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = preparer.prepare(file)
    assert isinstance(whole, PreparedDocument)
    monkeypatch.setattr("ingest.prepare._PART_CHUNKS", 1)
    *parts, end = preparer.prepare(file)
    assert isinstance(end, DocumentEnd)
    chunks = [chunk for part in parts if isinstance(part, DocumentPart) for chunk in part.chunks]
    assert chunks == list(whole.content.chunks)


def test_a_rejected_file_has_its_reason_and_a_temporary_one_is_deleted(preparer: Preparer, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nonsense")
    (step,) = preparer.prepare(File(path=tmp_path / "broken.pdf", name="broken.pdf", source="x", temporary=True))
    assert isinstance(step, Rejected)
    assert "damaged" in step.reason
    assert not (tmp_path / "broken.pdf").exists()
    (step,) = preparer.prepare(File(path=tmp_path, name="a", source="a", rejection="its path leads out"))
    assert isinstance(step, Rejected)
    assert step.reason == "its path leads out"


def test_a_plan_says_what_would_become_of_a_file(
    preparer: Preparer, ingestor: Ingestor, file: File, tmp_path: Path
) -> None:
    assert preparer.plan(file).status == "added"
    assert preparer.library.ledger() == []
    ingestor.ingest_file(file.path)
    assert preparer.plan(file).status == "unchanged"
    (tmp_path / "b.md").write_text(MARKDOWN)
    copy = preparer.plan(File.at(tmp_path / "b.md"))
    assert (copy.status, copy.note) == ("added", "has the same content as a.md: stored once")
    file.path.write_text("# Other")
    assert preparer.plan(file).status == "replaced"
    file.path.write_text("")
    assert preparer.plan(file).reason == "the file is empty"
