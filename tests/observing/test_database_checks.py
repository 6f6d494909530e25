"""The state of a library in PostgreSQL, and of the Milvus that searches it, reported without touching them."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from observing import database_checks
from observing.checkup import findings
from observing.database_checks import left_in_files, library
from rag.settings import load_settings
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.servers.llama_server import free_port
from tests.support.servers.postgres_server import PostgresServer

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
