"""Embeddings are the embedder's own, whole or not at all."""

from typing import Any

import numpy as np
import pytest
from openai import BadRequestError, OpenAI

from api.standalone import RunningApi
from tests.api.openai.openai_clients import openai_client
from tests.support.fakes import WordEmbedder

MODEL = "citewell/embeddings"


def test_vectors_are_the_embedders_in_either_encoding(openai: OpenAI, running: RunningApi) -> None:
    texts = ["the entry fee", "a grey heron"]
    wanted = WordEmbedder().embed_documents(texts)
    floats = openai.embeddings.create(model=MODEL, input=texts, encoding_format="float")
    assert np.allclose([each.embedding for each in floats.data], wanted)
    assert (floats.usage.prompt_tokens, [each.index for each in floats.data]) == (6, [0, 1])
    coded = openai_client(running, _strict_response_validation=False).embeddings.create(model=MODEL, input=texts)
    assert np.allclose([each.embedding for each in coded.data], wanted), "base64, which OpenAI's client asks for itself"
    given = openai.embeddings.create(model="minilm", input="a heron", encoding_format="float")
    assert (len(given.data), given.model) == (1, "minilm"), "one text need be no list, nor the model be called ours"


def test_what_would_be_cut_or_made_up_is_refused(openai: OpenAI) -> None:
    rows: list[tuple[dict[str, Any], str]] = [
        ({"input": []}, "'input' is empty"),
        ({"input": ["a", ""]}, "'input' is empty"),
        ({"input": "word " * 65}, "Text 0 has 65 tokens, and this embedder reads 64"),
        ({"input": [[1, 2]]}, "Tokens cannot be embedded"),
        ({"input": ["a"] * 2049}, "may have 2048 texts"),
        ({"dimensions": 8}, "have 48 dimensions"),
    ]
    for changed, said in rows:
        with pytest.raises(BadRequestError, match=said):
            openai.post("/embeddings", body={"model": MODEL, "input": "a", **changed}, cast_to=object)
