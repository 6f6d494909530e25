"""The reranker over a cross-encoder: what is particular to it, with a small untrained model."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import BertForSequenceClassification

from rag.errors import ModelError
from rag.models.reranker import CrossEncoderReranker
from tests.conftest import passages
from tests.rag.models.conftest import Trap, write_cross_encoder
from tests.support.random_models import save_bert


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> CrossEncoderReranker:
    folder = tmp_path_factory.mktemp("reranker")
    return CrossEncoderReranker(save_bert(folder, BertForSequenceClassification, num_labels=1))


def test_the_heading_is_read_with_the_text(reranker: CrossEncoderReranker) -> None:
    (plain,) = passages(["a b c"])
    headed = replace(plain, chunk=replace(plain.chunk, heading="x y z"))
    scores = {passage.chunk.heading: passage.score for passage in reranker.rerank("a", [plain, headed], 2)}
    assert scores[""] != scores["x y z"]


def test_equal_scores_keep_their_order(reranker: CrossEncoderReranker) -> None:
    same = passages(["a b c"] * 4)
    assert [p.chunk.page for p in reranker.rerank("a", same, 3)] == [1, 2, 3]


def test_pickled_weights_are_not_opened_beside_a_stray_safetensors_file(tmp_path: Path) -> None:
    folder, trap = write_cross_encoder(tmp_path / "m"), Trap(tmp_path / "marker")
    (folder / "model.safetensors").rename(folder / "stray.safetensors")
    torch.save({"classifier.weight": trap}, folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"has only pickled weights \(pytorch_model\.bin\)"):
        CrossEncoderReranker(folder)
    assert not trap.marker.exists()


def test_a_model_that_was_saved_in_half_precision_is_computed_in_float32(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "m")
    BertForSequenceClassification.from_pretrained(folder).half().save_pretrained(folder)
    assert {each.dtype for each in CrossEncoderReranker(folder)._model.parameters()} == {torch.float32}
