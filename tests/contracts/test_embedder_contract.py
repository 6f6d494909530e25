"""Every `Embedder` gives unit vectors, related texts close together, and exact token counts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rag.interfaces import Embedder
from rag.model_servers.server_embedder import ServerEmbedder
from rag.models.embedder import SentenceTransformerEmbedder
from rag.models.resolve import resolve_model
from tests.support.paths import MODELS
from tests.support.servers.bert_gguf import write_bert_gguf
from tests.support.servers.llama_server import client_of, llama_server


@pytest.fixture(scope="module")
def on_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerEmbedder]:
    """Yield the same model behind llama.cpp's server."""
    pytest.importorskip("xllamacpp")
    folder = resolve_model("minilm", "embedder", MODELS)
    file = write_bert_gguf(folder, tmp_path_factory.mktemp("server") / "minilm.gguf")
    with llama_server(file, "embed") as server, client_of(server.address, "minilm", "embedder") as client:
        yield ServerEmbedder(client, "openai:minilm", prefixes=(None, None))


@pytest.fixture(params=["embedder", *(pytest.param(name, marks=pytest.mark.model) for name in ("minilm", "on_server"))])
def any_embedder(request: pytest.FixtureRequest) -> Embedder:
    embedder: Embedder = request.getfixturevalue(request.param)
    return embedder


def test_vectors_have_the_declared_shape_and_unit_length(any_embedder: Embedder) -> None:
    vectors = any_embedder.embed_documents(["one text", "another, longer text"])
    assert vectors.shape == (2, any_embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert any_embedder.embed_query("a question").shape == (any_embedder.dimension,)


def test_texts_with_nothing_in_common_have_the_cosine_it_says(any_embedder: Embedder) -> None:
    passages = any_embedder.embed_documents(["The tenant moves out in May.", "Whales nurse their young."])
    found = passages @ any_embedder.embed_query("How is bread made?")
    assert np.abs(found - any_embedder.unrelated_cosine).max() < 0.4


def test_questions_together_have_the_vectors_they_have_alone(any_embedder: Embedder) -> None:
    texts = ["How is bread made?", "Risks"]
    together = any_embedder.embed_queries(texts)
    assert np.allclose(together, [any_embedder.embed_query(text) for text in texts], atol=0.02)  # bfloat16
    assert any_embedder.embed_queries([]).shape == (0, any_embedder.dimension)


def test_a_question_is_nearest_to_the_text_about_it(any_embedder: Embedder) -> None:
    texts = ["The cat sleeps on the sofa.", "Interest rates rose by two percent.", "A recipe for bread and butter."]
    similarities = any_embedder.embed_documents(texts) @ any_embedder.embed_query("by how much did interest rates rise")
    assert int(similarities.argmax()) == 1


def test_tokens_are_counted_without_truncation(any_embedder: Embedder) -> None:
    short, long = any_embedder.count_tokens(["word", "word " * 1000])
    assert short == 1
    assert long == 1000 > any_embedder.max_tokens


def test_counting_in_one_thread_does_not_disturb_embedding_in_another(any_embedder: Embedder) -> None:
    texts = [f"word {n} " * (1 + n % 9) for n in range(64)]
    with ThreadPoolExecutor(2) as pool:
        counted = [pool.submit(any_embedder.count_tokens, texts) for _ in range(200)]
        embedded = [any_embedder.embed_documents(texts) for _ in range(5)]
    assert all(future.result() == counted[0].result() for future in counted)
    assert all(np.allclose(vectors, embedded[0], atol=1e-3) for vectors in embedded)


@pytest.mark.model
def test_a_server_gives_the_vectors_that_the_same_model_gives_here(
    minilm: SentenceTransformerEmbedder, on_server: ServerEmbedder
) -> None:
    texts = ["The cat sleeps on the sofa.", "Größe und Straße", "x = f(1,024)"]
    assert on_server.count_tokens(texts) == minilm.count_tokens(texts)
    assert (on_server.embed_documents(texts) * minilm.embed_documents(texts)).sum(axis=1).min() > 0.999
