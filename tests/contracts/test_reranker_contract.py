"""Every `Reranker` returns the best first, no more than the limit, and nothing else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.assistant import KeepOrder
from rag.errors import ModelError
from rag.interfaces import Reranker
from rag.model_servers.server_reranker import ServerReranker
from rag.models.reranker import CrossEncoderReranker
from rag.models.resolve import resolve_model
from tests.conftest import passages
from tests.support.paths import MODELS
from tests.support.servers.bert_gguf import write_bert_gguf
from tests.support.servers.llama_server import client_of, llama_server

TEXTS = ["cats sleep", "dogs bark", "birds sing", "fish swim"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a real cross-encoder, small and untrained: trained ones need a model hub."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("reranker")
    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, num_labels=1)
    BertForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(resolve_model("minilm", "embedder", MODELS)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def cross_encoder(folder: Path) -> CrossEncoderReranker:
    return CrossEncoderReranker(folder)


@pytest.fixture(scope="module")
def on_server(folder: Path) -> Iterator[ServerReranker]:
    """Yield the same model behind llama.cpp's server."""
    pytest.importorskip("xllamacpp")
    file = write_bert_gguf(folder, folder / "model.gguf")
    with llama_server(file, "rerank") as server, client_of(server.address, setting="reranker") as client:
        yield ServerReranker(client)


REAL = [pytest.param(name, marks=pytest.mark.model) for name in ("cross_encoder", "on_server")]


@pytest.fixture(params=["keep", *REAL])
def reranker(request: pytest.FixtureRequest) -> Reranker:
    if request.param == "keep":
        return KeepOrder()
    loaded: Reranker = request.getfixturevalue(request.param)
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


@pytest.mark.model
def test_a_server_ranks_as_the_same_model_does_here(
    cross_encoder: CrossEncoderReranker, on_server: ServerReranker
) -> None:
    for query in ("dogs", "fish"):
        here, there = (each.rerank(query, passages(TEXTS), 4) for each in (cross_encoder, on_server))
        assert [p.chunk.text for p in here] == [p.chunk.text for p in there]
