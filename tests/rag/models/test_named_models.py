"""Models of the hub have short names, which nothing else has, and facts that agree with one another."""

import re

import pytest
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from rag.models.catalog import CATALOG
from rag.models.named_models import CHAT_MODELS, NAMED_MODELS, NamedModel, canonical_name, find_named

TYPES = {
    "qwen2.5-": {"qwen2"},
    "qwen3-": {"qwen3"},
    "occ-rag-": {"qwen3"},
    "smollm3-": {"smollm3"},
    "granite-4": {"granite", "granitemoehybrid"},
    "phi-4-": {"phi3"},
    "gemma-3-": {"gemma3", "gemma3_text"},
    "llama-3": {"llama"},
}
"""What transformers calls the models whose names begin so."""

IMAGE_PARAMETERS = 450_000_000
"""What the largest part for images adds to a model that reads them."""


def test_names_and_repositories_are_unique_and_never_those_of_the_catalog() -> None:
    names = [name for model in NAMED_MODELS for name in (model.name, model.repo)]
    names += [name for spec in CATALOG for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9.-]+", model.name) for model in NAMED_MODELS)
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", model.repo) for model in NAMED_MODELS)


def test_every_role_has_a_model_and_only_language_models_have_a_shape() -> None:
    assert {model.role for model in NAMED_MODELS} == {"generator", "embedder", "reranker", "entailment"}
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


def test_a_download_is_as_large_as_the_format_its_weights_are_stored_in() -> None:
    sizes = {model.name: model.download_bytes / model.stored_parameters for model in NAMED_MODELS}
    assert (sizes["qwen3-1.7b"], sizes["bge-small-en"]) == (2, 4)


@pytest.mark.parametrize("model", CHAT_MODELS, ids=lambda model: model.name)
def test_the_shape_makes_as_many_parameters_as_the_publisher_counts(model: NamedModel) -> None:
    """Norms and biases aside; some publishers store a tied output layer twice, some have a part for images."""
    assert model.shape is not None
    counted = model.shape.parameters
    stored = model.stored_parameters
    rest = stored - counted
    twice = stored - counted - model.shape.output_parameters
    allowed = IMAGE_PARAMETERS if "images" in model.remark else 0.001 * stored
    assert 0 <= rest <= allowed or abs(twice) <= 0.001 * stored


def test_transformers_loads_every_family_as_a_language_model() -> None:
    for model in CHAT_MODELS:
        (types,) = (types for beginning, types in TYPES.items() if model.name.startswith(beginning))
        assert types <= MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.keys()
