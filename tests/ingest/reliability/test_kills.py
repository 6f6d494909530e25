"""Ingestion that is killed, runs twice at once or runs out of disk loses nothing and stores nothing twice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.load import ingestion_kills as kills
from rag.errors import LibraryError
from tests.support.paths import ROOT

pytestmark = pytest.mark.slow

RUN = (
    "import sys; from pathlib import Path; from benchmarks.load import ingestion_kills; "
    "ingestion_kills.run(*map(Path, sys.argv[1:]))"
)


def python(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["3"], "random: 3 kills", id="at any moment"),
        pytest.param(
            ["--points", "--times", "1"], "points: ", id="before or after any kind of write", marks=pytest.mark.slow
        ),
    ],
)
def test_killed_it_resumes_with_nothing_lost_or_doubled(arguments: list[str], told: str) -> None:
    process = python("-m", "benchmarks.load.ingestion_kills", *arguments)
    output, _ = process.communicate(timeout=550)
    assert process.returncode == 0, output
    assert told in output
    assert "points: 0 kills" not in output


def test_two_ingestions_at_once_beside_a_reader_store_each_file_once(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(30):
        (documents / f"{number}.txt").write_text(f"This is file {number}.\n" * (number + 1))
    folder = tmp_path / "library"
    with kills.opened(folder) as (library, indexes, _):
        running = [python("-c", RUN, str(folder), str(documents)) for _ in range(2)]
        while any(process.poll() is None for process in running):
            indexes.refresh()
            seen = library.documents()
            assert len({document.source for document in seen}) == len(seen)
        for process in running:
            output, _ = process.communicate()
            assert process.returncode == 0, output
        assert len(library.documents()) == 30
    assert list(kills.problems(folder, documents)) == []


def test_a_disk_that_fills_up_is_reported_loses_nothing_and_the_run_continues_later(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(40):
        (documents / f"{number}.txt").write_text("\n".join(f"line {line} of {number}" for line in range(300)))
    with kills.opened(tmp_path / "library") as (library, _, ingestor):
        with library._database.writing() as db:
            db.execute("PRAGMA max_page_count = 100")  # as SQLite sees a full disk
        with pytest.raises(LibraryError, match="the disk is full"):
            list(ingestor.ingest([str(documents)]))
        assert list(library.findings()) == []
        before = {document.id for document in library.documents()}
        with library._database.writing() as db:
            db.execute("PRAGMA max_page_count = 1000000")
        statuses = [result.status for result in ingestor.ingest([str(documents)])]
        assert statuses.count("unchanged") == len(before)
        assert before <= {document.id for document in library.documents()}
    assert list(kills.problems(tmp_path / "library", documents)) == []
