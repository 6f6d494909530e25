"""Resolving a model's name: a local folder, a catalog name or a hub id becomes a folder, or a clear error."""

import json
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.resolve import resolve_model


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({}))
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_a_local_folder_is_a_model_name(model_folder: Path, models: Path) -> None:
    assert resolve_model(str(model_folder), "generator", models) == model_folder


@pytest.mark.parametrize(
    ("missing", "reason"), [("config.json", "config.json is missing"), ("model.safetensors", "pickled")]
)
def test_an_incomplete_folder_says_what_is_missing(model_folder: Path, models: Path, missing: str, reason: str) -> None:
    (model_folder / missing).unlink()
    with pytest.raises(ModelError, match=f"(?i){reason}"):
        resolve_model(str(model_folder), "generator", models)


def test_a_name_that_cannot_be_resolved_is_explained(no_hub: None, models: Path) -> None:
    with pytest.raises(ModelError, match=r"no model 'nonsense'.*default, tiny"):
        resolve_model("nonsense", "generator", models)
    with pytest.raises(ModelError, match="of the role embedder, not generator"):
        resolve_model("minilm", "generator", models)
    with pytest.raises(ModelError, match="hub cannot be reached for 'org/some-model'"):
        resolve_model("org/some-model", "generator", models)
    with pytest.raises(ModelError, match="stay offline"):
        resolve_model("org/some-model", "generator", models, offline=True)


def test_a_hub_model_downloaded_before_is_found_offline(models: Path) -> None:
    folder = models / "hub" / "org--some-model"
    folder.mkdir(parents=True)
    (folder / ".complete").touch()
    assert resolve_model("org/some-model", "reranker", models, offline=True) == folder
