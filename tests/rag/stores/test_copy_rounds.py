"""A copied library is the same in either place: what was stored, under the same ids, found by the same searches."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.stores import schema
from rag.stores.copied_parts import TABLES
from rag.types import NewChunk
from tests.rag.stores.conftest import KILLED, Copying, store, told
from tests.support.fakes import WordEmbedder
from tests.support.paths import ROOT
from tests.support.values import content


def test_everything_arrives_under_its_ids_and_new_ids_go_on(copying: Copying) -> None:
    copied = copying.run()
    assert (copied.units["documents"], copied.rows["chunks"], copied.rows["exchanges"]) == (14, 14, 1)
    with closing(copying.open(copying.source)) as source, closing(copying.open(copying.target)) as target:
        assert told(target) == told(source)
        assert list(target.library.findings()) == []
        assert target.library.identity != source.library.identity
        assert store(target, "new.txt", "A new one") == store(source, "new.txt", "A new one")
        assert target.library.chunk_ids() == source.library.chunk_ids()


def test_a_copied_library_is_searched_like_the_original(copying: Copying) -> None:
    copying.run()
    query = WordEmbedder().embed_query("white birches")
    found = []
    for place in (copying.source, copying.target):
        with closing(copying.open(place)) as stores:
            indexes = stores.indexes(48)
            indexes.refresh()
            assert list(indexes.findings()) == []
            found.append(
                [
                    [id_ for id_, _ in hits]
                    for hits in (indexes.dense.search(query, 3), indexes.keyword.search("birch", 3))
                ]
            )
    assert found[0] == found[1]
    assert copying.run().units == {}  # what each knows of its indexes is no difference


def test_a_second_run_finds_nothing_to_copy(copying: Copying) -> None:
    copying.run()
    again = copying.run()
    assert (again.units, again.rows["documents"]) == ({}, 14)


def test_what_is_written_to_the_source_meanwhile_is_taken_in(copying: Copying) -> None:
    with closing(copying.open(copying.source)) as source:
        changes: list[Callable[[], object]] = [
            lambda: source.library.remove(3),
            lambda: store(source, "2.txt", "Nest 2 is empty."),
            lambda: source.notes.create("ann", "late"),
            lambda: store(source, "late.txt", "A late one"),
        ]

        def progress(stage: str, _done: int, _total: int) -> None:
            if stage.startswith("copying") and changes:
                changes.pop()()

        copied = copying.run(progress)
        assert not changes
        assert copied.rounds > 2
        with closing(copying.open(copying.target)) as target:
            assert told(target) == told(source)


def test_a_source_that_never_rests_is_told_and_the_copy_stays_marked(copying: Copying) -> None:
    with closing(copying.open(copying.source)) as source:

        def write(stage: str, _done: int, _total: int) -> None:
            if stage == "comparing notes":
                source.notes.create("ann", "more")

        with pytest.raises(LibraryError, match=r"still being written\. Stop the programs"):
            copying.run(write)
    with pytest.raises(LibraryError, match=r"is a copy of .* that is not finished"):
        copying.open(copying.target).library  # noqa: B018  opens it
    assert copying.run().units["notes"] > 0


def test_a_killed_copy_goes_on_where_it_was(copying: Copying) -> None:
    command = [sys.executable, "-c", KILLED, copying.source, copying.target]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    with pytest.raises(LibraryError, match=r"is a copy of .* that is not finished"):
        copying.open(copying.target).library  # noqa: B018  opens it
    copied = copying.run()
    assert 0 < copied.units["documents"] < 14
    with closing(copying.open(copying.source)) as source, closing(copying.open(copying.target)) as target:
        assert told(target) == told(source)


def test_a_text_longer_than_a_batch_is_copied_whole(folders: Copying) -> None:
    with closing(folders.open(folders.source)) as stores:
        text = "word " * 2500
        whole = content("long.txt", text)
        chunks = tuple(NewChunk(1, at, at + 4, "word") for at in range(0, len(text), 5))
        stores.library.replace(replace(whole, chunks=chunks), np.ones((2500, 48), np.float32))
    assert folders.run().rows["chunks"] == 2514


def test_the_source_is_only_read(folders: Copying) -> None:
    file = Path(folders.source) / "library.sqlite"
    before = file.read_bytes()
    file.chmod(0o400)
    folders.run()
    assert file.read_bytes() == before


def test_no_table_is_forgotten() -> None:
    made = {found[1] for statement in schema.SCHEMA if (found := re.search(r"CREATE TABLE (\w+)", statement))}
    assert made - {"meta"} == set(TABLES)
