"""Every `Reranker` returns the best first, no more than the limit, and nothing else."""

from pathlib import Path

import pytest

from rag.assistant import KeepOrder
from rag.errors import ModelError
from rag.interfaces import Reranker
from rag.models.reranker import CrossEncoderReranker
from rag.models.resolve import resolve_model
from tests.conftest import MODELS, passages

TEXTS = ["cats sleep", "dogs bark", "birds sing", "fish swim"]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    """A real cross-encoder, small and untrained: trained ones need a model hub."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("reranker")
    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, num_labels=1)
    BertForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(resolve_model("minilm", "embedder", MODELS)).save_pretrained(folder)
    return CrossEncoderReranker(folder)


@pytest.fixture(params=["keep", pytest.param("cross_encoder", marks=pytest.mark.model)])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    if request.param == "keep":
        return KeepOrder()
    loaded: Reranker = request.getfixturevalue("cross_encoder")
    return loaded


def test_the_best_come_first_and_no_more_than_asked_for(reranker: Reranker) -> None:
    ranked = reranker.rerank("what do dogs do", passages(TEXTS), 3)
    assert len(ranked) == 3
    assert [p.score for p in ranked] == sorted((p.score for p in ranked), reverse=True)
    assert {p.chunk.text for p in ranked} <= set(TEXTS)


def test_nothing_gives_nothing(reranker: Reranker) -> None:
    assert reranker.rerank("anything", [], 3) == []


@pytest.mark.model
def test_the_score_depends_on_query_and_text(cross_encoder: CrossEncoderReranker) -> None:
    scores = [p.score for query in ("dogs", "fish") for p in cross_encoder.rerank(query, passages(TEXTS), 4)]
    assert len(set(scores)) == 8


def test_a_folder_without_a_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is not a model folder"):
        CrossEncoderReranker(tmp_path)
