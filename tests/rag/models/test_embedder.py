"""The embedder over sentence-transformers: what is particular to it, with small untrained models."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
from torch import nn

from rag.errors import ModelError
from rag.models import embedder as embedder_module
from rag.models import embedder_loading
from rag.models.embedder import SentenceTransformerEmbedder
from tests.rag.models.conftest import edit_json
from tests.support.random_models import save_bert, word_tokenizer

WINDOW = 40
TEXTS = ["a", "b c d e f g h", "c d", "x y z", "m n o p q"]
PROMPTS = {"query": "q u e r y ", "passage": "p a s s "}


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small BERT."""
    folder = tmp_path_factory.mktemp("transformer")
    return save_bert(folder, max_position_embeddings=WINDOW, initializer_range=0.3)


def save_embedder(folder: Path, transformer: Path, *heads: nn.Module, **settings: Any) -> Path:
    """Save a sentence-transformers model of a transformer and what follows it."""
    SentenceTransformer(modules=[Transformer(str(transformer)), *heads], **settings).save(str(folder))
    return folder


def expected(folder: Path, texts: Sequence[str], prompt: str = "") -> NDArray[np.float32]:
    """Return the unit vectors of sentence-transformers itself in float32."""
    model = SentenceTransformer(str(folder), model_kwargs={"dtype": torch.float32})
    vectors: NDArray[np.float32] = np.asarray(model.encode(list(texts), prompt=prompt))
    vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors


def least_cosine(found: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    return float((found * wanted).sum(axis=-1).min())


@pytest.fixture(params=[torch.float32, torch.bfloat16], ids=["float32", "bfloat16"])
def tolerance(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """Have the embedder compute in a number format; return the least cosine to the exact vectors."""
    monkeypatch.setattr(embedder_loading, "embedding_dtype", lambda: request.param)
    return 0.99999 if request.param == torch.float32 else 0.9995


def test_texts_of_any_length_get_their_own_vectors_in_order(
    transformer: Path, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_module, "_BATCH", 2)
    vectors = SentenceTransformerEmbedder(transformer, "toy").embed_documents(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert least_cosine(vectors, expected(transformer, TEXTS)) > tolerance


HEADS: dict[str, list[Any]] = {
    "mean": [partial(Pooling, 32, "mean"), Normalize],
    "cls": [partial(Pooling, 32, "cls")],
    "last token": [partial(Pooling, 32, "lasttoken")],
    "prompt not pooled": [partial(Pooling, 32, "mean", include_prompt=False)],
    "dense": [partial(Pooling, 32, "mean"), partial(Dense, 32, 48), Normalize],
}


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [*((name, torch.float32) for name in HEADS), ("dense", torch.bfloat16)],
    indirect=["tolerance"],
)
def test_vectors_are_those_of_sentence_transformers_whatever_follows_the_transformer(
    name: str, transformer: Path, tolerance: float, tmp_path: Path
) -> None:
    torch.manual_seed(1)
    folder = save_embedder(tmp_path, transformer, *(make() for make in HEADS[name]), prompts=PROMPTS)
    embedder = SentenceTransformerEmbedder(folder, "toy")
    wanted = expected(folder, TEXTS, PROMPTS["passage"])
    assert embedder.dimension == wanted.shape[1]
    assert least_cosine(embedder.embed_documents(TEXTS), wanted) > tolerance
    assert least_cosine(embedder.embed_query("x y"), expected(folder, ["x y"], PROMPTS["query"])[0]) > tolerance


def test_vectors_are_cut_to_the_models_dimension(transformer: Path, tmp_path: Path) -> None:
    folder = save_embedder(tmp_path, transformer, Pooling(32), truncate_dim=8)
    embedder = SentenceTransformerEmbedder(folder, "toy")
    assert embedder.dimension == 8
    assert least_cosine(embedder.embed_documents(TEXTS), expected(folder, TEXTS)) > 0.9995


def test_prefixes_replace_the_models_prompts_even_by_nothing(transformer: Path, tmp_path: Path) -> None:
    folder = save_embedder(tmp_path, transformer, Pooling(32), prompts=PROMPTS)
    embedder = SentenceTransformerEmbedder(folder, "toy", prefixes=("", "k l "))
    assert least_cosine(embedder.embed_documents(TEXTS), expected(folder, TEXTS, "k l ")) > 0.9995
    assert least_cosine(embedder.embed_query("x y"), expected(folder, ["x y"])[0]) > 0.9995


def test_the_window_leaves_room_for_the_longer_prompt(transformer: Path, tmp_path: Path) -> None:
    folder = save_embedder(tmp_path, transformer, Pooling(32), prompts={"query": "q u ", "passage": "p a s s "})
    embedder = SentenceTransformerEmbedder(folder, "toy")
    assert embedder.max_tokens == WINDOW - 4
    same = "a " * (embedder.max_tokens - 1)
    one, other = embedder.embed_documents([same + "x", same + "y"])
    assert one @ other < 0.9999


@pytest.mark.parametrize("claimed", [10**30, 512])
def test_a_window_that_is_unknown_or_claimed_too_long_ends_with_the_positions(
    claimed: int, transformer: Path, tmp_path: Path
) -> None:
    folder = save_embedder(tmp_path, transformer, Pooling(32))
    edit_json(folder / "tokenizer_config.json", model_max_length=10**30)
    if claimed == 512:
        edit_json(folder / "sentence_bert_config.json", max_seq_length=claimed)
    embedder = SentenceTransformerEmbedder(folder, "toy")
    assert embedder.max_tokens == WINDOW
    assert np.isfinite(embedder.embed_documents(["a b " * 500])).all()


def test_static_embeddings_are_those_of_sentence_transformers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = StaticEmbedding(word_tokenizer(), embedding_dim=24)
    SentenceTransformer(modules=[module], prompts=PROMPTS).save(str(tmp_path))
    embedder = SentenceTransformerEmbedder(tmp_path, "toy")
    assert embedder.count_tokens(["a b c", "a " * 1000]) == [3, 1000]
    assert embedder.max_tokens > 1000
    assert least_cosine(embedder.embed_documents(TEXTS), expected(tmp_path, TEXTS, PROMPTS["passage"])) > 0.9995


def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"The embedder in .* cannot be loaded: .* or choose another embedder") as info:
        SentenceTransformerEmbedder(tmp_path, "toy")
    assert "models verify" not in str(info.value)


def test_a_damaged_catalog_model_is_to_be_verified(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Run 'citewell models verify minilm'"):
        SentenceTransformerEmbedder(tmp_path, "minilm")
