"""Embed with a model behind the OpenAI protocol (`/v1/embeddings`)."""

from collections.abc import Sequence

import numpy as np

from rag.errors import ServerError
from rag.interfaces import Vectors
from rag.model_servers.model_client import ModelClient
from rag.model_servers.server_limits import ask_limits
from rag.model_servers.server_tokens import most_tokens, text_counter
from rag.models.embedder import UNRELATED, mean_unrelated_cosine, require_room, unit

_BATCH = 16
_UNKNOWN_WINDOW = 512
"""Assumed where a server does not say: the window of most embedders."""

_MAX_WINDOW = 8192
_SPECIAL_TOKENS = 2
_TRANSLATED = (
    "Die Katze schläft den ganzen Tag auf dem Sofa.",
    "Los tipos de interés subieron un dos por ciento en marzo.",
    "Mélangez la farine avec de l'eau, du sel et de la levure.",
    "该函数返回列表的排序副本。",
    "Киты дышат воздухом и кормят детёнышей молоком.",
    "Der Mieter hat schriftlich zu kündigen.",
)
"""The unrelated sentences in other languages: a model of many languages finds each one's original."""


class ServerEmbedder:
    """An `Embedder` over a model of a server. `prefixes` of questions and of documents are put before the texts.

    Raises:
        ModelError: the prefixes fill the window.
        CitewellError: the server cannot be reached, or gives no vectors.
    """

    def __init__(self, client: ModelClient, model_name: str, *, prefixes: tuple[str | None, str | None]) -> None:
        self._client = client
        self.model_name = model_name
        self._query_prefix, self._document_prefix = (prefix or "" for prefix in prefixes)
        self.dimension = len(self._numbers([UNRELATED[0]])[0])
        limits = ask_limits(client)
        self._counter = text_counter(client, limits.kind)
        window = min(limits.window or _UNKNOWN_WINDOW, _MAX_WINDOW)
        longest = max(self.count_tokens([self._query_prefix, self._document_prefix]))
        self.max_tokens = window - _SPECIAL_TOKENS - longest
        require_room(self, window)
        passages = self.embed_documents(UNRELATED)
        self.unrelated_cosine = mean_unrelated_cosine(passages @ self.embed_queries(UNRELATED).T)
        found = (passages @ self.embed_queries(_TRANSLATED).T).argmax(axis=0)
        self.is_multilingual = bool((found == np.arange(len(_TRANSLATED))).all())

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text; more than any tokenizer makes where the server does not count."""
        if self._counter is None:
            return [most_tokens(text) for text in texts]
        counts = [self._counter(text) if text else 0 for text in texts]
        # A server counts nothing if its tokenizer answers with an error.
        return [count or most_tokens(text) for count, text in zip(counts, texts, strict=True)]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of passages, shape (len(texts), dimension)."""
        return self._embed(texts, self._document_prefix)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape (dimension,)."""
        vector: Vectors = self._embed([text], self._query_prefix)[0]
        return vector

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of questions, shape (len(texts), dimension)."""
        return self._embed(texts, self._query_prefix)

    def _embed(self, texts: Sequence[str], prefix: str) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [prefix + self._fitted(text) for text in texts[start : start + _BATCH]]
            vectors[start : start + len(batch)] = self._unit(self._numbers(batch))
        return vectors

    def _fitted(self, text: str) -> str:
        """Return as much of a text as the window holds: a server may refuse a longer one.

        If the server's tokenizer fails, the text stays whole: cut by a bound far above its length, it would lose what
        the window holds, unnoticed and for good.
        """
        count_of = self._counter or most_tokens
        while most_tokens(text) > self.max_tokens and (count := count_of(text)) > self.max_tokens:
            text = text[: min(len(text) - 1, len(text) * self.max_tokens // count)]
        return text

    def _unit(self, rows: list[list[float]]) -> Vectors:
        vectors = np.asarray(rows, dtype=np.float32)
        if vectors.shape != (len(rows), self.dimension) or not np.isfinite(vectors).all():
            raise self._no_vectors()
        return unit(vectors)

    def _numbers(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the server's vector of each text, in their order."""
        body = {"model": self._client.server.name, "input": list(texts), "encoding_format": "float"}
        data = self._client.post("/embeddings", body).get("data")
        rows = data if isinstance(data, list) else []
        try:
            ordered = {row["index"]: [float(number) for number in row["embedding"]] for row in rows}
            found = [ordered[index] for index in range(len(texts))]
        except (TypeError, KeyError, ValueError) as error:
            raise self._no_vectors() from error
        if len({len(row) for row in found}) > 1 or not all(found):
            raise self._no_vectors()
        return found

    def _no_vectors(self) -> ServerError:
        return self._client.failures.no_json("something else than one vector for each text")
