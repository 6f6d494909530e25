"""Several servers with one model: real ones on this machine, some of which fail or are killed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Event

import pytest

from rag.errors import ServerError
from rag.model_servers.cancellable_network import CancelledError
from rag.model_servers.protocol_client import Json, ServerClient
from rag.model_servers.replicated_client import ReplicatedClient, prefix_key
from rag.model_servers.server_embedder import ServerEmbedder
from rag.model_servers.server_failures import RejectedRequestError
from rag.model_servers.server_generator import ServerGenerator
from rag.model_servers.server_reranker import ServerReranker
from rag.types.decoding import Decoding
from rag.types.server_model import parse_server_model
from tests.conftest import passages
from tests.support.servers.free_port import free_port
from tests.support.servers.scripted_server import (
    CHAT,
    MODELS,
    Reply,
    ScriptedServer,
    answer,
    as_json,
    hang_up,
    listed,
    said,
    scripted_server,
    silence,
    stream,
)
from tests.support.servers.slow_replica import WORDS, SlowReplica, slow_replicas
from tests.support.waiting import until

DOWN = as_json({"error": {"message": "Loading model"}}, 503)


def client_of(addresses: Sequence[str], **options: float) -> ReplicatedClient:
    model = parse_server_model(f"openai:model@{','.join(addresses)}", "model")
    seconds = options.get("seconds", 60.0)
    clients = [ServerClient(each, "model", seconds=seconds, is_replica=True) for each in model.replicas]
    return ReplicatedClient(model, "model", clients, sleep=lambda cancelled, _: cancelled.wait(0.01))


@pytest.fixture
def servers() -> Iterator[list[ScriptedServer]]:
    with ExitStack() as started:
        yield [started.enter_context(scripted_server()) for _ in range(2)]


@pytest.fixture
def client(servers: list[ScriptedServer]) -> Iterator[ReplicatedClient]:
    with closing(client_of([server.address for server in servers])) as made:
        yield made


def body(question: str) -> Json:
    return {"messages": [{"role": "user", "content": question}]}


def ask(client: ReplicatedClient, question: str = "When?", cancelled: Event | None = None) -> str:
    with client.chat(body(question), cancelled or Event()) as pieces:
        return "".join(piece["choices"][0]["delta"].get("content", "") for piece in pieces)


def on_both(servers: list[ScriptedServer], first: Reply, second: Reply) -> None:
    """Have whichever server is asked first give the first reply, and the other one the second."""
    replies = [first, second]
    for server in servers:
        server.on(CHAT, lambda handler: (replies.pop(0) if len(replies) > 1 else replies[0])(handler))


def states(client: ReplicatedClient) -> list[str]:
    return sorted(each.state for each in client.replicas.states())


@pytest.mark.parametrize(
    "failing",
    [DOWN, hang_up, stream(said(), said(role="assistant"))],
    ids=["503", "no answer", "broken before text"],
)
def test_what_one_server_does_not_begin_another_answers(
    servers: list[ScriptedServer], client: ReplicatedClient, failing: Reply
) -> None:
    on_both(servers, failing, answer("Dogs bark."))
    assert ask(client) == "Dogs bark."
    assert states(client) == ["aside", "in use"]
    assert ask(client, "Another one") == "Dogs bark."
    assert sorted(len(server.to(CHAT)) for server in servers) == [1, 2], "the failing one is left alone"


def test_a_busy_server_is_passed_over_but_not_put_aside(
    servers: list[ScriptedServer], client: ReplicatedClient
) -> None:
    on_both(servers, as_json({}, 429), answer("OK"))
    assert (ask(client), states(client)) == ("OK", ["in use", "in use"])


def test_what_a_server_refuses_for_good_is_asked_nowhere_else(
    servers: list[ScriptedServer], client: ReplicatedClient
) -> None:
    on_both(servers, as_json({"error": {"message": "bad field"}}, 400), answer("OK"))
    with pytest.raises(RejectedRequestError, match="bad field"):
        ask(client)
    assert states(client) == ["in use", "in use"]


def test_a_stream_that_breaks_after_its_first_text_is_not_begun_again(
    servers: list[ScriptedServer], client: ReplicatedClient
) -> None:
    on_both(servers, stream(said("Dogs")), answer("Dogs bark."))
    texts: list[str] = []
    with pytest.raises(ServerError, match="broke off the connection"), client.chat(body("When?"), Event()) as pieces:
        texts.extend(piece["choices"][0]["delta"]["content"] for piece in pieces)
    assert (texts, sum(len(server.to(CHAT)) for server in servers)) == (["Dogs"], 1)
    assert states(client) == ["aside", "in use"]


def test_when_all_are_out_one_sentence_says_so(servers: list[ScriptedServer]) -> None:
    port, server = free_port(), servers[0]
    server.on(CHAT, DOWN)
    with closing(client_of([f"http://127.0.0.1:{port}/v1", server.address])) as client:
        with pytest.raises(ServerError) as caught:
            ask(client)
        assert len(server.to(CHAT)) == 4, "all are tried a few times: one may be starting"
        server.on(CHAT, answer("OK"))
        assert ask(client) == "OK", "nobody waits for the end of a pause if there is nothing else to ask"
    assert "None of the servers of 'model' answers (" in str(caught.value)
    assert f"127.0.0.1:{port}: Connection refused" in str(caught.value)
    assert f"127.0.0.1:{server.port}: not ready (503)" in str(caught.value)
    assert str(caught.value).endswith("Start one of them, or correct the addresses in the setting 'model'.")


def test_cancelling_ends_the_wait_for_a_first_text(servers: list[ScriptedServer], client: ReplicatedClient) -> None:
    released, cancelled = Event(), Event()
    on_both(servers, silence(released), silence(released))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, client, "When?", cancelled)
        until(lambda: any(server.to(CHAT) for server in servers))
        cancelled.set()
        with pytest.raises(CancelledError):
            asked.result()
    assert [each.outstanding for each in client.replicas.states()] == [0, 0]


def test_a_silent_server_ends_the_question_and_is_put_aside(servers: list[ScriptedServer]) -> None:
    released = Event()
    on_both(servers, silence(released), answer("OK"))
    with closing(client_of([server.address for server in servers], seconds=0.2)) as client:
        with pytest.raises(ServerError, match=r"sent nothing for 0\.2 seconds"):
            ask(client)
        released.set()
        assert states(client) == ["aside", "in use"]


def test_a_conversation_goes_to_one_server_and_conversations_to_all(
    servers: list[ScriptedServer], client: ReplicatedClient
) -> None:
    for number in range(40):  # ranked by random ports: with 16 one server has two or none once in 240 times
        ask(client, f"Question {number}")
    for _ in range(3):
        ask(client, "Question 1")
    asked = [Counter(each.body["messages"][0]["content"] for each in server.to(CHAT)) for server in servers]
    assert sorted(counts["Question 1"] for counts in asked) == [0, 4]
    assert all(len(counts) > 2 for counts in asked)


def test_generator_embedder_and_reranker_need_one_server_that_runs(servers: list[ScriptedServer]) -> None:
    away, server = f"http://127.0.0.1:{free_port()}/v1", servers[0]
    row = [{"index": 0, "relevance_score": 0.5}]
    server.on("/v1/rerank", as_json({"results": row}))
    rows = [{"index": index, "embedding": [3.0, 4.0]} for index in range(16)]
    server.on("/v1/embeddings", as_json({"data": rows}))
    server.on(MODELS, DOWN, listed({"id": "model", "max_model_len": 4000}))
    with closing(client_of([away, server.address])) as client:
        generator = ServerGenerator(client, None)
        assert generator.context_tokens == 4000, "a server that is only starting does not say 'unknown'"
        deltas = generator.stream([{"role": "user", "content": "When?"}], Decoding(max_new_tokens=8))
        assert "".join(delta.text for delta in deltas) == "OK"
        assert ServerEmbedder(client, "model", prefixes=(None, None)).dimension == 2
        assert ServerReranker(client).rerank("When?", passages(["Dogs bark."]), 1)[0].score == 0.5


def test_every_prompt_of_a_conversation_has_its_key() -> None:
    system, first = {"role": "system", "content": "Answer."}, {"role": "user", "content": "When do dogs bark?"}
    answered, second = {"role": "assistant", "content": "At night."}, {"role": "user", "content": "Why?"}
    key = prefix_key([system, first])
    assert prefix_key([system, first, answered, second]) == key
    assert prefix_key([system, second]) != key


@pytest.fixture(scope="module")
def processes() -> Iterator[Sequence[SlowReplica]]:
    with slow_replicas(3, 0.05) as started:
        yield started


def test_one_killed_in_mid_queue_loses_and_doubles_nothing_and_comes_back(processes: Sequence[SlowReplica]) -> None:
    questions = [f"question-{number}" for number in range(60)]
    with closing(client_of([each.address for each in processes])) as client, ThreadPoolExecutor(15) as pool:
        asked = [pool.submit(ask, client, question) for question in questions]
        until(lambda: sum(future.done() for future in asked) >= 10)
        assert all(each.outstanding > 1 for each in client.replicas.states()), "each has a queue"
        processes[0].kill()
        assert [future.result().split() for future in asked] == [[question] * WORDS for question in questions]
        assert states(client).count("in use") == 2
        processes[0].start()

        def is_back() -> bool:
            assert ask(client).split() == ["When?"] * WORDS
            return states(client) == ["in use"] * 3

        until(is_back)
