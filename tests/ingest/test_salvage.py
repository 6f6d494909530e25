"""Of a library with damaged pages, whole documents are taken into a new one, and the others are named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.salvage import salvage
from rag.errors import LibraryError
from rag.stores.database import DATABASE, Database
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import NewDocument, Overview
from tests.support.stored_texts import stored
from tests.support.values import present

Store = Callable[..., int]
_DOCUMENTS = 30
_NOISE = b"\xa5" * 4096


@pytest.fixture
def folder(store_text: Store, library: SqliteLibrary, tmp_path: Path) -> Path:
    for number in range(_DOCUMENTS):
        store_text(f"{number}.txt", *[f"Statement {line} of document {number} is about birches." for line in range(60)])
    conversations = SqlConversations(Database(tmp_path / "library", embedder="words"))
    begun = conversations.create("ann", "Birches")
    conversations.add(begun.id, "ann", {"question": "What is white?", "answer": "The birch."})
    conversations.close()
    library._database.purge()
    return tmp_path / "library"


def damage(folder: Path, text: str) -> None:
    """Write over the pages of the file that hold the rest of a row with this text, and nothing else."""
    file = folder / DATABASE
    content = file.read_bytes()
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    file.write_bytes(b"".join(_NOISE if page[0] == 0 and page.count(text.encode()) > 20 else page for page in pages))


def test_damaged_pages_lose_their_documents_and_no_more(folder: Path, library: SqliteLibrary, tmp_path: Path) -> None:
    library.close()
    damage(folder, " of document 7 is about birches")
    damaged = SqliteLibrary(folder, embedder="words")
    with pytest.raises(LibraryError, match=r"is damaged.*restore FILE.*salvage FOLDER"):
        damaged.require_sound(5)
    damaged.close()
    result = salvage(folder, tmp_path / "new", "words")
    assert 0 < len(result.lost) < 10
    assert any("'7.txt'" in lost for lost in result.lost)
    assert result.documents + len(result.lost) == _DOCUMENTS
    taken = SqliteLibrary(tmp_path / "new", embedder="words")
    assert list(taken.findings()) == []
    assert len(taken.documents()) == result.documents
    taken.close()


def test_a_folder_in_use_one_without_a_library_and_a_newer_format_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="is not empty"):
        salvage(folder, folder, "words")
    with pytest.raises(LibraryError, match="no library"):
        salvage(tmp_path / "nowhere", tmp_path / "new", "words")
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
    with pytest.raises(LibraryError, match="newer Citewell"):
        salvage(folder, tmp_path / "new", "words")
    assert not (tmp_path / "new").exists()


def overwrite(folder: Path, kind: int, text: str) -> int:
    """Write over the pages of a kind (13: rows, 10: an index) that hold a text; return how many."""
    content = (folder / DATABASE).read_bytes()
    pages = [content[start : start + 4096] for start in range(0, len(content), 4096)]
    found = [page[0] == kind and text.encode() in page for page in pages]
    (folder / DATABASE).write_bytes(b"".join(_NOISE if hit else page for page, hit in zip(pages, found, strict=True)))
    return sum(found)


def overwrite_table(folder: Path, name: str, *, whole: bool) -> None:
    """Write over the first page of a table or index, through which all its rows are found, or over its last one."""
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        (number,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    with (folder / DATABASE).open("r+b") as file:
        file.seek((number - 1) * 4096)
        root = file.read(12)
        if not whole:
            assert root[0] == 5  # a table's page that names others
            number = int.from_bytes(root[8:], "big")
        file.seek((number - 1) * 4096)
        file.write(_NOISE)


@pytest.mark.parametrize("whole", [True, False])
def test_documents_are_listed_anew_from_the_ledger(
    folder: Path, library: SqliteLibrary, tmp_path: Path, whole: bool
) -> None:
    before = {each.id: each for each in library.documents()}
    texts = {id_: library.page(id_, 1) for id_ in before}
    library.close()
    with closing(sqlite3.connect(folder / DATABASE)) as db, db:
        db.execute("UPDATE documents SET collection = hex(zeroblob(100))")  # more than a page of the file holds
    overwrite_table(folder, "documents", whole=whole)
    result = salvage(folder, tmp_path / "new", "words")
    assert result.documents == _DOCUMENTS
    (lost,) = result.lost
    assert lost.startswith("the collection and corrected facts of ")
    assert lost.endswith(" documents, listed anew from the ledger")
    with closing(SqliteLibrary(tmp_path / "new", embedder="words")) as taken:
        after = {each.id: each for each in taken.documents()}
        assert list(taken.findings()) == []
        for id_, document in before.items():
            made = after[id_]
            assert (made.name, made.source, made.owner, made.sha256, made.size, made.pages) == (
                *(document.name, document.source, document.owner, document.sha256),
                *(document.size, document.pages),
            )
            assert taken.page(id_, 1) == texts[id_]
        assert taken.chunk_count() == _DOCUMENTS * 60


def test_what_neither_list_nor_ledger_has_is_told(folder: Path, library: SqliteLibrary, tmp_path: Path) -> None:
    library.close()
    for table in ("documents", "ledger", "ledger_by_document"):
        overwrite_table(folder, table, whole=True)
    result = salvage(folder, tmp_path / "new", "words")
    assert result.documents == 0
    assert any(f"at most {_DOCUMENTS} documents, whose rows cannot be read" in lost for lost in result.lost)


@pytest.mark.parametrize("index", ["chunks_by_document", "ledger_by_document", "documents_by_content", "ledger"])
def test_a_damaged_index_or_ledger_loses_no_document(
    folder: Path, library: SqliteLibrary, tmp_path: Path, index: str
) -> None:
    library.close()
    overwrite_table(folder, index, whole=True)
    result = salvage(folder, tmp_path / "new", "words")
    assert result.documents == _DOCUMENTS
    assert not [lost for lost in result.lost if "document '" in lost or "documents" in lost]


def test_a_sound_library_is_taken_whole_with_what_is_kept_beside_documents(
    folder: Path, library: SqliteLibrary, tmp_path: Path
) -> None:
    failed = NewDocument(name="odd.pdf", source="/odd.pdf", sha256="", recipe="", size=1)
    library.fail(failed, "it is damaged")
    overview = Overview(document_id=2, language="en", model="m", record={"answer": "Birches."}, made_at="2026-01-01")
    assert library.keep_overview(overview, library.chunk_ids({2}))
    with closing(SqlConversations(Database(folder, embedder="words"))) as conversations:
        (begun,) = conversations.conversations("ann")
        assert conversations.exclude(begun.id, "ann", {3, 4})
        conversations.open_question(begun.id, "ann", "What is black?", 0)
    for name in ("audit.jsonl", "audit.jsonl.1", "watched_folders.json"):
        (folder / name).write_text(name)
    result = salvage(folder, tmp_path / "new", "words")
    assert (result.documents, result.conversations, result.lost) == (_DOCUMENTS, 1, [])
    with closing(SqliteLibrary(tmp_path / "new", embedder="words")) as taken:
        assert len(taken.documents()) == _DOCUMENTS
        assert taken.chunk_count() == _DOCUMENTS * 60
        assert list(taken.findings()) == []
        entry = present(taken.entry("/odd.pdf"))
        assert (entry.state, entry.reason) == ("failed", "it is damaged")
        assert taken.overviews(2) == library.overviews(2)
    with closing(SqlConversations(Database(tmp_path / "new", embedder="words"))) as conversations:
        assert conversations.excluded(begun.id, "ann") == {3, 4}
        assert present(conversations.find(begun.id, "ann")).unanswered == "What is black?"
    assert (tmp_path / "new" / "watched_folders.json").read_text() == "watched_folders.json"
    assert (tmp_path / "new" / "audit.jsonl.1").is_file()


def test_ids_of_what_was_lost_are_not_given_again(folder: Path, library: SqliteLibrary, tmp_path: Path) -> None:
    last = max(document.id for document in library.documents())
    library.remove_all([last])
    library.close()
    salvage(folder, tmp_path / "new", "words")
    with closing(SqliteLibrary(tmp_path / "new", embedder="words")) as taken:
        assert stored(taken, "new.txt", "new") == last + 1


@pytest.mark.parametrize("is_indexed", [True, False])
def test_conversations_whose_number_is_unknown_are_told(folder: Path, tmp_path: Path, is_indexed: bool) -> None:
    with closing(SqlConversations(Database(folder, embedder="words"))) as conversations:
        ids = [conversations.create("ann", f"Talk {number} of owls {'x' * 60}").id for number in range(200)]
        conversations._database.purge()
    assert overwrite(folder, 13, "Talk 199 of owls") == 1
    if not is_indexed:
        assert overwrite(folder, 10, "ann") > 0
    result = salvage(folder, tmp_path / "new", "words")
    assert 100 < result.conversations < len(ids)
    assert result.documents == _DOCUMENTS
    (lost,) = result.lost
    told = "conversations, whose rows cannot be read" if is_indexed else "how many there are cannot be read"
    assert lost.endswith(told)


def test_sources_on_both_sides_of_a_damaged_page_are_taken(
    folder: Path, library: SqliteLibrary, tmp_path: Path
) -> None:
    sources = [f"/failed/{number:04}-{'x' * 40}.pdf" for number in range(300)]
    for source in sources:
        library.fail(NewDocument(name="a", source=source, sha256="", recipe="", size=1), "it is damaged")
    library._database.purge()
    library.close()
    assert overwrite(folder, 10, sources[150]) == 2  # of the table, and of its index
    result = salvage(folder, tmp_path / "new", "words")
    with closing(SqliteLibrary(tmp_path / "new", embedder="words")) as taken:
        kept = {entry.source for entry in taken.ledger()}
    assert {sources[0], sources[-1]} < kept
    assert sources[150] not in kept
    assert any("some sources without a document" in lost for lost in result.lost)
