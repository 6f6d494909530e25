"""The auth file keeps passwords hashed, knows roles, lets in only its users, and says what is wrong with it."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.errors import SettingsError
from serving.accounts import AccountFile, Password
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD as GOOD


def test_a_password_is_kept_salted_and_slowly_hashed() -> None:
    one, two = Password.of(GOOD), Password.of(GOOD)
    assert one.salt != two.salt
    assert one.hash != two.hash
    assert (len(one.salt), len(one.hash), one.cost) == (32, 128, 15)
    assert (one.matches(GOOD), one.matches(GOOD + " ")) == (True, False)


def test_the_file_is_nobody_elses_and_has_no_password_in_it(users: Users) -> None:
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert GOOD not in users.path.read_text()
    assert [path.name for path in users.path.parent.iterdir() if "users.json" in path.name and path != users.path] in (
        [],
        ["users.json.lock"],
    ), "no staged file is left"


def test_a_file_that_is_missing_damaged_or_open_to_others_lets_nobody_in(users: Users) -> None:
    with pytest.raises(SettingsError, match="citewell users add NAME --auth-file"):
        Users(users.path.with_name("none.json")).names()
    good = users.path.read_text()
    for text in (
        "",
        "[]",
        "{",
        '{"users": {"ann": {"salt": "zz", "hash": ""}}}',
        good.replace('"cost": 10', '"cost": 60'),
    ):
        users.path.write_text(text)
        with pytest.raises(SettingsError, match="damaged"):
            users.verify("ann", GOOD)
    users.path.write_text(good.replace('"format": 1', '"format": 2'))
    with pytest.raises(SettingsError, match="newer Citewell"):
        users.names()
    users.path.write_text(good)
    users.path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        Users(users.path).names()
    users.path.unlink()
    users.path.mkdir()
    with pytest.raises(SettingsError, match=r"Others may|cannot be read"):
        users.names()


def test_users_added_at_once_are_all_there(users: Users) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: Users(users.path).add(f"user{n}", GOOD), range(16)))
    assert len(users.names()) == 17
    assert json.loads(users.path.read_text())["format"] == 1


def test_a_file_from_before_there_were_roles_is_read_as_it_was_meant(users: Users) -> None:
    users.add("abe", GOOD)
    old = json.loads(users.path.read_text())
    del old["roles"], old["identities"]
    users.path.write_text(json.dumps(old))
    assert (users.role("ann"), users.role("abe")) == ("owner", "editor"), "the first one in the file is the owner"
    users.add("eve", GOOD)
    assert [users.role(name) for name in users.names()] == ["editor", "owner", "editor"]
    assert users.verify("ann", GOOD)


ONE = Password("00" * 16, "", 10)


def test_where_roles_are_written_nobody_becomes_owner_by_being_first() -> None:
    file = AccountFile({"zoe": ONE, "ann": ONE}, {"zoe": "reader"})
    assert (file.role("zoe"), file.role("ann"), file.owners()) == ("reader", "editor", set())
