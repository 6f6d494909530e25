"""A copy that would mix two libraries, or leave half a one, is refused and says what to do."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.stores.copy_rounds import copy_library, open_end
from rag.stores.sqlite_end import SqliteEnd
from tests.rag.stores.conftest import KILLED, Copying, told
from tests.support.paths import ROOT


def test_a_target_with_other_contents_is_refused(copying: Copying) -> None:
    with closing(copying.open(copying.target)) as target:
        target.notes.create("bob", "mine")
    with pytest.raises(LibraryError, match="has contents of its own"):
        copying.run()


def test_a_finished_copy_that_was_used_since_is_left_alone(copying: Copying) -> None:
    copying.run()
    with closing(copying.open(copying.target)) as target:
        target.notes.create("ann", "new")
        before = told(target)
    with pytest.raises(LibraryError, match=r"differ by now \(notes\).*Nothing was changed"):
        copying.run()
    with closing(copying.open(copying.target)) as target:
        assert told(target) == before


def test_a_library_is_not_copied_to_itself(copying: Copying) -> None:
    with pytest.raises(LibraryError, match="are the same library"):
        Copying(copying.source, copying.source).run()


def test_two_copies_into_one_place_do_not_run_at_once(copying: Copying) -> None:
    with closing(open_end(copying.target)) as other, other.locked(), pytest.raises(LibraryError, match="Another copy"):
        copying.run()


def test_another_embedders_library_is_refused(copying: Copying) -> None:
    is_address = "://" in copying.target
    if is_address:
        with closing(copying.open(copying.target)) as target:
            target.library  # noqa: B018  makes the tables
    with closing(open_end(copying.target)) as target:
        if is_address:
            target.prepare("words")
            with target.writing() as db:
                db.execute("UPDATE meta SET value = 'another' WHERE key = 'embedder'")
        else:
            target.prepare("another")
    with pytest.raises(LibraryError, match=r'of the embedder "another".*do not go together'):
        copying.run()


def test_an_unfinished_copy_of_another_library_is_refused(copying: Copying, tmp_path: Path) -> None:
    with closing(copying.open(str(tmp_path / "third"))) as third:
        third.notes.create("ann", "x")

    def stop(stage: str, _done: int, _total: int) -> None:
        if stage == "copying notes":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Copying(str(tmp_path / "third"), copying.target).run(stop)
    with pytest.raises(LibraryError, match=r"is a copy of .*third that is not finished"):
        copying.run()


def test_a_source_that_is_itself_unfinished_is_refused(copying: Copying, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, copying.source, copying.target]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    with pytest.raises(LibraryError, match=r"that is not finished\. Run the same"):
        Copying(copying.target, str(tmp_path / "third")).run()


def test_nothing_to_copy_is_told(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="There is no library in the folder"):
        Copying(str(tmp_path / "none"), str(tmp_path / "to")).run()
    assert not (tmp_path / "to").exists()


class LossyEnd(SqliteEnd):
    """A target that loses the last number of every vector."""

    def insert(self, db: Any, table: str, columns: Sequence[str], rows: Any) -> None:
        if table == "vectors":
            rows = [(id_, vector[:-4] + np.float32(0).tobytes()) for id_, vector in rows]
        super().insert(db, table, columns, rows)


def test_what_does_not_come_back_as_it_was_written_is_told(folders: Copying) -> None:
    with (
        closing(open_end(folders.source)) as source,
        closing(LossyEnd(Path(folders.target))) as target,
        pytest.raises(LibraryError, match="does not come back as it was written: documents, '1'"),
    ):
        copy_library(source, target)
    with pytest.raises(LibraryError, match="not finished"):
        folders.open(folders.target).library  # noqa: B018


@pytest.mark.parametrize(("version", "way"), [("7", "Open it once"), ("99", "Upgrade Citewell")])
def test_another_format_is_told(folders: Copying, version: str, way: str) -> None:
    with closing(sqlite3.connect(Path(folders.source) / "library.sqlite")) as db, db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'version'", (version,))
    with pytest.raises(LibraryError, match=rf"another format \({version}\).*{way}"):
        folders.run()
