"""The client of the OpenAI protocol, against servers that misbehave in every way."""

import logging
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from rag.errors import BusyError, CitewellError, QuestionError, ServerError
from rag.model_servers.cancellable_network import CancelledError
from rag.model_servers.protocol_client import Json, ServerClient
from rag.model_servers.server_failures import RejectedRequestError, UnknownModelError
from tests.support.servers.free_port import free_port
from tests.support.servers.llama_server import client_of
from tests.support.servers.scripted_server import (
    CHAT,
    MODELS,
    Reply,
    ScriptedServer,
    answer,
    as_json,
    ended,
    hang_up,
    listed,
    page,
    said,
    silence,
    stream,
)

KEY = "sk-very-secret"
PROMPT: Json = {"messages": [{"role": "user", "content": "When do dogs bark?"}]}
TOO_LONG = {"error": {"message": "request (6031 tokens) exceeds the available context size (2048 tokens)", "code": 400}}


class Naps:
    """Waits between attempts that take no time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, cancelled: Event, seconds: float) -> bool:
        self.seconds.append(seconds)
        return cancelled.is_set()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def client(server: ScriptedServer, naps: Naps) -> Iterator[ServerClient]:
    with client_of(server.address, key=KEY, seconds=60, sleep=naps) as made:
        yield made


def chat(client: ServerClient, cancelled: Event | None = None) -> list[Json]:
    with client.chat(PROMPT, cancelled or Event()) as pieces:
        return list(pieces)


def test_the_pieces_of_an_answer_come_as_the_server_sends_them(server: ScriptedServer, client: ServerClient) -> None:
    server.on(CHAT, stream(said("Dogs"), said(" bark"), ended(), "[DONE]", said("never read")))
    assert chat(client) == [said("Dogs"), said(" bark"), ended()]
    request = server.to(CHAT)[0]
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert (request.headers["Content-Type"], request.body) == ("application/json", PROMPT)


def test_an_answer_that_is_not_streamed_after_all_is_one_piece(server: ScriptedServer, client: ServerClient) -> None:
    server.on(CHAT, as_json({"choices": [{"message": {"content": "Dogs bark"}, "finish_reason": "stop"}]}))
    (piece,) = chat(client)
    assert piece["choices"][0]["delta"] == {"content": "Dogs bark"}


@pytest.mark.parametrize(
    ("reply", "kind", "said_of_it"),
    [
        (as_json({}, 401), ServerError, r"refuses the key \(401\).*CITEWELL_SERVER_KEY"),
        (as_json({"error": {"message": f"Incorrect API key: {KEY}"}}, 403), ServerError, "refuses the key"),
        (page(), ServerError, r"a web page, not as the OpenAI protocol.*ends in /v1"),
        (stream("no JSON"), ServerError, "no JSON"),
        (stream("\udcff".encode("utf-8", "surrogateescape").decode("latin-1")), ServerError, "no JSON"),
        (as_json({"detail": "Not Found"}, 404), ServerError, r"does not have what was asked for \(Not Found\).*/v1"),
        (as_json({}, 302, Location="http://elsewhere.example/v1"), ServerError, "redirects to http://elsewhere"),
        (as_json({"error": "out of memory"}, 500), ServerError, r"failed \(500\) \(out of memory\). Look at its log"),
        (as_json(TOO_LONG, 400), QuestionError, r"does not fit the model's window.*Set context_tokens"),
        (as_json({"error": {"message": "bad field"}}, 400), RejectedRequestError, r"rejects.*bad field"),
        (hang_up, ServerError, "broke off the connection"),
    ],
)
def test_every_failure_is_a_sentence_that_says_what_to_do(
    server: ScriptedServer, client: ServerClient, reply: Reply, kind: type[CitewellError], said_of_it: str
) -> None:
    server.on(CHAT, reply)
    with pytest.raises(kind, match=said_of_it) as caught:
        chat(client)
    assert f"The server at 127.0.0.1:{server.port}" in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(server.to(CHAT)) == 1, "it is not tried again"


def test_a_server_that_wants_a_key_says_so(server: ScriptedServer) -> None:
    server.on(CHAT, as_json({}, 401))
    with client_of(server.address) as client, pytest.raises(ServerError, match="wants a key"):
        chat(client)


@pytest.mark.parametrize("status", [400, 404])
def test_an_unknown_model_is_said_with_those_that_there_are(
    server: ScriptedServer, client: ServerClient, status: int
) -> None:
    server.on(MODELS, listed({"id": "qwen3:4b"}, {"id": "gemma3"}))
    server.on(CHAT, as_json({"error": {"message": "model 'model' not found"}}, status))
    with pytest.raises(
        UnknownModelError, match=r"no model 'model'. It has qwen3:4b, gemma3: correct the setting 'model'"
    ):
        chat(client)


def test_nobody_at_the_address_is_tried_again_and_then_said(naps: Naps) -> None:
    port = free_port()
    with client_of(f"http://127.0.0.1:{port}/v1", sleep=naps) as client, pytest.raises(ServerError) as caught:
        chat(client)
    assert str(caught.value) == (
        f"The server at 127.0.0.1:{port} cannot be reached (Connection refused). Start it, or correct the address in "
        "the setting 'model'."
    )
    assert [0.25 <= naps.seconds[0] <= 0.5, 0.5 <= naps.seconds[1] <= 1, 1 <= naps.seconds[2] <= 2] == [True] * 3


def test_a_name_that_is_nobodys_is_not_tried_again(naps: Naps) -> None:
    with (
        client_of("http://no-such-host.invalid/v1", sleep=naps) as client,
        pytest.raises(ServerError, match="cannot be reached"),
    ):
        chat(client)
    assert naps.seconds == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again_when_it_says(
    server: ScriptedServer, client: ServerClient, naps: Naps, status: int
) -> None:
    server.on(CHAT, as_json({}, status, Retry_After="7"), as_json({}, status, Retry_After="9999"), answer("OK"))
    assert chat(client)[0] == said("OK")
    assert naps.seconds == [7, 20]


def test_one_that_stays_busy_is_given_up(server: ScriptedServer, client: ServerClient, naps: Naps) -> None:
    server.on(CHAT, as_json({"error": {"message": "rate limit"}}, 429))
    with pytest.raises(BusyError, match=r"no more questions now \(rate limit\). Ask again"):
        chat(client)
    server.on(CHAT, as_json({"error": {"message": "Loading model"}}, 503))
    with pytest.raises(ServerError, match=r"not ready \(503\) \(Loading model\)"):
        chat(client)
    assert len(naps.seconds) == 6


def test_a_server_that_says_nothing_is_given_up_after_a_while(server: ScriptedServer) -> None:
    server.on(CHAT, silence(Event()))
    with (
        client_of(server.address, seconds=0.2) as client,
        pytest.raises(ServerError, match=r"sent nothing for 0.2 seconds.*server_seconds"),
    ):
        chat(client)


def cancel_soon(cancelled: Event) -> Callable[[Event, float], bool]:
    def sleep(waited: Event, seconds: float) -> bool:
        cancelled.set()
        return waited.wait(seconds)

    return sleep


def test_cancelling_ends_the_wait_between_two_attempts() -> None:
    cancelled = Event()
    with (
        client_of(f"http://127.0.0.1:{free_port()}/v1", sleep=cancel_soon(cancelled)) as client,
        pytest.raises(CancelledError),
    ):
        chat(client, cancelled)


def test_nothing_is_sent_that_was_cancelled_before(server: ScriptedServer, client: ServerClient) -> None:
    cancelled = Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        chat(client, cancelled)
    assert server.to(CHAT) == []


def test_what_a_server_does_not_have_is_not_found(server: ScriptedServer, client: ServerClient) -> None:
    server.on("/page", page())
    server.on("/list", as_json([1]))
    assert [client.find(path) for path in ("/page", "/list", "/nothing")] == [None] * 3
    server.on(MODELS, as_json({"data": [{"id": "a"}, {"id": 7}, "b"]}))
    assert client.models() == [{"id": "a"}]


def test_no_key_is_ever_logged(server: ScriptedServer, client: ServerClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        chat(client)
        client.models()
    assert KEY not in caplog.text
