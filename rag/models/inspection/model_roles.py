"""Check that a model folder can do what it was chosen for: chat, embed, rerank or judge entailment."""

from typing import Any

from rag.models.inspection.model_config import architecture, require_config, require_decoder, require_own_attention
from rag.models.inspection.model_source import ModelSource, shown
from rag.models.inspection.sentence_modules import require_known_activation, require_modules, saved_as
from rag.models.inspection.tokenizer_files import require_chat_template, require_tokenizer
from rag.models.inspection.weight_files import require_weights
from rag.models.inspection.weight_names import require_all_weights

_PROCESSOR_PARTS = ("auto_map", "audio_tokenizer", "audio_tokenizer_name_or_path")
_POOLER = "pooler"
"""Weights that a masked language model is often saved without, and that no embedding is computed from."""


def require_chat_model(source: ModelSource) -> None:
    """Check that a folder holds a chat model.

    Raises:
        ModelError: it does not; one sentence says why, and what to do.
    """
    if (source.path / "modules.json").is_file():
        raise source.refusal(
            "is a model of sentence-transformers (modules.json), not a chat model. Choose it as embedder or reranker, "
            "and as chat model one that 'citewell models list' names, for example."
        )
    config = require_config(source)
    require_decoder(source, config)
    source.read_object("generation_config.json")
    require_tokenizer(source, config, _embedding_rows(source, config))
    require_chat_template(source)


def require_embedder(source: ModelSource) -> None:
    """Check that a folder holds an embedder: a model of sentence-transformers, or an encoder.

    Raises:
        ModelError: it does not.
    """
    modules = require_modules(source)
    if modules and saved_as(source) != "SentenceTransformer":
        raise source.refusal(
            f"is a {shown(saved_as(source))} of sentence-transformers, not an embedder. Choose a model that gives one "
            "vector a text, such as 'minilm'."
        )
    if not modules:
        _require_no_head(source, require_config(source))
        _require_encoder(source)
        return
    readers = [module for module in modules if module.kind in {"Transformer", "StaticEmbedding"}]
    if not readers:
        raise source.refusal("has no part that reads text (modules.json). Choose another embedder, such as 'minilm'.")
    for module in readers:
        check = _require_encoder if module.kind == "Transformer" else _require_static_tokenizer
        check(module.source)


def require_reranker(source: ModelSource) -> None:
    """Check that a folder holds a cross-encoder with one score.

    Raises:
        ModelError: it does not.
    """
    config = _require_cross_encoder(source, "reranker")
    if config is not None and config.num_labels != 1:
        raise source.refusal(
            f"gives {config.num_labels} scores a passage, and a reranker must give one. Choose a reranker such as "
            "'cross-encoder/ms-marco-MiniLM-L6-v2'; a model of entailment belongs to the setting entailment_model."
        )


def require_entailment(source: ModelSource) -> None:
    """Check that a folder holds a cross-encoder; its labels are checked when it is loaded.

    Raises:
        ModelError: it does not.
    """
    _require_cross_encoder(source, "model of entailment")


def _embedding_rows(source: ModelSource, config: Any) -> int | None:
    """Return the rows of a chat model's embedding, after a check that its weights are complete."""
    from transformers import AutoModelForCausalLM

    tensors = require_weights(source)
    return _rows(require_all_weights(source, AutoModelForCausalLM, config, tensors))


def _require_encoder(source: ModelSource) -> None:
    config = require_config(source)
    require_own_attention(source, config._attn_implementation)
    if config.is_encoder_decoder:  # its encoder alone is loaded, by a class of sentence-transformers' choice
        require_weights(source)
    require_tokenizer(source, config, None if config.is_encoder_decoder else _encoder_rows(source, config))
    _require_own_processor(source)


def _encoder_rows(source: ModelSource, config: Any) -> int | None:
    from transformers import AutoModel

    tensors = require_weights(source)
    return _rows(require_all_weights(source, AutoModel, config, tensors, unused=_POOLER))


def _rows(model: Any) -> int | None:
    try:
        return int(model.get_input_embeddings().weight.shape[0])
    except (AttributeError, NotImplementedError):  # a few families have no single embedding
        return None


def _require_no_head(source: ModelSource, config: Any) -> None:
    name = architecture(config)
    if name.endswith(("ForSequenceClassification", "ForCausalLM", "ForTokenClassification", "ForQuestionAnswering")):
        raise source.refusal(
            f"is a {shown(name)}, not an embedder: it was not trained to give vectors. Choose a model of "
            "sentence-transformers (with modules.json), or 'minilm'."
        )


def _require_static_tokenizer(source: ModelSource) -> None:
    tensors = require_weights(source)
    rows = next((tensor.shape[0] for name, tensor in tensors.items() if name == "embedding.weight"), None)
    require_tokenizer(source, None, rows)


def _require_own_processor(source: ModelSource) -> None:
    """Refuse a processor that loads further models or code: sentence-transformers builds it with the tokenizer."""
    for file in ("processor_config.json", "preprocessor_config.json", "audio_tokenizer_config.json"):
        settings = source.read_object(file)
        if asked := next((key for key in _PROCESSOR_PARTS if settings.get(key)), None):
            raise source.refusal(
                f"asks for {asked} in {file}, which Citewell does not load. Choose a model that embeds text alone."
            )


def _require_cross_encoder(source: ModelSource, role: str) -> Any:
    modules = require_modules(source)
    if modules and saved_as(source) != "CrossEncoder":
        raise source.refusal(
            f"is an embedder of sentence-transformers, not a {role}. Choose a cross-encoder, such as those of "
            "'cross-encoder/' on the hub."
        )
    encoder = modules[0].source if modules else source
    config = require_config(encoder)
    _require_known_scores(source, config)
    name = architecture(config)
    by_words = any(module.kind == "LogitScore" for module in modules)
    if not by_words and not name.endswith("ForSequenceClassification"):
        raise source.refusal(
            f"is a {shown(name)}, not a {role}: it has no head that scores a pair of texts. Choose a cross-encoder, "
            "such as those of 'cross-encoder/' on the hub."
        )
    require_own_attention(source, config._attn_implementation)
    require_tokenizer(encoder, config, _scorer_rows(encoder, config, by_words))
    _require_own_processor(encoder)
    return None if by_words else config


def _scorer_rows(source: ModelSource, config: Any, by_words: bool) -> int | None:
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

    tensors = require_weights(source)
    model_class = AutoModelForCausalLM if by_words else AutoModelForSequenceClassification
    return _rows(require_all_weights(source, model_class, config, tensors))


def _require_known_scores(source: ModelSource, config: Any) -> None:
    """Check the activation functions that a cross-encoder's files name."""
    stored = getattr(config, "sentence_transformers", None)
    names = [
        stored.get("activation_fn") if isinstance(stored, dict) else None,
        getattr(config, "sbert_ce_default_activation_function", None),
        source.read_object("config_sentence_transformers.json").get("activation_fn"),
    ]
    for name in names:
        require_known_activation(source, name)
