"""A file is prepared for the library in one step or in parts, or rejected with a reason."""

from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
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
