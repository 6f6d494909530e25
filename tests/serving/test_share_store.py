"""Shares are found by those they concern until they are withdrawn; of a link only a hash is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.stores.postgres.postgres_stores import PostgresStores
from rag.stores.sql_statements import SharedDatabase, SharedPart
from serving.share import MAX_DAYS, hash_of_token, new_link
from serving.share_store import ShareStore


@pytest.fixture
def store(tmp_path: Path, shared: Callable[[SharedPart], SharedDatabase | None]) -> ShareStore:
    return ShareStore(tmp_path, shared("shares"))


@pytest.fixture
def file(tmp_path: Path) -> ShareStore:
    return ShareStore(tmp_path)


def test_nothing_is_written_before_anything_is_shared_and_never_the_token_of_a_link(file: ShareStore) -> None:
    assert (file.collections_for("bob"), file.links_of("ann"), file.has_borrowed("c1")) == ([], [], False)
    assert not file.path.exists()
    link, token = new_link("ann", "c1", 7, datetime.now(UTC))
    file.add_link(link, token)
    assert token.encode() not in file.path.read_bytes()


@pytest.mark.postgres
def test_shares_of_a_file_are_taken_into_a_database(file: ShareStore, postgres_stores: PostgresStores) -> None:
    link, token = new_link("ann", "c1", 7, datetime.now(UTC))
    file.add_link(link, token)
    file.share_collection("ann", "Plans", "bob", "editor")
    file.share_conversation("ann", "c1", "bob")
    file.mark_borrowed("c2")
    database = ShareStore(file.path.parent, postgres_stores.shared("shares"))
    for _ in range(2):
        database.take(file)
    assert database.find_link(token) == link
    assert database.collections_of("ann") == file.collections_of("ann")
    assert (database.conversations_for("bob"), database.has_borrowed("c2")) == (file.conversations_for("bob"), True)


def test_a_collection_is_shared_once_with_each_user_and_withdrawn(store: ShareStore) -> None:
    store.share_collection("ann", "Plans", "bob", "reader")
    store.share_collection("ann", "Plans", "bob", "editor")
    store.share_collection("ann", "Plans", "eve", "reader")
    assert [(each.user, each.role) for each in store.collections_of("ann")] == [("bob", "editor"), ("eve", "reader")]
    store.withdraw_collection("eve", "Plans", "bob")
    assert [each.role for each in store.collections_for("bob")] == ["editor"], "that was eve's own, if anybody's"
    store.withdraw_collection("ann", "Plans", "bob")
    assert (store.collections_for("bob"), len(store.collections_for("eve"))) == ([], 1)


def test_a_link_is_found_by_its_token_until_it_ends(store: ShareStore) -> None:
    link, token = new_link("ann", "c1", 7, datetime.now(UTC))
    store.add_link(link, token)
    assert store.find_link(token) == link
    past, other = new_link("ann", "c1", 7, datetime.now(UTC) - timedelta(days=8))
    store.add_link(past, other)
    assert store.find_link(other) is None
    assert [store.find_link(each) for each in ("", "x" * 43, token + "=")] == [None, None, None]
    store.withdraw_link("bob", link.id)
    assert store.find_link(token) == link
    store.withdraw_link("ann", link.id)
    assert store.find_link(token) is None


def test_all_of_a_conversation_and_of_a_user_is_forgotten(store: ShareStore) -> None:
    link, token = new_link("ann", "c1", 7, datetime.now(UTC))
    store.add_link(link, token)
    store.share_conversation("ann", "c1", "bob")
    store.mark_borrowed("c1")
    store.mark_borrowed("c1")
    assert store.has_borrowed("c1")
    store.forget_conversation("c1")
    assert (store.find_link(token), store.conversations_for("bob"), store.has_borrowed("c1")) == (None, [], False)
    store.share_conversation("ann", "c2", "bob")
    store.share_conversation("bob", "c3", "ann")
    store.share_collection("ann", "Plans", "bob", "reader")
    store.forget_user("ann")
    assert (store.conversations_for("bob"), store.conversations_for("ann"), store.collections_for("bob")) == (
        [],
        [],
        [],
    )


NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_no_link_lives_for_ever_or_not_at_all_and_a_text_without_the_form_of_a_token_has_no_hash() -> None:
    for days in (0, -7, MAX_DAYS + 1):
        with pytest.raises(SettingsError, match="1 to 365 days"):
            new_link("ann", "c1", days, NOW)
    _, token = new_link("ann", "c1", 7, NOW)
    assert len(hash_of_token(token)) == 64
    assert {hash_of_token(each) for each in ("", token[:-1], token + "A", token[:-1] + "/", "ü" * 43)} == {""}
