"""All models that can be chosen, and what is known of each."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.catalog import CATALOG
from rag.models.fetched_models import fetched_generators
from rag.models.inventory import known_models, role_for
from rag.models.named_models import NAMED_MODELS
from rag.models.snapshot import fetch_model
from tests.rag.models.conftest import close
from tests.rag.models.fake_hub import CHAT_CONFIG, COMMIT, FakeHub

MODEL = {"config.json": CHAT_CONFIG, "model.safetensors": b"w" * 5000}


def test_the_catalog_comes_first_then_named_models_then_others_on_this_disk(hub: FakeHub, models: Path) -> None:
    hub.repositories["org/model"] = hub.repositories["HuggingFaceTB/SmolLM3-3B"] = MODEL
    fetch_model("org/model", models)
    fetch_model("HuggingFaceTB/SmolLM3-3B", models)
    known = known_models(models)
    assert [model.name for model in known] == [
        *(spec.name for spec in CATALOG),
        *(model.name for model in NAMED_MODELS),
        "org/model",
    ]
    assert [model.name for model in known if model.fetched] == ["smollm3-3b", "org/model"]
    assert known[-1].summary == f"fetched from the hub at commit {COMMIT[:12]}"
    assert known[-1].disk_bytes >= 5000


def test_a_summary_says_what_a_person_must_know_and_only_the_catalogs_are_measured(models: Path) -> None:
    known = {model.name: model for model in known_models(models)}
    assert known["gemma-3-1b"].summary == "google/gemma-3-1b-it on the hub; gated: needs HF_TOKEN"
    assert "may think before it answers" in known["qwen3-1.7b"].summary
    assert "not for commercial use" in known["qwen2.5-3b"].summary
    assert {name for name, model in known.items() if model.measured} == {spec.name for spec in CATALOG}
    assert all(model.download_bytes and model.disk_bytes and model.memory_bytes for model in known.values())


def test_the_role_is_known_or_read_from_the_files(hub: FakeHub, models: Path, tmp_path: Path) -> None:
    hub.repositories["org/embedder"] = {**MODEL, "modules.json": b"[]"}
    assert role_for("tiny", models) == "generator"
    assert role_for("bge-small-en", models) == "embedder"
    assert role_for("org/embedder", models) == "embedder"
    with pytest.raises(ModelError, match="stay offline"):
        role_for("org/model", models, offline=True)
    (tmp_path / "config.json").write_text(json.dumps({"architectures": ["BertForSequenceClassification"]}))
    assert role_for(str(tmp_path), models) == "reranker"
    assert role_for("nonsense", models) == "generator"


@pytest.mark.parametrize("listed", [known_models, fetched_generators])
@pytest.mark.parametrize("closed", [".", "minilm", "smollm2-135m", "hub/HuggingFaceTB--SmolLM3-3B"])
def test_a_folder_that_may_not_be_read_is_said(
    listed: Callable[[Path], object], closed: str, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (models / "hub" / "HuggingFaceTB--SmolLM3-3B").mkdir(parents=True)
    close(models / closed, monkeypatch)
    if listed is fetched_generators and closed == "minilm":
        assert listed(models) == []  # it is not asked for
        return
    with pytest.raises(ModelError, match=r"cannot be read: permission denied\. .*CITEWELL_MODELS"):
        listed(models)
