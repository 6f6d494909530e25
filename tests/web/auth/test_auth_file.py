"""Who may sign in: the auth file, tries, sessions."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import SettingsError
from tests.conftest import GOOD_PASSWORD as GOOD
from tests.support.app_process import citewell
from tests.support.paths import ROOT
from web.auth.auth_file import Password, Users
from web.auth.sessions import IDLE_S, LONGEST_S, Sessions
from web.auth.throttle import LoginThrottle


def test_a_password_is_kept_salted_and_slowly_hashed() -> None:
    one, two = Password.of(GOOD), Password.of(GOOD)
    assert one.salt != two.salt
    assert one.hash != two.hash
    assert (len(one.salt), len(one.hash), one.cost) == (32, 128, 15)
    assert (one.is_same(GOOD), one.is_same(GOOD + " ")) == (True, False)


def test_the_file_is_nobody_elses_and_has_no_password_in_it(users: Users) -> None:
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert GOOD not in users.path.read_text()
    assert [path.name for path in users.path.parent.iterdir() if "users.json" in path.name and path != users.path] in (
        [],
        ["users.json.lock"],
    ), "no staged file is left"


def test_right_wrong_unknown_changed_removed(users: Users) -> None:
    assert users.is_password("ann", GOOD)
    assert users.is_password(" ANN ", GOOD), "case makes no other user"
    assert not users.is_password("ann", GOOD + "x")
    assert not users.is_password("ann", "")
    assert not users.is_password("bob", GOOD)
    stamp = users.stamp("ann")
    users.change("Ann", "another good one")
    assert not users.is_password("ann", GOOD)
    assert users.is_password("ann", "another good one")
    assert users.stamp("ann") not in (stamp, None)
    users.remove("ann")
    assert (users.names(), users.stamp("ann"), users.is_password("ann", "another good one")) == ([], None, False)


def test_letters_typed_in_other_forms_are_the_same_password(users: Users) -> None:
    users.add("zoë", "Ångström Ångström")
    assert users.is_password("zoe\u0308", "A\u030angström Ångström")


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b", "-x", "x" * 65, "a\n", "a:b", "<b>", ".."])
def test_a_name_that_could_mean_something_else_is_refused(users: Users, name: str) -> None:
    if name.strip() == "a":
        assert users.add(name, GOOD) == "a"
        return
    with pytest.raises(SettingsError, match="cannot be a user's name"):
        users.add(name, GOOD)


def test_mistakes_are_sentences(users: Users) -> None:
    with pytest.raises(SettingsError, match="10 to 1000 characters"):
        users.add("bob", "short")
    with pytest.raises(SettingsError, match="already"):
        users.add("ANN", GOOD)
    with pytest.raises(SettingsError, match="There is no user 'bob'"):
        users.change("bob", GOOD)
    with pytest.raises(SettingsError, match="There is no user 'bob'"):
        users.remove("bob")


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
            users.is_password("ann", GOOD)
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


def test_the_command_adds_lists_changes_and_removes(tmp_path: Path) -> None:
    file = tmp_path / "auth" / "users.json"

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", "users", *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CITEWELL_AUTH_FILE": str(file)},
        )

    assert run("add", "Ann", "--password-stdin", typed=f"{GOOD}\n").returncode == 0
    assert Users(file).is_password("ann", GOOD)
    assert run("list").stdout == "ann\n"
    assert run("password", "ann", "--password-stdin", typed="quite another one\n").returncode == 0
    assert Users(file).is_password("ann", "quite another one")
    short = run("add", "bob", "--password-stdin", typed="x")
    assert (short.returncode, "10 to 1000 characters" in short.stderr) == (1, True)
    assert run("remove", "ann").returncode == 0
    assert run("list").stdout == ""
    nowhere = citewell("users", "list")
    assert (nowhere.returncode, "Name the auth file" in nowhere.stderr) == (1, True)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_after_five_wrong_tries_each_waits_twice_as_long() -> None:
    clock = Clock()
    tries = LoginThrottle(clock)
    assert [tries.begin("ann", "1.1.1.1") for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(12):
        wait = tries.begin("ann", "1.1.1.1")
        waits.append(wait)
        assert tries.begin("ann", "1.1.1.1") == wait, "a try that had to wait is none"
        clock.now += wait
        assert tries.begin("ann", "1.1.1.1") == 0.0
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == 900.0


def test_a_right_password_after_a_few_wrong_ones_forgets_them() -> None:
    tries = LoginThrottle(Clock())
    for _ in range(3):
        for _ in range(5):
            assert tries.begin("ann", "1.1.1.1") == 0.0
        tries.right("ann", "1.1.1.1")


def test_wrong_tries_from_elsewhere_do_not_lock_somebody_out_and_one_address_cannot_try_everybody() -> None:
    clock = Clock()
    tries = LoginThrottle(clock)
    for _ in range(6):
        tries.begin("ann", "6.6.6.6")
    assert tries.begin("ann", "6.6.6.6") > 0
    assert tries.begin("ann", "1.1.1.1") == 0.0
    assert [tries.begin(f"user{n}", "6.6.6.7") for n in range(20)] == [0.0] * 20
    assert tries.begin("user21", "6.6.6.7") > 0
    assert max(tries.begin("eve", f"7.7.7.{n}") for n in range(60)) == 2.0, "many addresses, one user"
    clock.now += 3601
    assert tries.begin("ann", "6.6.6.6") == 0.0


def test_a_session_ends_by_itself_by_sign_out_and_with_the_user(users: Users) -> None:
    clock = Clock()
    sessions = Sessions(users, clock)
    token = sessions.begin("ann")
    assert (sessions.user(token), sessions.user(token[:-1]), sessions.user("")) == ("ann", None, None)
    clock.now += IDLE_S - 1
    assert sessions.user(token) == "ann"
    clock.now += IDLE_S + 1
    assert sessions.user(token) is None

    token = sessions.begin("ann")
    for _ in range(int(LONGEST_S / IDLE_S) + 2):
        clock.now += IDLE_S - 1
        last = sessions.user(token)
    assert last is None, "not even one that is used all the time goes on for ever"

    token, other = sessions.begin("ann"), sessions.begin("ann")
    sessions.end(token)
    assert (sessions.user(token), sessions.user(other)) == (None, "ann")
    users.change("ann", "another good one")
    assert sessions.user(other) is None
    last = sessions.begin("ann")
    users.remove("ann")
    assert sessions.user(last) is None


def test_of_too_many_sessions_of_a_user_the_oldest_ends(users: Users) -> None:
    sessions = Sessions(users, Clock())
    tokens = [sessions.begin("ann") for _ in range(21)]
    assert [sessions.user(token) for token in (tokens[0], tokens[1], tokens[-1])] == [None, "ann", "ann"]
