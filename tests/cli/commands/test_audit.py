"""`citewell audit` shows what was recorded, as a table or as JSON, from a time on."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from rag.errors import SettingsError
from rag.runtime.audit_log import acting, record
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def test_what_is_done_at_the_shell_is_recorded_without_secrets(users: Users, tmp_path: Path) -> None:
    file = ("--auth-file", str(users.path))
    assert run("users", "add", "bob", "--password-stdin", *file, typed=f"{GOOD_PASSWORD}\n").exit_code == 0
    assert run("users", "role", "bob", "reader", *file).exit_code == 0
    assert run("users", "password", "bob", "--password-stdin", *file, typed=f"{GOOD_PASSWORD}!\n").exit_code == 0
    key = run("keys", "add", "tool", "--user", "bob", *file).stdout.strip()
    assert run("keys", "revoke", "tool").exit_code == 0
    assert run("users", "remove", "bob", *file).exit_code == 0
    events = json.loads(run("audit", "--json").stdout)
    id_ = key.split("_")[1]
    assert [(e["action"], e["object"], e["detail"]) for e in events] == [
        ("user-added", "bob", "editor"),
        ("role-changed", "bob", "reader"),
        ("password-changed", "bob", ""),
        ("key-added", id_, "for bob"),
        ("key-revoked", id_, ""),
        ("user-removed", "bob", ""),
    ]
    text = (tmp_path / "library" / "audit.jsonl").read_text()
    assert GOOD_PASSWORD not in text
    assert key.split("_")[2] not in text


def test_the_table_begins_where_it_is_asked_to(tmp_path: Path) -> None:
    with acting("ann", "10.0.0.5"):
        record(tmp_path / "library" / "audit.jsonl", "sign-in", "ann")
    assert "sign-in" in run("audit", "--since", "2h").stdout
    assert "0 events" in run("audit", "--since", "2999-01-01").stdout
    wrong = run("audit", "--since", "yesterday")
    assert isinstance(wrong.exception, SettingsError)
    assert "2026-03-01" in str(wrong.exception)


def test_a_file_elsewhere_is_written_and_read(users: Users, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_AUDIT_FILE", str(tmp_path / "elsewhere.jsonl"))
    run("users", "role", "ann", "owner", "--auth-file", str(users.path))
    assert [e["action"] for e in json.loads(run("audit", "--json").stdout)] == ["role-changed"]
    assert not (tmp_path / "library").exists()
