"""Embeddings: `/v1/embeddings`, by the embedder that the library is searched with."""

from base64 import b64encode
from typing import Any, Literal

import numpy as np
from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.assistant_events import require_ready
from api.backend import Backend
from api.bodies import json_object
from api.caller import Caller, caller_of
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields, parsed
from api.openai.served_models import EMBEDDINGS, chosen_model
from rag.interfaces import Vectors
from rag.types.fail_fast import FailFastList

_MAX_TEXTS = 2048


class EmbeddingFields(Fields):
    """Parameters of embeddings. Some embedders embed a query otherwise than a document, which is the default."""

    input: str | FailFastList[str]
    model: str = EMBEDDINGS
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(default=None, ge=1)
    input_type: Literal["query", "document"] = "document"


class EmbeddingRoutes:
    """The address of embeddings."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def create(self, request: Request) -> Response:
        """Embed texts."""
        require_ready(self._backend)
        values = await json_object(request)
        if _are_tokens(values.get("input")):
            raise ParameterError(
                "input",
                "Tokens cannot be embedded: they are another model's. Send the text (in LangChain: "
                "check_embedding_ctx_length=False).",
            )
        fields = parsed(EmbeddingFields, values)
        caller = caller_of(request)
        return JSONResponse(await self._backend.searches.run(caller.owner, self._embed, caller, fields))

    def _embed(self, caller: Caller, fields: EmbeddingFields) -> dict[str, Any]:
        services = self._backend.services
        if fields.model != services.embedder_name:
            chosen_model(self._backend, caller, fields.model, "embeddings")
        texts = [fields.input] if isinstance(fields.input, str) else fields.input
        tokens = self._count(texts, fields.dimensions)
        embedder = services.embedder
        embed = embedder.embed_queries if fields.input_type == "query" else embedder.embed_documents
        vectors = embed(texts)
        self._backend.rates.spend_tokens(caller, tokens)
        return {
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": _coded(vector, fields.encoding_format)}
                for index, vector in enumerate(vectors)
            ],
            "model": fields.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }

    def _count(self, texts: list[str], dimensions: int | None) -> int:
        """Return the number of tokens of texts that can be embedded whole.

        Raises:
            ParameterError: one cannot, or there are too many, or vectors of another length are wanted.
        """
        embedder = self._backend.services.embedder
        if not texts or not all(texts):
            raise ParameterError("input", "'input' is empty. Send at least one text, and none without characters.")
        if len(texts) > _MAX_TEXTS:
            raise ParameterError("input", f"'input' may have {_MAX_TEXTS} texts. Send them in parts.")
        if dimensions not in (None, embedder.dimension):
            raise ParameterError("dimensions", f"The vectors of this embedder have {embedder.dimension} dimensions.")
        counts = embedder.count_tokens(texts)
        longest = max(range(len(texts)), key=lambda index: counts[index])
        if counts[longest] > embedder.max_tokens:
            raise ParameterError(
                "input",
                f"Text {longest} has {counts[longest]} tokens, and this embedder reads {embedder.max_tokens}: what is "
                "beyond would be cut off. Send it in parts.",
            )
        return sum(counts)


def _are_tokens(given: object) -> bool:
    first = given[0] if isinstance(given, list) and given else None
    return isinstance(first, int | list) and not isinstance(first, bool)


def _coded(vector: Vectors, encoding: Literal["float", "base64"]) -> list[float] | str:
    if encoding == "base64":
        return b64encode(vector.astype(np.dtype("<f4")).tobytes()).decode()
    floats: list[float] = vector.tolist()
    return floats
