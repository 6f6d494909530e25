"""`citewell users` as its user meets it: the auth file is changed, passwords come from standard input or a prompt."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.key import Key
from api.key_store import KeyStore
from cli.main import app
from rag.errors import SettingsError
from rag.stores.open_stores import open_stores
from serving.auth_file import Users
from serving.share_store import ShareStore
from tests.conftest import GOOD_PASSWORD


def run(users: Users, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["users", *arguments, "--auth-file", str(users.path)], input=typed)


def test_a_user_is_added_listed_and_removed(users: Users) -> None:
    added = run(users, "add", "bob", "--password-stdin", typed=f"{GOOD_PASSWORD}\n")
    assert f"bob may sign in ({users.path})" in added.output
    assert run(users, "list").output.splitlines() == ["ann (owner)", "bob (editor)"]
    assert "bob may no longer sign in" in run(users, "remove", "bob").output
    assert run(users, "list").output.splitlines() == ["ann (owner)"]


def test_a_prompted_password_is_asked_for_twice_and_not_shown(users: Users) -> None:
    other = "another good one"
    changed = run(users, "password", "ann", typed=f"{other}\n{other}\n")
    assert "ann has another password" in changed.output
    assert other not in changed.output
    assert users.verify("ann", other)


def test_a_user_is_exported_and_erased_after_a_question(users: Users, tmp_path: Path) -> None:
    users.add("bob", GOOD_PASSWORD)
    said = run(users, "export", "Bob", str(tmp_path / "bob.zip"))
    assert "All that is stored of bob is in" in said.output
    assert (tmp_path / "bob.zip").exists()
    assert run(users, "erase", "bob", typed="n\n").exit_code == 1
    assert "bob" in users.names()
    erased = run(users, "erase", "bob", typed="y\n")
    assert "Erase bob with 0 documents, 0 conversations, 0 notes?" in erased.output
    assert users.names() == ["ann"]
    again = run(users, "erase", "bob", "--yes")
    assert isinstance(again.exception, SettingsError)


@pytest.mark.postgres
def test_users_keys_and_shares_of_files_are_taken_into_the_database(
    users: Users, tmp_path: Path, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, arguments, input=typed)

    text = KeyStore(tmp_path / "library").add(Key(id="", name="tool", owner="ann", created_at=""))
    ShareStore(tmp_path / "library").share_collection("ann", "Plans", "bob", "reader")
    monkeypatch.setenv("CITEWELL_DATABASE", postgres_address)
    monkeypatch.setenv("CITEWELL_EMBEDDER", "words")
    assert "would be forgotten" in str(run("keys", "list").exception)
    assert "citewell users import" in str(run("users", "list", "--auth-file", str(users.path)).exception)
    assert "1 user taken over" in run("users", "import", str(users.path)).output
    assert not users.path.exists()
    assert run("users", "list").output == "ann (owner)\n"
    assert "tool" in run("keys", "list").output
    with closing(open_stores(tmp_path / "library", postgres_address, "words")) as stores:
        assert KeyStore(tmp_path, stores.shared("keys")).verify(text) is not None
        assert [each.user for each in ShareStore(tmp_path, stores.shared("shares")).collections_of("ann")] == ["bob"]
    assert "0 users taken over; read: nothing" in run("users", "import").output
    run("users", "add", "bob", "--password-stdin", typed=f"{GOOD_PASSWORD}\n")
    assert "All that is stored of bob" in run("users", "export", "bob", str(tmp_path / "bob.zip")).output
    assert "bob is erased" in run("users", "erase", "bob", "--yes").output
    assert run("keys", "add", "other", "--user", "bob").exit_code == 1
    assert "ann may no longer sign in" in run("users", "remove", "ann").output
    assert json.loads(run("keys", "list", "--json").output) == []


def test_without_a_database_there_is_nothing_to_take_users_into(users: Users) -> None:
    result = CliRunner().invoke(app, ["users", "import", str(users.path)])
    assert isinstance(result.exception, SettingsError)
    assert users.path.exists()
