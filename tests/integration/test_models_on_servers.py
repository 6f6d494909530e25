"""A question answered with every model on a server: what is sent, with which key, under which names."""

import json
from collections.abc import Iterator

import pytest

from rag.errors import ServerError
from rag.exports.answer_json import answer_json
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import WordEmbedder
from tests.support.servers.scripted_server import CHAT, Handler, ScriptedServer, answer, as_json, scripted_server
from tests.support.stored_texts import put
from tests.support.values import content

KEY = "sk-very-secret"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        started.on("/v1/embeddings", lambda handler: as_json({"data": list(rows(handler))})(handler))
        yield started


def rows(handler: Handler) -> Iterator[dict[str, object]]:
    for index, text in enumerate(handler.request_seen.body["input"]):
        yield {"index": index, "embedding": [float(number) for number in WordEmbedder().embed_query(text)]}


def test_question_answer_and_export_with_every_model_on_a_server(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", KEY)
    results = [{"index": 0, "relevance_score": 0.9}]
    server.on("/v1/rerank", as_json({"results": results}))
    name = f"openai:model@{server.address}"
    with Services(load_settings(model=name, embedder=name, reranker=name)) as services:
        assert services.embedder_name == services.embedder.model_name == "openai:model"
        text = "Dogs bark at night."
        put(services.library, content("a.txt", text), services.embedder.embed_documents([text]))
        assistant = services.assistant
        server.on(CHAT, answer(text, prompt=150))
        found = assistant.answer("When do dogs bark?")
        exported = answer_json(found, services.provenance())
        assert services.models[0] == services.model_label
    assert (found.text, found.abstained, found.passages[0].score) == (text, False, 0.9)
    assert exported["model"] == exported["settings"]["model"] == f"openai:model at 127.0.0.1:{server.port}"
    assert KEY not in json.dumps(exported)
    assert {request.headers["Authorization"] for request in server.requests} == {f"Bearer {KEY}"}


def test_a_server_that_is_away_is_said_when_the_models_are_loaded(server: ScriptedServer) -> None:
    address = server.address
    server.close()
    with (
        Services(load_settings(model=f"openai:model@{address}")) as services,
        pytest.raises(ServerError, match=r"cannot be reached .* setting 'model'"),
    ):
        services.generator  # noqa: B018  built when it is first used
