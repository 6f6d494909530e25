"""The facts of the chat models agree with one another, and with transformers."""

import pytest
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

from rag.models.hub.chat_models import CHAT_MODELS
from rag.models.hub.entry import NamedModel

TYPES = {
    "Qwen2": {"qwen2"},
    "Qwen3": {"qwen3"},
    "SmolLM3": {"smollm3"},
    "Granite 4": {"granite", "granitemoehybrid"},
    "Phi-4": {"phi3"},
    "Gemma 3": {"gemma3", "gemma3_text"},
    "Llama 3": {"llama"},
}
IMAGE_PARAMETERS = 450_000_000
"""What the largest part for images adds to a model that reads them."""


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


@pytest.mark.parametrize("model", CHAT_MODELS, ids=lambda model: model.name)
def test_transformers_loads_the_family_as_a_language_model(model: NamedModel) -> None:
    assert TYPES[model.family] <= MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.keys()
