"""A node learns of the settings what decides how documents are read, and takes no file for another."""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.pipeline import Ingestor
from ingest.prepare import PreparedDocument, Rejected
from ingest.ray.node_worker import NodeWorker, node_settings
from ingest.ray.rows import file_of, file_row, step_of
from ingest.sources.files import File, IdentifiedFile
from rag.settings import Settings
from tests.support.fakes import WordEmbedder


@pytest.fixture
def worker() -> Iterator[NodeWorker]:
    with closing(NodeWorker(node_settings(Settings()), lambda _: WordEmbedder())) as worker:
        yield worker


def identified(ingestor: Ingestor, path: Path, text: str) -> IdentifiedFile:
    path.write_text(text)
    found = ingestor.preparer.identify(File.at(path))
    assert isinstance(found, IdentifiedFile)
    return found


def test_a_node_is_told_neither_the_database_nor_the_library(tmp_path: Path) -> None:
    told = node_settings(Settings(database="postgresql://me:secret@db/library", library=tmp_path))  # type: ignore[arg-type]
    assert "secret" not in str(told)
    assert str(tmp_path) not in str(told)


def test_what_reads_documents_does_not_get_the_token_of_the_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    with closing(NodeWorker(node_settings(Settings()), lambda _: WordEmbedder())):
        assert "RAY_AUTH_TOKEN" not in os.environ


def test_a_copy_of_the_file_on_the_node_will_do(ingestor: Ingestor, worker: NodeWorker, tmp_path: Path) -> None:
    file = identified(ingestor, tmp_path / "a.txt", "An owl hoots.")
    elsewhere = replace(file, found=replace(file.found, inode=file.found.inode + 1, modified=1))
    ((step, _),) = [step_of(row) for row in worker.read(file_row(elsewhere))]
    assert isinstance(step, PreparedDocument)


@pytest.mark.parametrize("on_the_node", [None, "Another owl hoots."])
def test_a_file_that_is_not_the_same_on_the_node_is_not_stored_for_it(
    ingestor: Ingestor, worker: NodeWorker, tmp_path: Path, on_the_node: str | None
) -> None:
    file = identified(ingestor, tmp_path / "a.txt", "An owl hoots.")
    if on_the_node is None:
        file.file.path.unlink()
    else:
        file.file.path.write_text(on_the_node)
    ((step, _),) = [step_of(row) for row in worker.read(file_row(file))]
    assert isinstance(step, Rejected)
    assert "does not have this file under the same path" in step.reason
    assert step.may_pass


def test_a_file_arrives_under_a_name_that_is_no_utf_8_and_without_its_password(
    ingestor: Ingestor, tmp_path: Path
) -> None:
    file = identified(ingestor, tmp_path / os.fsdecode(b"caf\xe9.txt"), "An owl hoots.")
    assert file_of(file_row(file)) == file
    row = file_row(replace(file, file=replace(file.file, password="secret words")))
    assert b"secret words" not in row["file"]


def test_what_is_no_step_is_refused() -> None:
    with pytest.raises(ValidationError):
        step_of({"kind": "DocumentEnd", "step": b'{"document": 1}', "vectors": b"", "dimension": 0})
