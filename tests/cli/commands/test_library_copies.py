"""`citewell library backup`, `restore`, `salvage`, `copy` and `expire`, and commands on a damaged library."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from ingest.pipeline import Ingestor
from rag.errors import LibraryError, SettingsError
from rag.runtime.audit_log import read_events
from rag.settings import load_settings
from rag.stores.database import DATABASE, Database
from rag.stores.open_stores import SqliteStores
from rag.stores.sql_notes import SqlNotes
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewChunk, NewDocument, Page
from tests.support.servers.postgres_server import GUARDED, PASSWORD, PostgresServer
from tests.support.stored_texts import put


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, " ".join(f"{result.output} {result.exception or ''}".split())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    for number in range(20):
        text = f"Document {number} is about birches. " * 100
        document = NewDocument(name=f"{number}.txt", source=f"/{number}", sha256=f"{number}", recipe="r", size=1)
        content = Content(document, (Page(number=1, label="1", text=text),), (NewChunk(1, 0, 30, text[:30]),))
        put(library, content)
    library._database.purge()
    library.close()
    return tmp_path / "library"


def test_a_library_is_backed_up_and_restored(folder: Path, tmp_path: Path) -> None:
    code, said = run("library", "backup", tmp_path / "backup.zip")
    assert (code, "copied and checked" in said) == (0, True)
    assert run("library", "restore", tmp_path / "backup.zip", "--library", tmp_path / "new")[0] == 0
    assert "19.txt" in run("library", "list", "--library", tmp_path / "new")[1]


@pytest.mark.usefixtures("folder")
def test_an_audit_log_elsewhere_is_said_not_to_be_in_the_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "The audit log is not in it" not in run("library", "backup", tmp_path / "one.zip")[1]
    monkeypatch.setenv("CITEWELL_AUDIT_FILE", str(tmp_path / "audit.jsonl"))
    code, said = run("library", "backup", tmp_path / "two.zip")
    assert (code, "The audit log is not in it: copy" in said) == (0, True)


def test_a_damaged_library_is_told_at_once_with_the_way_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The birch is white.")
    content = bytearray((folder / DATABASE).read_bytes())
    page = content.index(b"Document 7 is about") // 4096 * 4096
    content[page : page + 4096] = b"\xa5" * 4096
    (folder / DATABASE).write_bytes(content)
    for command in (("library", "list"), ("ingest", "a.txt")):
        code, said = run(*command)
        assert code != 0, command
        assert "is damaged" in said
        assert "citewell library restore" in said
    code, said = run("library", "salvage", tmp_path / "new")
    assert (code, "lost: document '7.txt'" in said) == (1, True)


def test_of_a_library_in_a_database_the_databases_own_programs_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_DATABASE", "postgresql://ann:hunter2@db/library")
    for command in ("backup", "restore", "salvage"):
        code, said = run("library", command, tmp_path / "copy")
        assert (code != 0, "pg_dump" in said, "hunter2" in said) == (True, True, False), command


@pytest.fixture
def source(tmp_path: Path) -> Path:
    with closing(SqliteStores(tmp_path / "from", "words")) as stores:
        stores.notes.create("ann", "Fees")
    return tmp_path / "from"


def test_a_copy_says_what_was_copied_and_a_second_run_has_nothing_to_do(source: Path, tmp_path: Path) -> None:
    command = ["library", "copy", str(source), str(tmp_path / "to")]
    said = CliRunner().invoke(app, command).output
    assert f"1 note read back from the folder {tmp_path / 'to'}, the same as in the folder {source}" in said
    copied = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert (copied["verified"], copied["units"], copied["rows"]["notes"]) == (True, {}, 1)
    assert "Nothing to copy" in CliRunner().invoke(app, command).output
    event, *_ = read_events(load_settings().audit_log)
    assert event is not None
    assert (event.action, event.detail) == ("library-copied", f"the folder {source} to the folder {tmp_path / 'to'}")


def test_an_address_of_something_else_is_refused_without_showing_it(tmp_path: Path) -> None:
    failed = CliRunner().invoke(app, ["library", "copy", "mysql://ann:hunter2@db/x", str(tmp_path)])
    assert isinstance(failed.exception, SettingsError)
    assert "hunter2" not in f"{failed.output}{failed.exception}"


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["postgres", "no_such_database"])
def test_a_password_in_an_address_is_not_shown(
    postgres: PostgresServer, source: Path, tmp_path: Path, name: str
) -> None:
    """The database `postgres` has no library, and the other is none: both are told, by their names only."""
    password = PASSWORD.replace("/", "%2F").replace("@", "%40")
    address = postgres.address_of(name, f"{GUARDED}:{password}")
    failed = CliRunner().invoke(app, ["library", "copy", address, str(tmp_path / "to")])
    assert isinstance(failed.exception, LibraryError)
    assert name in str(failed.exception)
    assert PASSWORD not in f"{failed.output}{failed.exception}"
    assert password not in f"{failed.output}{failed.exception}"


@pytest.fixture
def old(ingestor: Ingestor, library: SqliteLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a document into the library that was added long ago."""
    (tmp_path / "old.txt").write_text("The birch is white.")
    assert ingestor.ingest_file(tmp_path / "old.txt").status == "added"
    library.close()
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite")) as db, db:
        db.execute("UPDATE documents SET added_at = '2020-01-01T00:00:00+00:00'")
    monkeypatch.setattr("rag.services.Services.embedder_name", "words")


def expire(*arguments: str) -> list[dict[str, str]]:
    result = CliRunner().invoke(app, ["library", "expire", "--json", *arguments])
    if result.exception:
        raise result.exception
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def test_a_dry_run_lists_and_the_command_removes(old: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        SettingsError, match="set retention_days, retention_by_collection or retention_conversations_days"
    ):
        expire()
    monkeypatch.setenv("CITEWELL_RETENTION_DAYS", "1000")
    listed = expire("--dry-run", "--within", "7")
    assert [(each["name"], each["expires_at"]) for each in listed] == [("old.txt", "2022-09-27T00:00:00+00:00")]
    assert expire("--dry-run") == listed, "nothing was removed"
    with pytest.raises(SettingsError, match="--dry-run"):
        expire("--within", "7")
    assert expire() == listed
    assert expire() == []


def test_conversations_and_notes_are_listed_and_expire(
    library: SqliteLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.close()
    monkeypatch.setattr("rag.services.Services.embedder_name", "words")
    with closing(SqlNotes(Database(tmp_path / "library", embedder="words"))) as notes:
        made = notes.create("ann", "Birches", "white", None)
    monkeypatch.setenv("CITEWELL_RETENTION_CONVERSATIONS_DAYS", "30")
    (listed,) = expire("--dry-run", "--within", "31")
    assert (listed["kind"], listed["id"], listed["name"], listed["owner"]) == ("note", made.id, "Birches", "ann")
    assert expire() == [], "its time is not over"
