"""Embedding over a server that answers awkwardly; the contract suite has a real one."""

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from rag.errors import CitewellError, ModelError, ServerError
from rag.model_servers.server_embedder import ServerEmbedder
from rag.model_servers.server_tokens import most_tokens
from tests.support.servers.llama_server import client_of
from tests.support.servers.scripted_server import Handler, ScriptedServer, as_json

EMBEDDINGS = "/v1/embeddings"

Make = Callable[..., ServerEmbedder]


def vectors(handler: Handler) -> None:
    """Send vectors of the texts, in another order than theirs."""
    texts = handler.request_seen.body["input"]
    rows = [{"index": index, "embedding": vector(text)} for index, text in enumerate(texts)]
    as_json({"data": rows[::-1]})(handler)


def vector(text: str) -> list[float]:
    return [float(value) for value in np.random.default_rng(zlib.crc32(text.encode())).normal(size=8) * 3]


@pytest.fixture
def embedder(server: ScriptedServer) -> Iterator[Make]:
    """Yield what makes embedders with prefixes of questions and documents."""
    with client_of(server.address, "e5", "embedder") as client:

        def make(query: str | None = None, document: str | None = None) -> ServerEmbedder:
            server.on(EMBEDDINGS, vectors)
            return ServerEmbedder(client, "openai:e5", prefixes=(query, document))

        yield make


def inputs(server: ScriptedServer) -> list[str]:
    return [text for request in server.to(EMBEDDINGS) for text in request.body["input"]]


def test_vectors_are_put_into_the_order_of_the_texts_and_made_unit(server: ScriptedServer, embedder: Make) -> None:
    made = embedder()
    texts = [f"text {number}" for number in range(40)]
    found = made.embed_documents(texts)
    for text, row in zip(texts, found, strict=True):
        assert row == pytest.approx(np.array(vector(text)) / np.linalg.norm(vector(text)), abs=1e-5)
    assert max(len(request.body["input"]) for request in server.to(EMBEDDINGS)) <= 16
    assert (made.dimension, made.is_multilingual) == (8, False)


def test_prefixes_are_put_before_questions_and_passages(server: ScriptedServer, embedder: Make) -> None:
    made = embedder("query: ", "passage: ")
    server.requests.clear()
    made.embed_query("one")
    made.embed_documents(["two"])
    assert inputs(server) == ["query: one", "passage: two"]
    with pytest.raises(ModelError, match="prefixes leave no room"):
        embedder("query " * 2000, None)


def test_without_a_tokenizer_lengths_are_bounds_and_the_window_a_usual_one(
    server: ScriptedServer, embedder: Make
) -> None:
    made = embedder()
    assert made.count_tokens(["Größe 12", ""]) == [most_tokens("Größe 12"), 0]
    assert made.max_tokens == 4000 - 2
    without_list(server)
    made = embedder()
    assert made.max_tokens == 512 - 2


def without_list(server: ScriptedServer) -> None:
    server.on("/v1/models", as_json({"data": []}))


def test_a_text_longer_than_the_window_is_shortened_to_it(server: ScriptedServer, embedder: Make) -> None:
    without_list(server)
    made = embedder()
    server.requests.clear()
    made.embed_query("words " * 5000)
    (sent,) = inputs(server)
    assert made.max_tokens * 0.8 < most_tokens(sent) <= made.max_tokens


@pytest.mark.parametrize(
    "data",
    [
        None,
        [{"index": 0, "embedding": "text"}],
        [{"index": 0, "embedding": [1.0, 2.0]}],
        [{"index": 0, "embedding": [float("nan")] * 8}],
        [{"index": 1, "embedding": [1.0] * 8}],
    ],
)
def test_anything_but_one_vector_for_each_text_is_a_clear_error(
    server: ScriptedServer, embedder: Make, data: Any
) -> None:
    made = embedder()
    server.on(EMBEDDINGS, as_json({"data": data}))
    with pytest.raises(ServerError, match="something else than one vector for each text"):
        made.embed_query("one")


def test_a_server_without_embeddings_says_why(server: ScriptedServer) -> None:
    said = "does not support embeddings. Start it with `--embeddings`"
    server.on(EMBEDDINGS, as_json({"error": {"message": said}}, 501))
    with client_of(server.address) as client, pytest.raises(CitewellError, match="--embeddings"):
        ServerEmbedder(client, "openai:e5", prefixes=(None, None))
