"""The state of a library in PostgreSQL, of the Milvus that searches it, and of the files that servers share."""

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from observing import database_checks
from observing.checkup import findings
from observing.database_checks import left_in_files, library, shared_files
from rag.settings import Settings, load_settings
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.servers.free_port import free_port
from tests.support.servers.postgres_server import PostgresServer
from tests.support.servers.s3_process import S3Process

if TYPE_CHECKING:
    from tests.support.servers.milvus_process import MilvusProcess


def test_a_server_that_is_away_is_a_fault_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_DATABASE", f"postgresql://ann:hunter2@127.0.0.1:{free_port()}/library")
    found = list(findings(load_settings()))
    (fault,) = [each for each in found if each.about == "library" and each.state == "fault"]
    assert "127.0.0.1/library cannot be reached" in fault.text
    assert "hunter2" not in repr(found)


@pytest.mark.postgres
def test_a_database_is_reported_and_nothing_is_made_in_it(postgres: PostgresServer) -> None:
    with postgres.database() as name:
        (found,) = library(postgres.address_of(name)).findings
        assert (found.state, "no library yet" in found.text) == ("fine", True)
        assert postgres.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", name) == [(0,)]
        with closing(PostgresStores(postgres.address_of(name), "words")) as stores:
            stores.conversations.create("ann")
        (found,) = library(postgres.address_of(name)).findings
        assert found.text.endswith("; 0 documents, 0 chunks, 1 conversations, 0 users, 0 keys")
        for version, state in (("'0000'", "attention"), ("'9999'", "fault")):
            postgres.run(f"UPDATE citewell_schema SET version_num = {version}", name)  # noqa: S608  our own
            assert library(postgres.address_of(name)).findings[0].state == state


def test_accounts_and_keys_that_are_still_in_files_are_a_fault() -> None:
    settings = load_settings(database="postgresql://ann@127.0.0.1/library")
    assert list(left_in_files(settings)) == []
    settings.library.mkdir()
    (settings.library / "api_keys.sqlite").touch()
    (found,) = left_in_files(settings)
    assert (found.state, "api_keys.sqlite" in found.text, "users import" in found.advice) == ("fault", True, True)


def test_a_package_that_is_missing_is_a_fault_that_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "grpc", None)
    monkeypatch.delitem(sys.modules, "rag.stores.milvus.milvus_server", raising=False)
    found = database_checks.milvus("http://127.0.0.1")
    assert (found.about, found.state, "'milvus' needs grpc" in found.text) == ("search", "fault", True)
    assert ".[milvus]" in found.advice


@pytest.mark.milvus
def test_milvus_is_reported_with_its_version_and_is_a_fault_when_away(
    milvus: "MilvusProcess", monkeypatch: pytest.MonkeyPatch
) -> None:
    found = database_checks.milvus(milvus.address)
    assert (found.about, found.state, "lite" in found.text) == ("search", "fine", True)
    monkeypatch.setenv("CITEWELL_DATABASE", f"postgresql://ann@127.0.0.1:{free_port()}/library")
    monkeypatch.setenv("CITEWELL_MILVUS", f"http://ann:hunter2@127.0.0.1:{free_port()}")
    reported = list(findings(load_settings()))
    (fault,) = [each for each in reported if each.about == "search"]
    assert (fault.state, "does not answer" in fault.text, "hunter2" in repr(reported)) == ("fault", True, False)


def settings_of(shared: Path | str, library: Path) -> Settings:
    return load_settings(database="postgresql://db.example/citewell", shared_folder=shared, library=library)


def test_a_shared_folder_is_there_to_be_written_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = shared_files(settings_of(tmp_path, tmp_path))
    assert (found.state, "can be read and written" in found.text) == ("fine", True)
    missing = shared_files(settings_of(tmp_path / "mount", tmp_path))
    assert (missing.state, missing.advice) == ("fault", "Mount it, or correct the setting 'shared_folder'.")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert shared_files(settings_of(tmp_path, tmp_path)).state == "fault"


@pytest.mark.s3
def test_storage_is_written_to_and_nothing_is_left_there(s3: S3Process, s3_address: str, tmp_path: Path) -> None:
    found = shared_files(settings_of(s3_address, tmp_path))
    assert (found.state, found.text) == ("fine", f"{s3_address} can be read and written")
    from ingest.sources.s3_files import S3Files

    assert S3Files(s3_address, tmp_path)._storage.find(s3_address) == []
