"""`citewell library copy`: what it says and prints; the copy itself is tested in tests/rag/stores."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import LibraryError, SettingsError
from rag.runtime.audit_log import read_events
from rag.settings import load_settings
from rag.stores.open_stores import SqliteStores
from tests.support.servers.postgres_server import GUARDED, PASSWORD, PostgresServer


@pytest.fixture
def source(tmp_path: Path) -> Path:
    with closing(SqliteStores(tmp_path / "from", "words")) as stores:
        stores.notes.create("ann", "Fees")
    return tmp_path / "from"


def test_it_says_what_was_copied_and_a_second_run_has_nothing_to_do(source: Path, tmp_path: Path) -> None:
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
