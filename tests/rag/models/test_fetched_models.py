"""Hub models on this disk: listed with their role, and verified against what the hub said."""

import json
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.fetched_models import fetched_models, is_fetched, role_of, verify_fetched
from rag.models.snapshot import fetch_gguf, fetch_model
from tests.rag.models.fake_hub import CHAT_CONFIG, COMMIT, FakeHub


@pytest.fixture
def fetched(hub: FakeHub, models: Path) -> Path:
    hub.repositories["org/model"] = {
        "config.json": CHAT_CONFIG,
        "model.safetensors": b"w" * 5000,
        "a.gguf": b"g" * 2000,
    }
    return fetch_model("org/model", models)


def test_what_was_fetched_is_listed_by_the_name_that_loads_it(fetched: Path, models: Path) -> None:
    fetch_gguf("org/model", "a.gguf", models)
    (models / "hub" / ".fetching-org--other").mkdir()
    assert [(model.name, model.commit, model.role) for model in fetched_models(models)] == [
        ("org/model", COMMIT, "generator"),
        ("org/model/a.gguf", COMMIT, "generator"),
    ]
    assert is_fetched("org/model/a.gguf", models)
    assert not is_fetched("org/other", models)
    assert fetched_models(models / "none") == []


def test_files_that_are_as_fetched_pass(fetched: Path, models: Path) -> None:
    assert verify_fetched("org/model", models) == COMMIT


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_changed_or_missing_file_is_named(fetched: Path, models: Path, name: str) -> None:
    content = (fetched / name).read_bytes()
    (fetched / name).write_bytes(b"x" * len(content))
    with pytest.raises(ModelError, match=rf"{name} has changed since it was fetched.*models fetch org/model"):
        verify_fetched("org/model", models)
    (fetched / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}"):
        verify_fetched("org/model", models)


def test_what_cannot_be_verified_says_so(models: Path) -> None:
    with pytest.raises(ModelError, match="not on this disk"):
        verify_fetched("org/old", models)
    folder = models / "hub" / "org--old"
    folder.mkdir(parents=True)
    (folder / ".complete").touch()
    assert [model.name for model in fetched_models(models)] == ["org/old"]
    with pytest.raises(ModelError, match="before Citewell kept the hub's hashes"):
        verify_fetched("org/old", models)
    (folder / "verified.json").write_text("{}")
    assert [model.name for model in fetched_models(models)] == ["org/old"]
    with pytest.raises(ModelError, match="is damaged"):
        verify_fetched("org/old", models)


BERT = {"architectures": ["BertForSequenceClassification"]}


@pytest.mark.parametrize(
    ("role", "config", "modules"),
    [
        ("generator", {"architectures": ["Qwen3ForCausalLM"]}, None),
        ("generator", {"architectures": ["GPT2LMHeadModel"]}, None),
        ("generator", {"architectures": ["BertForMaskedLM"]}, None),
        ("generator", [], None),
        ("generator", {"architectures": 3, "id2label": []}, None),
        ("embedder", {"architectures": ["BertModel"]}, None),
        ("embedder", {"architectures": ["Qwen3ForCausalLM"]}, {}),
        ("reranker", BERT | {"id2label": {"0": "LABEL_0"}}, None),
        ("reranker", {"architectures": "BertForSequenceClassification", "id2label": ["A"]}, None),
        ("reranker", BERT, {"model_type": "CrossEncoder"}),
        ("entailment", BERT | {"id2label": {"0": "contradiction", "1": "entailment"}}, None),
    ],
)
def test_a_models_own_files_tell_its_role(tmp_path: Path, role: str, config: object, modules: object) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    if modules is not None:
        (tmp_path / "modules.json").write_text("[]")
        (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(modules))
    assert role_of(tmp_path) == role


def test_a_gguf_file_is_a_generator(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").touch()
    assert role_of(tmp_path) == "generator"
