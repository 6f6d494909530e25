"""Load a sentence-transformers model from a folder, running no code of its own; find its prompts and window."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.models.catalog import find_spec
from rag.models.hardware import embedding_dtype
from rag.models.model_source import first_line

QUERY_PROMPTS = ("query", "question", "search_query", "retrieval.query")
DOCUMENT_PROMPTS = ("document", "passage", "corpus", "search_document", "retrieval.passage")
"""Names under which models keep these prompts. sentence-transformers adds an empty "query" and "document" to all."""

_MAX_WINDOW = 8192
"""Window of a model that does not say how much it reads: more than any chunk."""


def load_embedding_model(folder: Path, model_name: str) -> Any:
    """Return the `SentenceTransformer` of a folder, which `resolve_model` has checked; its heads compute in float32.

    Raises:
        ModelError: the folder does not hold a text embedder that can be loaded safely.
    """
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"dtype": embedding_dtype(), "use_safetensors": True},
        )
        _keep_heads_in_full_precision(model)
        _limit_to_positions(document_input(model))
        embedded = model.encode_document(["a"], convert_to_tensor=True, show_progress_bar=False)
    except Exception as error:  # each family of models fails in its own way
        raise _cannot_be_loaded(folder, model_name, error) from error
    if embedded.ndim != 2 or not embedded.isfinite().all():
        raise ModelError(f"The model in {folder} gives no vectors for text. Choose an embedder of text.")
    return model


def first_prompt(prompts: Mapping[str, str | None], names: tuple[str, ...]) -> str:
    """Return the first prompt of these names that is not empty, else ""."""
    return next((prompt for name in names if (prompt := prompts.get(name))), "")


def document_input(model: Any) -> Any:
    """Return the module that tokenises documents; a model may route questions to another one."""
    from sentence_transformers.base.modules import Router

    first = model[0]
    return first.sub_modules[first._resolve_route("document", "text")][0] if isinstance(first, Router) else first


def window_of(module: Any) -> int:
    """Return how many tokens an input module reads of a text, special ones and the prompt included."""
    truncation = getattr(module.tokenizer, "truncation", None)  # of a bare tokenizer: static embeddings
    if isinstance(truncation, dict):
        return int(truncation["max_length"])
    limits = (getattr(module, name, None) for name in ("max_seq_length", "document_length"))
    return int(min([limit for limit in limits if limit] + [_MAX_WINDOW]))


def _keep_heads_in_full_precision(module: Any) -> None:
    """Compute in float32 whatever follows a transformer; sentence-transformers casts it like the transformer."""
    from sentence_transformers.base.modules import Transformer

    if isinstance(module, Transformer):
        module.register_forward_hook(_give_full_precision)
    elif any(isinstance(part, Transformer) for part in module.modules()):
        for part in module.children():
            _keep_heads_in_full_precision(part)
    else:
        module.float()


def _give_full_precision(_module: Any, _inputs: Any, features: dict[str, Any]) -> dict[str, Any]:
    import torch

    return {
        name: value.float() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for name, value in features.items()
    }


def _limit_to_positions(module: Any) -> None:
    """Truncate texts where the learned positions end: some models claim a longer window than they have."""
    if (positions := min(_positions(module), default=None)) and positions < (module.max_seq_length or positions + 1):
        module.max_seq_length = positions


def _positions(module: Any) -> Iterator[int]:
    """Yield the number of learned positions of each such table; RoBERTa's begin after the padding's."""
    from torch import nn

    for name, table in module.named_modules():
        if name.endswith("position_embeddings") and isinstance(table, nn.Embedding):
            yield table.num_embeddings - (0 if table.padding_idx is None else table.padding_idx + 1)


def _cannot_be_loaded(folder: Path, model_name: str, error: Exception) -> ModelError:
    reason = first_line(error)
    if "trust_remote_code" in str(error):
        reason = "it needs code of its own, which Citewell does not run"
    name = model_name.partition(";")[0]  # without prefixes
    remedy = (
        f"Run 'citewell models verify {name}'"
        if find_spec(name)
        else "Check that the folder holds a whole sentence-transformers model, or choose another embedder"
    )
    return ModelError(f"The embedder in {folder} cannot be loaded: {reason}. {remedy}.")
