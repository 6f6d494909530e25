"""One server and several with the same model are asked in the same way."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pytest

from rag.models.server.model_client import ModelClient
from rag.models.server.server_clients import open_client
from rag.models.server.server_failures import RejectedRequestError
from tests.support.servers.scripted_server import CHAT, ScriptedServer, answer, as_json, said, scripted_server


@pytest.fixture(params=["one server", "two servers"])
def client(request: pytest.FixtureRequest, server: ScriptedServer) -> Iterator[ModelClient]:
    """Yield a client whose first server replies as the tests say; the second one's replies are the same."""
    addresses = [server.address]
    with scripted_server() as second:
        second.on("/props", lambda handler: server.reply("/props")(handler))
        second.on("/v1/embeddings", lambda handler: server.reply("/v1/embeddings")(handler))
        second.on(CHAT, lambda handler: server.reply(CHAT)(handler))
        if request.param == "two servers":
            addresses.append(second.address)
        name = f"openai:model@{','.join(addresses)}"
        with closing(open_client(name, "model", 5, lambda _: None, lambda _: None)) as made:
            yield made


def test_requests_are_answered_by_path(server: ScriptedServer, client: ModelClient) -> None:
    server.on("/props", as_json({"n_ctx": 7}))
    server.on("/v1/embeddings", as_json({"data": []}))
    assert client.find("/props") == {"n_ctx": 7}
    assert client.find("/nothing") is None
    assert client.post("/embeddings", {"input": []}) == {"data": []}
    assert [row["id"] for row in client.models()] == ["model"]


def test_an_answer_comes_in_its_pieces(server: ScriptedServer, client: ModelClient) -> None:
    server.on(CHAT, answer("Dogs bark"))
    with client.chat({"messages": []}, Event()) as pieces:
        assert list(pieces)[:2] == [said("Dogs"), said(" bark")]


def test_a_request_that_is_refused_is_an_error(server: ScriptedServer, client: ModelClient) -> None:
    server.on("/v1/embeddings", as_json({"error": {"message": "bad field"}}, 400))
    with pytest.raises(RejectedRequestError, match="bad field"):
        client.post("/embeddings", {"input": []})
