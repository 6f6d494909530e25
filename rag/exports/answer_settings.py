"""The settings that an exported answer lists."""

from collections.abc import Mapping
from typing import Any

from rag.models.hub.named_models import for_others
from rag.settings import Settings

_LISTED = set(
    """model weights embedder embedder_query_prefix embedder_document_prefix reranker entailment_model chunk_tokens
    passages candidates dense_weight context_tokens system_prompt seconds_to_answer rewrite_followups
    translate_queries strictness max_new_tokens temperature top_k top_p beams repetition_penalty max_repeats seed stop
    thinking thinking_tokens grounded_decoding tools""".split()
)
_MODELS = {"model", "embedder", "reranker", "entailment_model"}


def answer_settings(settings: Settings, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an answer by name, `chosen` ones before those of the app; models as others know them."""
    values = settings.model_dump(mode="json", include=_LISTED) | dict(chosen)
    return {name: for_others(value) if name in _MODELS and value else value for name, value in values.items()}
