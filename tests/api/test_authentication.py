"""Who sends a request is known by a key, a session, or this machine's own address, and by nothing else."""

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from api.authentication import Authentication
from api.caller import Caller
from api.key import Key
from api.key_store import KeyStore
from api.problems import ProblemError
from rag.errors import AccessError
from serving.auth_file import Users


def request(query: str = "", host: str = "127.0.0.1", **headers: str) -> Request:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": raw})


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "library")


def key(store: KeyStore, name: str = "tool", **values: Any) -> str:
    return store.add(Key(id="", name=name, created_at="", **values))


def status(authentication: Authentication, sent: Request) -> int:
    with pytest.raises(ProblemError) as refused:
        authentication.caller(sent)
    return refused.value.problem.status


def test_without_accounts_this_machine_needs_no_key_by_whatever_name_the_settings_give_it(keys: KeyStore) -> None:
    open_ = Authentication(keys, None, host_names=("papers.home.arpa",))
    for host in ("127.0.0.1", "papers.home.arpa:7860"):
        assert open_.caller(request(host=host)) == Caller()
    assert status(open_, request(host="evil.example")) == 403


def test_where_a_key_is_needed_nothing_else_will_do(keys: KeyStore) -> None:
    closed = Authentication(keys, None, lambda _: "ann", needs_key=True)
    assert status(closed, request()) == 401
    assert closed.caller(request(authorization=f"Bearer {key(keys)}", host="docs.example")).owner == ""


def test_a_key_says_who_asks_and_what_they_may(keys: KeyStore) -> None:
    text = key(keys, owner="ann", collection="fees", read_only=True, requests=3, tokens=4)
    for sent in (
        request(authorization=f"Bearer {text}"),
        request(authorization=f"bearer  {text}"),
        request(x_api_key=text),
    ):
        caller = Authentication(keys, None).caller(sent)
        assert (caller.owner, caller.collection, caller.read_only) == ("ann", "fees", True)
        assert (caller.requests, caller.tokens, bool(caller.key)) == (3, 4, True)


def test_a_wrong_key_is_refused_even_where_none_is_needed(keys: KeyStore) -> None:
    assert status(Authentication(keys, None), request(authorization="Bearer cw_000000000000_" + "0" * 64)) == 401


def test_text_that_clients_must_send_as_a_key_is_no_key_where_none_is_needed(keys: KeyStore, users: Users) -> None:
    made_up = request(authorization="Bearer sk-none")
    assert Authentication(keys, None).caller(made_up) == Caller()
    assert status(Authentication(keys, None), request(authorization="Bearer none", host="evil.example")) == 403
    assert status(Authentication(keys, None, needs_key=True), made_up) == 401
    assert status(Authentication(keys, users, lambda _: "ann"), made_up) == 401


def test_with_accounts_a_session_says_who_asks(keys: KeyStore, users: Users) -> None:
    assert Authentication(keys, users, lambda _: "ann").caller(request()).owner == "ann"
    assert status(Authentication(keys, users), request()) == 401


def test_the_key_of_a_user_who_was_removed_is_refused(keys: KeyStore, users: Users) -> None:
    sent = request(authorization=f"Bearer {key(keys, owner='ann')}")
    users.add("bob", "another good password", "owner")
    assert Authentication(keys, users).caller(sent).owner == "ann"
    users.remove("ann")
    assert status(Authentication(keys, users), sent) == 401
    users.path.write_text("{")
    with pytest.raises(ProblemError, match="Nobody can be let in just now") as refused:
        Authentication(keys, users).caller(sent)
    assert (refused.value.problem.status, str(users.path) in str(refused.value)) == (503, False)


def test_a_request_past_the_proxy_is_refused_as_by_the_app(keys: KeyStore, users: Users) -> None:
    def stranger(_request: Request) -> str | None:
        raise AccessError("This address is not the proxy's.")

    assert status(Authentication(keys, users, stranger), request()) == 403


def test_a_key_in_an_address_is_refused_in_a_sentence(keys: KeyStore) -> None:
    for query in ("key=1", "API_KEY=a", "access_token=a", "x=cw_0123", "a=1&token="):
        with pytest.raises(ProblemError, match="kept in logs") as refused:
            Authentication(keys, None).caller(request(query))
        assert refused.value.problem.status == 400


def test_while_keys_cannot_be_read_a_stranger_is_told_so_and_not_why(
    keys: KeyStore, caplog: pytest.LogCaptureFixture
) -> None:
    sent = request(authorization=f"Bearer {key(keys)}")
    keys.path.write_bytes(b"no database" * 1000)
    with pytest.raises(ProblemError, match="Nobody can be let in just now") as refused:
        Authentication(keys, None).caller(sent)
    assert refused.value.problem.status == 503
    assert str(keys.path) not in str(refused.value)
    assert str(keys.path) in caplog.text
