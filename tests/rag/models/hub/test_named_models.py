"""Models of the hub have short names, which nothing else has."""

import re

from rag.models.catalog import CATALOG
from rag.models.hub.named_models import NAMED_MODELS, canonical_name, find_named


def test_names_and_repositories_are_unique_and_never_those_of_the_catalog() -> None:
    names = [name for model in NAMED_MODELS for name in (model.name, model.repo)]
    names += [name for spec in CATALOG for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9.-]+", model.name) for model in NAMED_MODELS)
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", model.repo) for model in NAMED_MODELS)


def test_every_role_has_a_model() -> None:
    assert {model.role for model in NAMED_MODELS} == {"generator", "embedder", "reranker", "entailment"}


def test_only_language_models_have_a_shape() -> None:
    assert all((model.shape is not None) == (model.role == "generator") for model in NAMED_MODELS)


def test_a_model_is_found_by_name_and_by_repository() -> None:
    found = find_named("smollm3-3b")
    assert found is not None
    assert find_named("HuggingFaceTB/SmolLM3-3B") is found
    assert find_named("smollm3") is None


def test_each_model_has_one_name_to_be_stored_under() -> None:
    assert canonical_name("default") == "qwen2.5-coder-1.5b"
    assert canonical_name("smollm3-3b") == canonical_name("HuggingFaceTB/SmolLM3-3B") == "HuggingFaceTB/SmolLM3-3B"
    assert canonical_name("org/other") == "org/other"
