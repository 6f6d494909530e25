"""Rerank with a model of a server, over `/v1/rerank` as llama-server, vLLM and Jina have it."""

from collections.abc import Sequence
from math import isfinite

from rag.model_servers.model_client import ModelClient
from rag.models.reranker import best_first, read_texts
from rag.types import Passage


class ServerReranker:
    """A `Reranker` over a model of a server."""

    def __init__(self, client: ModelClient) -> None:
        self._client = client

    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:
        """Return the `limit` passages with the highest scores, best first; ties keep their order.

        Raises:
            CitewellError: the server cannot be reached, or gives no scores.
        """
        if not passages:
            return []
        return best_first(passages, self._scores(query, read_texts(passages)), limit)

    def _scores(self, query: str, texts: list[str]) -> list[float]:
        body = {"model": self._client.server.name, "query": query, "documents": texts, "top_n": len(texts)}
        results = self._client.post("/rerank", body).get("results")
        try:
            found = {row["index"]: float(row["relevance_score"]) for row in results or ()}
            scores = [found[index] for index in range(len(texts))]
        except (TypeError, KeyError, ValueError) as error:
            raise self._client.failures.no_json("something else than one score for each passage") from error
        if not all(map(isfinite, scores)):
            raise self._client.failures.no_json("scores that are no numbers")
        return scores
