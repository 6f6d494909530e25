"""Hub models on this disk: listed with their role, and verified against what the hub said."""

import json
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.hub.fetched_models import fetched_models, is_fetched, role_of, verify_fetched
from rag.models.hub.snapshot import fetch_gguf, fetch_model
from tests.rag.models.hub.fake_hub import CHAT_CONFIG, COMMIT, FakeHub


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


@pytest.mark.parametrize(
    ("files", "role"),
    [
        ({"config.json": {"architectures": ["Qwen3ForCausalLM"]}}, "generator"),
        ({"config.json": {"architectures": ["BertModel"]}, "modules.json": []}, "embedder"),
        (
            {"config.json": {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}}},
            "reranker",
        ),
        (
            {
                "config.json": {
                    "architectures": ["DebertaV2ForSequenceClassification"],
                    "id2label": {"0": "contradiction", "1": "entailment"},
                }
            },
            "entailment",
        ),
        ({"model.gguf": {}}, "generator"),
        (
            {
                "config.json": {"architectures": ["BertForSequenceClassification"]},
                "modules.json": [],
                "config_sentence_transformers.json": {"model_type": "CrossEncoder"},
            },
            "reranker",
        ),
        ({"config.json": []}, "generator"),
        ({"config.json": {"architectures": 3, "id2label": []}}, "generator"),
        ({"config.json": {"architectures": "BertForSequenceClassification", "id2label": ["A"]}}, "reranker"),
    ],
)
def test_a_models_own_files_tell_its_role(tmp_path: Path, files: dict[str, object], role: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    assert role_of(tmp_path) == role


@pytest.mark.parametrize(
    ("architecture", "role"),
    [
        ("BertModel", "embedder"),
        ("XLMRobertaModel", "embedder"),
        ("GPT2LMHeadModel", "generator"),
        ("LlamaForCausalLM", "generator"),
        ("BertForMaskedLM", "generator"),
    ],
)
def test_a_class_without_a_head_speaks_for_an_embedder(architecture: str, role: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"architectures": [architecture]}))
    assert role_of(tmp_path) == role
