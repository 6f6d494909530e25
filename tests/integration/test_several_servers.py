"""Two servers of the app on one database are one app: whoever is known at one is so at the other, at once.

Each is a process with a folder of its own. Starting one takes seconds, so the tests of a module share them.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.rag.stores.postgres.test_postgres_stores import wait_until_replayed
from tests.support.app_process import citewell, scripted, scripted_process
from tests.support.servers.postgres_server import PostgresServer, programs, replicated_servers
from tests.support.servers.shared_database import GOOD_PASSWORD, fill, sign_in

pytestmark = pytest.mark.postgres

ANSWER = "The entry fee is 20 euros."
QUESTION = {"question": "What is the entry fee?"}
SOON_S = 1.0
AWAY_S = 5.0
PROMOTED_S = 10.0
UNHELD_S = 30.0
"""A question counts as being answered for 15 s after its server died."""


@pytest.fixture(scope="module")
def database(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as name:
        fill(postgres.address_of(name), "ann", "bob")
        yield postgres.address_of(name)


@pytest.fixture(scope="module")
def apps(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield the addresses of two apps."""
    with ExitStack() as started:
        one, two = (
            started.enter_context(
                scripted(tmp_path_factory.mktemp(name), ANSWER, database=database, embedder="words", overviews="off")
            )
            for name in ("one", "two")
        )
        yield one, two


@pytest.fixture
def ann(apps: tuple[str, str]) -> Iterator[httpx.Client]:
    """Yield a browser in which ann has signed in at the first app."""
    with httpx.Client(timeout=60) as client:
        assert sign_in(client, apps[0], "ann").status_code == 303
        yield client


def begin(client: httpx.Client, address: str) -> str:
    return str(client.post(f"{address}/api/v1/conversations", json={}).raise_for_status().json()["id"])


def ask(client: httpx.Client, address: str, conversation: str) -> dict[str, Any]:
    answered = client.post(f"{address}/api/v1/conversations/{conversation}/asks", json=QUESTION)
    return dict(answered.raise_for_status().json())


def answers(client: httpx.Client, address: str, conversation: str) -> list[str]:
    shown = client.get(f"{address}/api/v1/conversations/{conversation}").raise_for_status().json()
    return [each["answer"] for each in shown["answers"]]


def unanswered(client: httpx.Client, address: str, conversation: str) -> dict[str, Any]:
    """Return what is said of a conversation, its question without an answer included."""
    shown = client.get(f"{address}/api/v1/conversations/{conversation}").raise_for_status().json()
    return dict(shown["conversation"])


def is_let_in(client: httpx.Client, address: str) -> bool:
    return client.get(f"{address}/api/v1").status_code == httpx.codes.OK


def expect_out(client: httpx.Client, address: str) -> None:
    """Expect that a session has ended within a second of now."""
    deadline = time.monotonic() + SOON_S
    while is_let_in(client, address):
        assert time.monotonic() < deadline, "still signed in"


def run(database: str, *arguments: str, typed: str = "") -> str:
    done = citewell(*arguments, typed=typed, CITEWELL_DATABASE=database, CITEWELL_EMBEDDER="words")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_conversation_begun_at_one_is_continued_at_the_other(apps: tuple[str, str], ann: httpx.Client) -> None:
    one, two = apps
    conversation = begin(ann, one)
    ask(ann, one, conversation)
    assert ask(ann, two, conversation)["answer"]["sentences"]
    assert answers(ann, one, conversation) == answers(ann, two, conversation)
    assert len(answers(ann, one, conversation)) == 2


def test_a_user_who_is_added_changed_and_removed_is_so_at_both(apps: tuple[str, str], ann: httpx.Client) -> None:
    one, two = apps
    ann.post(f"{one}/admin/add", data={"name": "eve", "password": GOOD_PASSWORD, "role": "reader"})
    with httpx.Client() as eve:
        assert sign_in(eve, two, "eve").status_code == 303
        assert is_let_in(eve, one)
        ann.post(f"{one}/admin/password", data={"name": "eve", "password": "quite another one"})
        expect_out(eve, two)
        assert sign_in(eve, two, "eve", "quite another one").status_code == 303
        ann.post(f"{one}/admin/remove", data={"name": "eve", "documents": "keep"})
        expect_out(eve, two)


def test_a_share_given_at_one_is_seen_at_the_other_until_it_is_withdrawn(
    apps: tuple[str, str], ann: httpx.Client
) -> None:
    one, two = apps
    conversation = begin(ann, one)
    ask(ann, one, conversation)
    sent = {"conversation": conversation, "user": "bob"}
    with httpx.Client() as bob:
        sign_in(bob, two, "bob")

        def seen() -> list[str]:
            return [each["id"] for each in bob.get(f"{two}/citewell/shares").json()["with_me"]["conversations"]]

        assert ann.put(f"{one}/citewell/shares/conversations", json=sent).status_code == 200
        assert seen() == [conversation]
        ann.request("DELETE", f"{one}/citewell/shares/conversations", json=sent)
        assert seen() == []


def test_a_key_is_known_at_both_until_it_is_revoked_at_one(
    apps: tuple[str, str], ann: httpx.Client, database: str
) -> None:
    one, two = apps
    key = run(database, "keys", "add", "tool", "--user", "bob").strip()
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}) as tool:
        assert [is_let_in(tool, address) for address in apps] == [True, True]
        ann.post(f"{one}/admin/revoke", data={"key": "tool"})
        assert [is_let_in(tool, address) for address in (two, one)] == [False, False]


def test_wrong_passwords_at_both_count_together(apps: tuple[str, str]) -> None:
    with httpx.Client() as guesser:
        tried = [sign_in(guesser, apps[number % 2], "bob", "wrong password").status_code for number in range(6)]
        assert tried == [401] * 5 + [429]
        waiting = sign_in(guesser, apps[0], "bob")
        assert (waiting.status_code, "Too many attempts" in waiting.text) == (429, True)


def test_of_an_answer_that_dies_with_its_server_the_question_is_left_and_the_conversation_goes_on(
    apps: tuple[str, str], ann: httpx.Client, database: str, tmp_path: Path
) -> None:
    _, two = apps
    started = scripted_process(
        tmp_path, ANSWER, pause=0.5, database=database, embedder="words", overviews="off", strictness="0"
    )
    with started as (third, process):
        conversation = begin(ann, third)
        asked = f"{third}/api/v1/conversations/{conversation}/asks"
        with ann.stream("POST", asked, json={**QUESTION, "stream": True}) as stream:
            said = stream.iter_lines()
            assert "event: token" in said, "it has begun to say something"
            process.kill()
            process.join()
            with pytest.raises(httpx.HTTPError):
                list(said)
    assert answers(ann, two, conversation) == []
    assert unanswered(ann, two, conversation)["unanswered"] == QUESTION["question"]
    deadline = time.monotonic() + UNHELD_S
    while unanswered(ann, two, conversation)["being_answered"]:
        assert time.monotonic() < deadline, "nobody is at it"
    ask(ann, two, conversation)
    assert len(answers(ann, two, conversation)) == 1
    assert unanswered(ann, two, conversation)["unanswered"] == ""


def test_while_the_database_is_away_nobody_is_let_in_and_then_it_goes_on_by_itself(
    apps: tuple[str, str], ann: httpx.Client, postgres: PostgresServer
) -> None:
    one, two = apps
    postgres.stop()
    try:
        refused = [ann.get(f"{one}/"), sign_in(ann, two, "ann"), ann.get(f"{two}/api/v1")]
    finally:
        postgres.start()
    assert [each.status_code for each in refused] == [503] * 3
    for each in refused:
        assert "Nobody can be let in just now" in each.text
        assert "127.0.0.1" not in each.text, "strangers need not know where the database is"
    assert [is_let_in(ann, address) for address in apps] == [True, True]


@pytest.mark.skipif(programs() is None, reason="there is no PostgreSQL with pgvector here")
def test_an_app_that_is_asked_all_the_time_goes_on_with_a_replica_that_takes_over(tmp_path: Path) -> None:
    """Two servers of their own: one of them is ended for good, and nobody is primary for some seconds."""
    with replicated_servers() as (primary, replica), httpx.Client(timeout=60) as client:
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{replica.port}"
        database = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
        fill(database, "ann")
        with scripted(tmp_path, ANSWER, database=database, embedder="words", overviews="off") as app:
            sign_in(client, app, "ann")
            conversation = begin(client, app)
            asked = f"{app}/api/v1/conversations/{conversation}/asks"
            ask(client, app, conversation)
            wait_until_replayed(primary, replica)
            primary.stop(signal.SIGQUIT)
            deadline = time.monotonic() + AWAY_S
            while time.monotonic() < deadline:
                refused = client.post(asked, json=QUESTION)
                assert (refused.status_code, "Nobody can be let in just now" in refused.text) == (503, True)
            replica.run("SELECT pg_promote(true, 30)")
            promoted = time.monotonic()
            while client.post(asked, json=QUESTION).status_code != httpx.codes.OK:
                assert time.monotonic() - promoted < PROMOTED_S
            assert time.monotonic() - promoted < PROMOTED_S
            assert len(answers(client, app, conversation)) == 2
            assert unanswered(client, app, conversation)["unanswered"] == ""
