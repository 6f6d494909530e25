"""Reranking over a server that answers awkwardly; the contract suite has a real one."""

from typing import Any

import pytest

from rag.errors import ServerError
from rag.model_servers.server_reranker import ServerReranker
from tests.conftest import passages
from tests.support.servers.llama_server import client_of
from tests.support.servers.scripted_server import ScriptedServer, as_json

TEXTS = ["cats sleep", "dogs bark", "birds sing"]


def test_the_best_come_first_whatever_the_order_of_the_scores(server: ScriptedServer) -> None:
    rows = [{"index": index, "relevance_score": score} for index, score in ((2, 0.2), (0, -3), (1, 0.9))]
    server.on("/v1/rerank", as_json({"results": rows}))
    with client_of(server.address, "bge") as client:
        ranked = ServerReranker(client).rerank("dogs", passages(TEXTS), 2)
    assert [(p.chunk.text, p.score) for p in ranked] == [("dogs bark", 0.9), ("birds sing", 0.2)]
    assert server.requests[0].body == {"model": "bge", "query": "dogs", "documents": TEXTS, "top_n": 3}


@pytest.mark.parametrize(
    ("results", "said"),
    [
        (None, "one score for each passage"),
        ([{"index": 0, "relevance_score": 1.0}], "one score for each passage"),
        ([{"index": index, "relevance_score": float("nan")} for index in range(3)], "scores that are no numbers"),
        (["one", "two"], "one score for each passage"),
    ],
)
def test_anything_but_one_score_for_each_passage_is_a_clear_error(
    server: ScriptedServer, results: Any, said: str
) -> None:
    server.on("/v1/rerank", as_json({"results": results}))
    with client_of(server.address) as client, pytest.raises(ServerError, match=said):
        ServerReranker(client).rerank("dogs", passages(TEXTS), 3)
