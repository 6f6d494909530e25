"""Keys are stored hashed, found by their text only, and refused once they are revoked or their time is over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.key import Key
from api.key_store import KeyStore
from rag.errors import LibraryError, SettingsError
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.sql_statements import SharedDatabase, SharedPart

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = Key(id="", name="tool", owner="ann", collection="fees", read_only=True, requests=5, tokens=9, created_at="2026")


Shared = Callable[[SharedPart], SharedDatabase | None]


@pytest.fixture
def store(tmp_path: Path, shared: Shared) -> KeyStore:
    return KeyStore(tmp_path / "library", shared("keys"))


@pytest.fixture
def file(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "library")


def test_a_key_is_known_by_its_text_with_all_that_it_may(store: KeyStore) -> None:
    text = store.add(KEY)
    found = store.verify(text, NOW)
    assert found is not None
    assert found == replace(KEY, id=found.id)
    assert store.verify(text[:-1] + ("0" if text[-1] != "0" else "1"), NOW) is None
    assert store.verify("cw_000000000000_" + "0" * 64, NOW) is None
    assert store.verify("", NOW) is None


def test_nobody_reads_a_key_out_of_the_file(file: KeyStore) -> None:
    text = file.add(KEY)
    assert text.split("_")[2].encode() not in file.path.read_bytes()
    assert file.path.stat().st_mode & 0o077 == 0


def test_a_revoked_key_is_refused_at_once_also_by_another_process(store: KeyStore, shared: Shared) -> None:
    text = store.add(KEY)
    other = KeyStore(store.path.parent, shared("keys"))
    assert other.verify(text) is not None
    store.revoke("tool")
    assert other.verify(text) is None
    with pytest.raises(SettingsError, match="no key 'tool'"):
        store.revoke("tool")


def test_a_key_whose_time_is_over_is_refused(store: KeyStore) -> None:
    text = store.add(replace(KEY, expires_at=(NOW + timedelta(days=1)).isoformat()))
    assert store.verify(text, NOW) is not None
    assert store.verify(text, NOW + timedelta(days=1)) is None


def test_the_last_use_is_written_down_once_a_minute(store: KeyStore) -> None:
    text = store.add(KEY)
    for seconds in (0, 30, 59):
        store.verify(text, NOW + timedelta(seconds=seconds))
    assert store.all()[0].last_used_at == "2026-01-01T00:00:00+00:00"
    store.verify(text, NOW + timedelta(seconds=61))
    assert store.all()[0].last_used_at == "2026-01-01T00:01:01+00:00"


def test_a_name_belongs_to_one_key_and_is_one_that_people_can_read(store: KeyStore) -> None:
    store.add(KEY)
    with pytest.raises(SettingsError, match="There is a key 'tool' already"):
        store.add(KEY)
    for name in ("", "  ", "a\nb", "x" * 65):
        with pytest.raises(SettingsError, match="needs a name"):
            store.add(replace(KEY, name=name))
    assert [key.name for key in store.all()] == ["tool"]


def test_without_a_file_there_are_no_keys_and_none_is_made(file: KeyStore) -> None:
    assert file.all() == []
    assert file.verify("cw_000000000000_" + "0" * 64) is None
    file.revoke_all_of("ann")
    with pytest.raises(SettingsError, match="no key 'tool'"):
        file.revoke("tool")
    assert not file.path.exists()


def test_a_damaged_file_lets_nobody_in(file: KeyStore) -> None:
    text = file.add(KEY)
    file.path.write_bytes(b"no database" * 1000)
    with pytest.raises(LibraryError, match="cannot be used"):
        file.verify(text)


def test_all_keys_of_a_user_end_together(store: KeyStore) -> None:
    texts = [store.add(replace(KEY, name=name, owner=owner)) for name, owner in (("a", "ann"), ("b", "bob"))]
    store.revoke_all_of("ann")
    assert [store.verify(text) is not None for text in texts] == [False, True]


@pytest.mark.postgres
def test_keys_of_a_file_are_taken_into_a_database_once(file: KeyStore, postgres_stores: PostgresStores) -> None:
    text = file.add(KEY)
    database = KeyStore(file.path.parent, postgres_stores.shared("keys"))
    assert (database.take(file), database.take(file)) == (1, 0)
    found = database.verify(text)
    assert found is not None
    assert (found.name, found.collection, found.read_only) == ("tool", "fees", True)
