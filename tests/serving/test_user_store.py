"""Every `UserStore` lets in its users only, by their passwords, and always keeps an owner."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import AccessError, SettingsError
from rag.stores.sql_statements import SharedDatabase, SharedPart
from serving.auth_file import Users
from serving.stored_users import StoredUsers
from serving.user_store import UserStore
from tests.conftest import GOOD_PASSWORD as GOOD


@pytest.fixture
def users(
    tmp_path: Path,
    cheap_passwords: None,
    shared: Callable[[SharedPart], SharedDatabase | None],
) -> UserStore:
    database = shared("accounts")
    store = StoredUsers(database) if database else Users(tmp_path / "users.json")
    store.add("ann", GOOD)
    return store


def test_right_wrong_unknown_changed_removed(users: UserStore) -> None:
    assert users.verify("ann", GOOD)
    assert users.verify(" ANN ", GOOD), "case makes no other user"
    assert not users.verify("ann", GOOD + "x")
    assert not users.verify("ann", "")
    assert not users.verify("bob", GOOD)
    stamp = users.stamp("ann")
    users.change("Ann", "another good one")
    assert not users.verify("ann", GOOD)
    assert users.verify("ann", "another good one")
    assert users.stamp("ann") not in (stamp, None)
    users.remove("ann")
    assert (users.names(), users.stamp("ann"), users.verify("ann", "another good one")) == ([], None, False)


def test_letters_typed_in_other_forms_are_the_same_password(users: UserStore) -> None:
    users.add("zoë", "Ångström Ångström")
    assert users.verify("zoe\u0308", "A\u030angström Ångström")


def test_mistakes_and_names_that_could_mean_something_else_are_sentences(users: UserStore) -> None:
    for name in ("", "a b", "../x", "a/b", "-x", "x" * 65, "a:b", "<b>", ".."):
        with pytest.raises(SettingsError, match="cannot be a user's name"):
            users.add(name, GOOD)
    assert users.add("a\n", GOOD) == "a"
    with pytest.raises(SettingsError, match="10 to 1000 characters"):
        users.add("bob", "short")
    with pytest.raises(SettingsError, match="already"):
        users.add("ANN", GOOD)
    with pytest.raises(SettingsError, match="There is no user 'bob'"):
        users.change("bob", GOOD)
    with pytest.raises(SettingsError, match="There is no user 'bob'"):
        users.remove("bob")


def test_the_first_user_is_the_owner_and_one_always_stays(users: UserStore) -> None:
    users.add("bob", GOOD)
    assert (users.role("ann"), users.role("bob"), users.role("zoe")) == ("owner", "editor", None)
    with pytest.raises(SettingsError, match="the only owner"):
        users.set_role("ann", "reader")
    with pytest.raises(SettingsError, match="the only owner"):
        users.remove("ann")
    with pytest.raises(AccessError, match="Only an owner"):
        users.set_role("bob", "owner", by="bob")
    users.set_role("Bob", "owner", by="ann")
    users.remove("ann", by="bob")
    with pytest.raises(AccessError, match="Only an owner"):
        users.remove("bob", by="ann")
    with pytest.raises(SettingsError, match="the only owner"):
        users.remove("bob", by="bob")
    assert users.names() == ["bob"]


def test_who_signs_in_elsewhere_is_known_by_identity_and_has_no_password(users: UserStore) -> None:
    assert users.add_from_elsewhere("Eve", "https://id s1", "reader") == "eve"
    assert users.add_from_elsewhere("other", "https://id s1", "owner") == "eve"
    assert (users.role("eve"), users.identity("eve"), users.identity("ann")) == ("reader", "https://id s1", "")
    with pytest.raises(SettingsError, match="signs in another way"):
        users.add_from_elsewhere("ann", "https://id s2", "reader")
    with pytest.raises(SettingsError, match="signs in elsewhere"):
        users.change("eve", "another good one")
    first = users.stamp("eve")
    users.remove("eve")
    users.add_from_elsewhere("eve", "https://id s1", "reader")
    assert users.stamp("eve") != first, "a session of the account before does not open this one"


def test_nobody_from_elsewhere_gets_the_name_of_a_removed_user_who_left_something(users: UserStore) -> None:
    users.keep_names(lambda name: name == "bob")
    with pytest.raises(SettingsError, match="another 'bob' here"):
        users.add_from_elsewhere("Bob", "https://id s2", "reader")
    assert users.add_from_elsewhere("eve", "https://id s1", "reader") == "eve"
    assert users.add("bob", GOOD) == "bob", "an owner knows what is being done"


def test_of_two_who_add_the_same_name_at_once_one_is_told(users: UserStore) -> None:
    def add(_: int) -> bool:
        try:
            users.add("bob", GOOD)
        except SettingsError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(4))) == [False, False, False, True]
    assert users.names() == ["ann", "bob"]


def test_users_are_taken_over_with_passwords_and_roles_and_those_there_stay(users: UserStore, tmp_path: Path) -> None:
    other = Users(tmp_path / "others.json")
    other.add("ann", "quite another one")
    other.add("bob", "quite another one", "reader")
    other.add_from_elsewhere("eve", "https://id s1", "editor")
    assert users.take(other) == ["bob", "eve"]
    assert users.take(other) == []
    assert users.verify("ann", GOOD)
    assert users.verify("bob", "quite another one")
    assert [users.role(name) for name in users.names()] == ["owner", "reader", "editor"]
    assert users.identity("eve") == "https://id s1"


def test_an_account_taken_over_gives_nothing_of_itself_to_one_that_is_here(users: UserStore, tmp_path: Path) -> None:
    users.add("bob", "bob's own words")
    users.add_from_elsewhere("eve", "https://id s1", "reader")
    other = Users(tmp_path / "others.json")
    other.add("zoe", "quite another one")
    other.add_from_elsewhere("bob", "https://id s2", "editor")
    other.add_from_elsewhere("eva", "https://id s1", "editor")
    assert users.take(other) == ["zoe"], "eva is eve, who is here"
    assert users.verify("bob", "bob's own words")
    assert (users.identity("bob"), users.role("bob")) == ("", "editor")
    assert users.add_from_elsewhere("robert", "https://id s2", "reader") == "robert", "bob is somebody else"
    assert users.add_from_elsewhere("eve", "https://id s1", "reader") == "eve"
