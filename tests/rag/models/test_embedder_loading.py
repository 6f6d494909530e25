"""Loading embedders: what fails fails in one sentence, and nothing of a folder runs or is unpickled."""

import json
from pathlib import Path

import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Router, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding

from rag.errors import ModelError
from rag.models import embedder_loading
from rag.models.embedder_loading import (
    DOCUMENT_PROMPTS,
    QUERY_PROMPTS,
    document_input,
    first_prompt,
    load_embedding_model,
    window_of,
)
from tests.rag.models.conftest import edit_json
from tests.support.random_models import save_bert, word_tokenizer


@pytest.fixture
def transformer(tmp_path: Path) -> Path:
    return save_bert(tmp_path / "transformer", max_position_embeddings=40)


def refusal(folder: Path) -> str:
    with pytest.raises(ModelError) as info:
        load_embedding_model(folder, "toy")
    text = str(info.value)
    assert len(text) <= 300 + len(str(folder))
    assert "\n" not in text
    return text


def test_prompts_that_are_empty_or_missing_give_way_to_the_next() -> None:
    assert first_prompt({"query": "", "question": "q: "}, QUERY_PROMPTS) == "q: "
    assert first_prompt({"document": None, "passage": "p: ", "corpus": "c: "}, DOCUMENT_PROMPTS) == "p: "
    assert first_prompt({"query": "q: "}, DOCUMENT_PROMPTS) == ""


def test_pickled_weights_of_the_transformer_are_not_opened_beside_another_safetensors_file(transformer: Path) -> None:
    (transformer / "model.safetensors").rename(transformer / "stray.safetensors")
    torch.save({}, transformer / "pytorch_model.bin")
    assert "cannot be loaded" in refusal(transformer)


def test_code_of_the_folder_does_not_run(transformer: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    (transformer / "modeling_own.py").write_text(f"open({str(mark)!r}, 'w').close()\nclass Own: pass\n")
    auto_map = {"AutoConfig": "modeling_own.Own", "AutoModel": "modeling_own.Own"}
    edit_json(transformer / "config.json", model_type="own", auto_map=auto_map)
    assert "code of its own" in refusal(transformer)
    edit_json(transformer / "config.json", model_type="bert", auto_map=None)
    (transformer / "modules.json").write_text(
        json.dumps([{"idx": 0, "name": "0", "path": "", "type": "modeling_own.Own"}])
    )
    assert "code of its own" in refusal(transformer)
    assert not mark.exists()


def test_documents_that_take_a_route_of_their_own_have_its_window(
    transformer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder_loading, "embedding_dtype", lambda: torch.bfloat16)
    router = Router.for_query_document(
        query_modules=[StaticEmbedding(word_tokenizer(), embedding_dim=32)],
        document_modules=[Transformer(str(transformer)), Pooling(32), Dense(32, 32)],
    )
    SentenceTransformer(modules=[router]).save(str(tmp_path / "routed"))
    model = load_embedding_model(tmp_path / "routed", "toy")
    assert window_of(document_input(model)) == 40
    assert model.encode_document(["a b"], convert_to_tensor=True).dtype == torch.float32
    assert model.encode_query(["a b"]).shape == (1, 32)
