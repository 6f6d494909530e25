"""The embedder over sentence-transformers: what is particular to it, with a small untrained model."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from rag.errors import ModelError
from rag.models import embedder as embedder_module
from rag.models.embedder import SentenceTransformerEmbedder
from tests.support.random_models import word_tokenizer


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEmbedder:
    folder = tmp_path_factory.mktemp("embedder")
    tokenizer = word_tokenizer()
    tokenizer.pad_token = "<unk>"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=16,
    )
    BertModel(config).save_pretrained(folder)
    return SentenceTransformerEmbedder(folder, "toy")


def test_it_has_the_models_dimension_and_window_and_the_name_given(embedder: SentenceTransformerEmbedder) -> None:
    assert (embedder.model_name, embedder.dimension, embedder.max_tokens) == ("toy", 32, 16)


def test_texts_of_any_length_get_their_own_vectors_in_order(
    embedder: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_module, "_BATCH", 2)
    texts = ["a", "b c d e f g h", "c d", "x y z", "m n o p q"]
    vectors = embedder.embed_documents(texts)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert vector == pytest.approx(embedder.embed_documents([text])[0], abs=2e-2)
    assert np.abs(vectors[0] - vectors[1]).max() > 0.1


def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"The embedder in .* cannot be loaded: .*models verify"):
        SentenceTransformerEmbedder(tmp_path, "toy")
