"""A session ends with time, by signing out, and with its user's password."""

from serving.auth_file import Users
from tests.web.auth.test_throttle import Clock
from web.auth.sessions import MAX_AGE_S, MAX_IDLE_S, Sessions


def test_a_session_ends_when_unused_by_sign_out_and_with_the_user(users: Users) -> None:
    clock = Clock()
    sessions = Sessions(users, clock)
    token = sessions.begin("ann")
    assert (sessions.user(token), sessions.user(token[:-1]), sessions.user("")) == ("ann", None, None)
    clock.now += MAX_IDLE_S - 1
    assert sessions.user(token) == "ann"
    clock.now += MAX_IDLE_S + 1
    assert sessions.user(token) is None

    token = sessions.begin("ann")
    for _ in range(int(MAX_AGE_S / MAX_IDLE_S) + 2):
        clock.now += MAX_IDLE_S - 1
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
