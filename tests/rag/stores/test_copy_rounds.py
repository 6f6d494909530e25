"""A copied library is the same in either place, and a copy that would mix two or leave half of one is refused."""

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import LibraryError
from rag.runtime.progress import Progress, no_progress
from rag.stores import database, schema
from rag.stores.copied_parts import TABLES
from rag.stores.copy_rounds import Copied, copy_library, open_end
from rag.stores.open_stores import Stores, open_stores
from rag.stores.sqlite_end import SqliteEnd
from rag.types import DocumentFacts, Heading, NewChunk, Overview, Page, Structure
from tests.support.fakes import WordEmbedder
from tests.support.paths import ROOT
from tests.support.stored_texts import put, stored
from tests.support.values import content

POSTGRES = pytest.mark.postgres


KILLED = """
import os, signal, sys
from rag.stores import copy_rounds
from rag.stores.copy_rounds import open_end
copy_rounds._READ_AT_ONCE = 4
def progress(stage, done, total):
    if stage == "copying documents" and done >= 6:
        os.kill(os.getpid(), signal.SIGKILL)
copy_rounds.copy_library(open_end(sys.argv[1]), open_end(sys.argv[2]), progress)
"""


@dataclass(frozen=True)
class Copying:
    """A place to copy from, and one to copy to: folders, or addresses."""

    source: str
    target: str

    def run(self, progress: Progress = no_progress) -> Copied:
        with closing(open_end(self.source)) as source, closing(open_end(self.target)) as target:
            return copy_library(source, target, progress)

    def open(self, named: str) -> Stores:
        is_address = "://" in named
        return open_stores(Path(named), named if is_address else None, "words")


@pytest.fixture(
    params=[
        "folder to folder",
        pytest.param("folder to postgres", marks=POSTGRES),
        pytest.param("postgres to folder", marks=POSTGRES),
    ]
)
def copying(request: pytest.FixtureRequest, tmp_path: Path) -> Copying:
    """Return two places, the source with a library that has something of everything."""
    source, _, target = request.param.split()
    address = request.getfixturevalue("postgres_address") if "postgres" in (source, target) else ""
    places = Copying(
        address if source == "postgres" else str(tmp_path / "from"),
        address if target == "postgres" else str(tmp_path / "to"),
    )
    with closing(places.open(places.source)) as stores:
        fill(stores)
    return places


def fill(stores: Stores) -> None:
    library = stores.library
    for number in range(12):
        stored(
            library, f"{number}.txt", f"The osprey of nest {number} eats fish. 🦉 Straße", owner=("", "ann")[number % 2]
        )
    heading = Structure(headings=(Heading(0, 3, 1, "Birches"),))
    rich = content("rich.pdf", "Birches are white.", facts=DocumentFacts(title="Birches"), collection="trees")
    pages = (replace(rich.pages[0], structure=heading), Page(number=2, label="ii", text="", state="empty"))
    id_ = put(library, replace(rich, pages=pages)).id
    chunk = library.chunk_ids({id_})
    overview = Overview(document_id=id_, language="en", model="m", record={"text": "Trees."}, made_at="2026-11-27")
    assert library.keep_overview(overview, chunk)
    library.edit_facts(stored(library, "edited.txt", "The falcon"), {"title": "Falcons"})
    library.remove_all([stored(library, "gone.txt", "The dodo")])
    library.fail(content("broken.pdf", "?").document, "it is damaged")
    assert library.link(replace(content("0.txt", "x").document, source="/copy", sha256=sha_of_first()), 1)
    conversation = stores.conversations.create("ann")
    stores.conversations.add(conversation.id, "ann", {"question": "Straße?", "answer": "Yes.\0"})
    stores.conversations.rate(conversation.id, "ann", 1, "up", "good")
    assert stores.conversations.exclude(conversation.id, "ann", {id_})
    stores.notes.create("ann", "Fees", "20 euros", {"quote": "q"})
    stores.notes.create("ann", "Dates")


def sha_of_first() -> str:
    return content("0.txt", "The osprey of nest 0 eats fish. 🦉 Straße").document.sha256


def told(stores: Stores) -> dict[str, Any]:
    """Return all that the stores say."""
    library, conversations = stores.library, stores.conversations
    documents, ids = library.documents(), library.chunk_ids()
    kept = conversations.conversations(None)
    return {
        "documents": documents,
        "edited": [library.edited_facts(d.source, d.owner) for d in documents],
        "pages": [library.page(d.id, n) for d in documents for n in range(1, d.pages + 1)],
        "overviews": [library.overviews(d.id) for d in documents],
        "chunks": library.chunks(ids),
        "vectors": library.known_vectors(ids)[1].tolist(),
        "changes": [library.changes(since) for since in range(library.generation)],
        "ledger": library.ledger(),
        "last_removal": library.last_removal,
        "dimension": library.dimension,
        "conversations": [(c, conversations.exchanges(c.id, None)) for c in kept],
        "excluded": [conversations.excluded(c.id, c.owner) for c in kept],
        "notes": stores.notes.notes("ann"),
    }


@pytest.fixture
def folders(tmp_path: Path) -> Copying:
    places = Copying(str(tmp_path / "from"), str(tmp_path / "to"))
    with closing(places.open(places.source)) as stores:
        fill(stores)
    return places


def test_everything_arrives_under_its_ids_and_new_ids_go_on(copying: Copying) -> None:
    copied = copying.run()
    assert (copied.units["documents"], copied.rows["chunks"], copied.rows["exchanges"]) == (14, 14, 1)
    with closing(copying.open(copying.source)) as source, closing(copying.open(copying.target)) as target:
        assert told(target) == told(source)
        assert list(target.library.findings()) == []
        assert target.library.identity != source.library.identity
        assert stored(target.library, "new.txt", "A new one") == stored(source.library, "new.txt", "A new one")
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
    again = copying.run()  # what each knows of its indexes is no difference
    assert (again.units, again.rows["documents"]) == ({}, 14)


def test_what_is_written_to_the_source_meanwhile_is_taken_in(copying: Copying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PURGE_SECONDS", 0.01)  # the copy reads meanwhile
    with closing(copying.open(copying.source)) as source:
        changes: list[Callable[[], object]] = [
            lambda: source.library.remove_all([3]),
            lambda: stored(source.library, "2.txt", "Nest 2 is empty."),
            lambda: source.notes.create("ann", "late"),
            lambda: stored(source.library, "late.txt", "A late one"),
        ]

        def progress(stage: str, _done: int, _total: int) -> None:
            if stage.startswith("copying") and changes:
                changes.pop()()

        copied = copying.run(progress)
        assert not changes
        assert copied.rounds > 2
        with closing(copying.open(copying.target)) as target:
            assert told(target) == told(source)


def test_a_source_that_never_rests_is_told_and_the_copy_goes_on_later(copying: Copying) -> None:
    with closing(copying.open(copying.source)) as source:

        def write(stage: str, _done: int, _total: int) -> None:
            if stage == "comparing notes":
                source.notes.create("ann", "more")

        with pytest.raises(LibraryError, match=r"still being written\. Stop the programs"):
            copying.run(write)
    assert copying.run().units["notes"] > 0


def test_a_killed_copy_is_no_library_and_goes_on_where_it_was(copying: Copying, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, copying.source, copying.target]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    with pytest.raises(LibraryError, match=r"is a copy of .* that is not finished"):
        copying.open(copying.target).library  # noqa: B018  opens it
    with pytest.raises(LibraryError, match=r"that is not finished\. Run the same"):
        Copying(copying.target, str(tmp_path / "third")).run()
    copied = copying.run()
    assert 0 < copied.units["documents"] < 14
    with closing(copying.open(copying.source)) as source, closing(copying.open(copying.target)) as target:
        assert told(target) == told(source)


def test_a_text_longer_than_a_batch_is_copied_whole(folders: Copying) -> None:
    with closing(folders.open(folders.source)) as stores:
        text = "word " * 2500
        whole = content("long.txt", text)
        chunks = tuple(NewChunk(1, at, at + 4, "word") for at in range(0, len(text), 5))
        put(stores.library, replace(whole, chunks=chunks), np.ones((2500, 48), np.float32))
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
