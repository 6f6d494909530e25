"""Every Embedder: unit vectors that put related texts together, and honest token counts."""

import numpy as np
import pytest

from rag.interfaces import Embedder


@pytest.fixture(params=["embedder", pytest.param("minilm", marks=pytest.mark.model)])
def any_embedder(request: pytest.FixtureRequest) -> Embedder:
    embedder: Embedder = request.getfixturevalue(request.param)
    return embedder


def test_vectors_have_the_declared_shape_and_unit_length(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed_documents(["one text", "another, longer text"])
    assert vectors.shape == (2, any_embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert any_embedder.embed_query("a question").shape == (any_embedder.dimension,)


def test_no_texts_give_no_vectors(any_embedder: Embedder) -> None:
    assert any_embedder.embed_documents([]).shape == (0, any_embedder.dimension)


def test_a_question_is_nearest_to_the_text_about_it(any_embedder: Embedder) -> None:
    texts = ["The cat sleeps on the sofa.", "Interest rates rose by two percent.", "A recipe for bread and butter."]
    similarities = any_embedder.embed_documents(texts) @ any_embedder.embed_query("by how much did interest rates rise")
    assert int(similarities.argmax()) == 1


def test_tokens_are_counted_without_truncation(any_embedder: Embedder) -> None:
    short, long = any_embedder.count_tokens(["word", "word " * 1000])
    assert short == 1
    assert long == 1000 > any_embedder.max_tokens
