"""`citewell users` as its user meets it: the auth file is changed, passwords come from standard input or a prompt."""

from pathlib import Path

from typer.testing import CliRunner, Result

from cli.main import app
from rag.errors import SettingsError
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD


def run(users: Users, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["users", *arguments, "--auth-file", str(users.path)], input=typed)


def test_a_user_is_added_listed_and_removed(users: Users) -> None:
    added = run(users, "add", "bob", "--password-stdin", typed=f"{GOOD_PASSWORD}\n")
    assert f"bob may sign in ({users.path})" in added.output
    assert run(users, "list").output.split() == ["ann", "bob"]
    assert "bob may no longer sign in" in run(users, "remove", "bob").output
    assert run(users, "list").output.split() == ["ann"]


def test_a_prompted_password_is_asked_for_twice_and_not_shown(users: Users) -> None:
    other = "another good one"
    changed = run(users, "password", "ann", typed=f"{other}\n{other}\n")
    assert "ann has another password" in changed.output
    assert other not in changed.output
    assert users.verify("ann", other)


def test_without_an_auth_file_it_is_said_how_to_name_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["users", "list"])
    assert isinstance(result.exception, SettingsError)
    assert "--auth-file FILE" in str(result.exception)
