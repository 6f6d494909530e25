"""The library, the models and the settings are looked at without a change."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from observing import library_checks
from observing.checkup import findings
from observing.library_checks import changed_settings, models
from observing.machine_checks import user_name
from rag.settings import load_settings
from rag.stores.database import DATABASE
from rag.stores.schema import VERSION
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import NewDocument
from tests.rag.models.conftest import close
from tests.support.servers.free_port import free_port
from tests.support.servers.scripted_server import scripted_server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


def execute(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.execute(statement, values)
        db.commit()


def test_no_library_yet_is_fine_and_none_is_made(folder: Path) -> None:
    (finding,) = library_checks.library(folder).findings
    assert (finding.state, folder.exists()) == ("fine", False)


def test_a_whole_library_says_what_is_in_it_and_what_failed(
    folder: Path, library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    store_text("a.txt", "The fee is 20 euros.")
    library.fail(NewDocument(name="b.pdf", source="/b.pdf", sha256="b", recipe="recipe", size=1), "it is encrypted")
    found = library_checks.library(folder)
    assert [each.state for each in found.findings] == ["fine", "attention"]
    assert "1 documents, 1 chunks" in found.findings[0].text
    assert found.latest is not None


@pytest.mark.parametrize(("version", "state"), [(VERSION - 1, "attention"), (VERSION + 1, "fault")])
def test_another_format_is_said_and_not_upgraded(
    folder: Path, library: SqliteLibrary, version: int, state: str
) -> None:
    library.close()
    execute(folder, "UPDATE meta SET value = ? WHERE key = 'version'", str(version))
    assert [each.state for each in library_checks.library(folder).findings] == [state]
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        assert db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() == (str(version),)


@pytest.mark.parametrize("damage", [b"\xff" * 5000, b"no database at all"])
def test_a_damaged_library_is_a_fault_that_names_the_way_out(
    folder: Path, library: SqliteLibrary, damage: bytes
) -> None:
    library.close()
    content = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(damage + content[len(damage) :])
    (finding,) = library_checks.library(folder).findings
    assert finding.state == "fault"
    assert "is damaged" in finding.text
    assert "backup" in finding.advice
    assert "citewell library salvage" in finding.advice


def test_a_library_that_may_not_be_read_is_not_called_damaged(
    folder: Path, library: SqliteLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.close()
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    (finding,) = library_checks.library(folder).findings
    assert (finding.state, finding.advice) == ("fault", "Run this as its owner.")
    assert f"may not be read by {user_name()}" in finding.text


def test_a_library_that_cannot_be_opened_is_not_called_damaged(folder: Path, library: SqliteLibrary) -> None:
    library.close()
    execute(folder, "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.execute("BEGIN EXCLUSIVE")
        with pytest.MonkeyPatch.context() as at_once:
            at_once.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
            (finding,) = library_checks.library(folder).findings
    assert finding.state == "fault"
    assert "cannot be opened: database is locked" in finding.text


def test_models_that_are_set_are_fetched_missing_unknown_or_on_a_server(tmp_path: Path) -> None:
    settings = load_settings(
        models=tmp_path, model="openai:m@http://127.0.0.1:1/v1", embedder="minilm", reranker="/nowhere/at/all"
    )
    found = {each.about: each for each in models(settings)}
    assert [found[name].state for name in ("model", "embedder", "reranker")] == ["fine", "attention", "fault"]
    assert "not on this machine" in found["model"].text
    assert found["embedder"].advice == "citewell models fetch minilm"


def test_each_of_several_servers_is_asked_whether_it_answers(tmp_path: Path) -> None:
    away = [f"http://127.0.0.1:{free_port()}" for _ in range(2)]
    with scripted_server() as one, scripted_server() as other:
        for addresses, state, said in (
            ([one.address, other.address], "fine", "2 of 2 servers answer"),
            ([one.address, away[0]], "attention", "1 of 2 servers answer (127.0.0.1:"),
            (away, "fault", "0 of 2 servers answer"),
        ):
            found = next(iter(models(load_settings(models=tmp_path, model=f"openai:m@{','.join(addresses)}"))))
            assert (found.about, found.state) == ("model", state)
            assert said in found.text


def test_changed_settings_are_named_without_a_password(tmp_path: Path) -> None:
    settings = load_settings(models=tmp_path, model="openai:m@http://127.0.0.1:1/v1", passages=7)
    text = changed_settings(settings.model_copy(update={"embedder": "openai:e@http://ann:s3cret@127.0.0.1/v1"})).text
    assert "passages = 7" in text
    assert "s3cret" not in text


def test_a_folder_of_models_that_may_not_be_read_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close(tmp_path / "models", monkeypatch)
    found = list(models(load_settings(models=tmp_path / "models")))
    assert {finding.state for finding in found} == {"fault"}
    assert "cannot be read: permission denied. Give the user that runs Citewell" in found[0].text


def test_a_report_has_every_part_and_advice_wherever_something_is_to_be_done(tmp_path: Path) -> None:
    found = list(findings(load_settings(library=tmp_path / "library", models=tmp_path)))
    assert {"versions", "processor", "engine", "memory", "library", "models", "time", "model", "settings"} <= {
        each.about for each in found
    }
    assert all(each.advice for each in found if each.state != "fine")
