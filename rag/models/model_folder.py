"""Judge a model folder before anything of it is used: nothing in it may run, and it must be whole and fit its role.

Whether it is whole, transformers says: it builds the model without weights and loads the tokenizer, with flags that
keep it from running a folder's code, opening pickles and asking the hub, and what it raises becomes a sentence.
Settings can ask for more than these flags forbid: kernels of the hub, other models, functions to call: refused.
"""

import re
from collections.abc import Iterator
from typing import Any

from rag.models.model_source import OTHER_CHAT_MODEL, ModelSource, shown
from rag.models.weight_files import require_weights
from rag.runtime.compute_thread import computing

_QUANTISED = ("quantization_config", "compression_config")
_NOT_FOLLOWED = {
    *("transformers_weights", "fusion_config", "tokenizer_name_or_path"),
    *("audio_tokenizer", "audio_tokenizer_name_or_path"),
}
"""Settings that name other files or models to load."""

_ATTENTION = "attn_implementation"
_KERNELS = (_ATTENTION, "experts_implementation")
"""Settings that name a kernel, which may be one of the hub."""

_OWN_ATTENTION = {"eager", "sdpa", "flex_attention"}
"""Those of torch; for others a kernel may be fetched."""

_METHODS = {"forward", "get_text_features", "get_image_features"}
"""Methods of a model by which sentence-transformers embeds: it calls the one that the settings name."""

_ACTIVATION = re.compile(r"torch\.nn\.(?:modules\.(?:activation|linear)\.)?([A-Z]\w+)")
_GENERATIVE = ("ForCausalLM", "ForConditionalGeneration", "LMHeadModel", "WithLMHead")
_OTHER_HEADS = ("ForSequenceClassification", "ForCausalLM", "ForTokenClassification", "ForQuestionAnswering")
_POOLER = "pooler"
"""Weights that a masked language model is often saved without, and that no embedding is computed from."""

_TOKENIZERS = (
    *("tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"),
    *("vocab.json", "vocab.txt", "tekken.json"),
)
_SPECIAL = ("bos_token_id", "eos_token_id", "pad_token_id", "unk_token_id", "sep_token_id", "cls_token_id")


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
    from transformers import AutoModelForCausalLM

    config = require_config(source)
    require_decoder(source, config)
    tokenizer = _require_tokenizer(source, _require_complete(source, config, AutoModelForCausalLM))
    if not tokenizer.chat_template:
        raise source.refusal(
            "has no chat template, so it was not trained to answer. Choose its instruct or chat version, or one that "
            "'citewell models list' names."
        )


def require_embedder(source: ModelSource) -> None:
    """Check that a folder holds an embedder: a model of sentence-transformers, or an encoder.

    Raises:
        ModelError: it does not.
    """
    from transformers import AutoModel

    modules = _modules(source)
    if modules and _saved_as(source) != "SentenceTransformer":
        raise source.refusal(
            f"is a {shown(_saved_as(source))} of sentence-transformers, not an embedder. Choose a model that gives one "
            "vector a text, such as 'minilm'."
        )
    for part in _transformers_of(source, modules) if modules else [source]:
        config = require_config(part, own_attention=True)
        name = _architecture(config)
        if name.endswith(_OTHER_HEADS) and not modules:
            raise source.refusal(
                f"is a {shown(name)}, not an embedder: it was not trained to give vectors. Choose a model of "
                "sentence-transformers (with modules.json), or 'minilm'."
            )
        if config.is_encoder_decoder:  # its encoder alone is loaded, by a class of sentence-transformers' choice
            require_weights(part)
            _require_tokenizer(part)
        else:
            _require_tokenizer(part, _require_complete(part, config, AutoModel, unused=_POOLER))


def require_reranker(source: ModelSource) -> None:
    """Check that a folder holds a cross-encoder with one score.

    Raises:
        ModelError: it does not.
    """
    labels = _require_cross_encoder(source, "reranker")
    if labels != 1:
        raise source.refusal(
            f"gives {labels} scores a passage, and a reranker must give one. Choose a reranker such as "
            "'cross-encoder/ms-marco-MiniLM-L6-v2'; a model of entailment belongs to the setting entailment_model."
        )


def require_entailment(source: ModelSource) -> None:
    """Check that a folder holds a cross-encoder; its labels are checked when it is loaded.

    Raises:
        ModelError: it does not.
    """
    _require_cross_encoder(source, "model of entailment")


def require_config(source: ModelSource, *, own_attention: bool = False) -> Any:
    """Return the configuration of a model folder, an object of transformers.

    `own_attention`: the attention that it asks for will be used, so it must be one of torch's.

    Raises:
        ModelError: the folder is an adapter or quantised, asks for what Citewell does not do, needs code of its own, or
            is of a type that this transformers does not know.
    """
    import transformers

    if (source.path / "adapter_config.json").is_file():
        raise source.refusal(
            "holds an adapter (adapter_config.json), which Citewell does not apply. Merge it into its base model "
            "(merge_and_unload of peft) and give the folder of the merged model."
        )
    if not (source.path / "config.json").is_file():
        gguf = next((f": {shown(path.name)} in that folder" for path in sorted(source.path.glob("*.gguf"))), "")
        raise source.refusal(
            "is not a model folder: config.json is missing. Give the folder that holds it, or name a GGUF file itself"
            f"{gguf}."
        )
    for file in sorted(source.path.glob("*config*.json")):
        _require_plain_settings(source, file.name, own_attention)
    try:
        return transformers.AutoConfig.from_pretrained(str(source.path), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        problem = f"has a config.json that transformers {transformers.__version__}, installed here, cannot use"
        raise source.unusable(problem, error) from error


def require_decoder(source: ModelSource, config: Any) -> None:
    """Check that a configuration is that of a model that writes text by itself.

    Raises:
        ModelError: it is an encoder, an encoder-decoder, a model for images or sound, or has another head.
    """
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    )

    name, kind = _architecture(config), config.model_type
    is_encoder = kind in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not getattr(config, "is_decoder", True)
    if (
        config.is_encoder_decoder
        or is_encoder
        or kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
        or (config.architectures and not name.endswith(_GENERATIVE))
    ):
        raise source.refusal(
            f"is a {shown(name)}, not a chat model (a decoder with a head that writes text). {OTHER_CHAT_MODEL}"
        )


def _architecture(config: Any) -> str:
    """Return the class that a model was saved from, or its type if it does not say."""
    return str(config.architectures[0]) if config.architectures else f"model of the type {config.model_type}"


def _saved_as(source: ModelSource) -> str:
    """Return the class of sentence-transformers that saved a folder; folders of old versions do not say."""
    return str(source.read_object("config_sentence_transformers.json").get("model_type", "SentenceTransformer"))


def _require_plain_settings(source: ModelSource, file: str, own_attention: bool) -> None:
    for key, value in _entries(source.read_object(file)):
        if key in _QUANTISED:
            method = value.get("quant_method") if isinstance(value, dict) else None
            raise source.refusal(
                f"is quantised ({shown(method or key)}), which Citewell does not read. Choose the original weights "
                "(Citewell makes its own from them), or a GGUF file of the model."
            )
        is_foreign = key.endswith(_KERNELS) and isinstance(value, str) and "/" in value
        if own_attention and key.endswith(_ATTENTION) and isinstance(value, str):
            is_foreign = value not in _OWN_ATTENTION
        if key == "method" and isinstance(value, str):
            is_foreign = value not in _METHODS
        if key in _NOT_FOLLOWED or is_foreign:
            asked = f"{shown(value)} as {key}" if is_foreign else key
            raise source.refusal(
                f"asks for {asked} in {shown(file)}, which Citewell does not load. Remove that entry, or choose "
                "another model."
            )


def _entries(settings: dict[str, Any], parent: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the entries of settings and of those within them; a kernel for each part of a model under one name."""
    for key, value in settings.items():
        name = parent if parent.endswith(_KERNELS) else key
        if value:
            yield name, value
        if isinstance(value, dict):
            yield from _entries(value, name)


def _modules(source: ModelSource) -> list[dict[str, Any]]:
    """Return the entries of modules.json, none without that file.

    Raises:
        ModelError: it is damaged, or names code that is not sentence-transformers' own.
    """
    modules = source.read_json("modules.json")
    if modules is None:
        return []
    if not isinstance(modules, list) or not all(isinstance(module, dict) for module in modules) or not modules:
        raise source.damaged("modules.json")
    for module in modules:
        if not str(module.get("type")).startswith("sentence_transformers."):
            raise source.refusal(
                f"names {shown(module.get('type'))} in modules.json, code that is not part of sentence-transformers, "
                "which Citewell never runs. Choose another model."
            )
    return modules


def _transformers_of(source: ModelSource, modules: list[dict[str, Any]]) -> list[ModelSource]:
    """Return the folders of the transformers that a model of sentence-transformers consists of; check its other parts.

    Raises:
        ModelError: a part has pickled weights alone, which the loader would open, or names a function to call.
    """
    transformers = []
    for module in modules:
        folder = source.path / str(module.get("path", ""))
        is_router = module["type"].endswith((".Router", ".Asym"))
        for path in folder.glob("*/") if is_router else [folder]:
            part = ModelSource(path, source.name)
            settings = part.read_object("config.json")
            if "model_type" in settings:
                transformers.append(part)
                continue
            _require_own_activation(source, settings.get("activation_function"))
            if any(path.glob("*.bin")):
                require_weights(part)
    return transformers


def _require_cross_encoder(source: ModelSource, role: str) -> int:
    """Check that a folder holds a cross-encoder that is whole; return its number of scores."""
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

    modules = _modules(source)
    if modules and _saved_as(source) != "CrossEncoder":
        raise source.refusal(
            f"is an embedder of sentence-transformers, not a {role}. Choose a cross-encoder, such as those of "
            "'cross-encoder/' on the hub."
        )
    part = next(iter(_transformers_of(source, modules)), source)
    config = require_config(part, own_attention=True)
    stored = getattr(config, "sentence_transformers", None)
    _require_own_activation(source, stored.get("activation_fn") if isinstance(stored, dict) else None)
    _require_own_activation(source, getattr(config, "sbert_ce_default_activation_function", None))
    _require_own_activation(source, source.read_object("config_sentence_transformers.json").get("activation_fn"))
    name = _architecture(config)
    by_words = any(module["type"].endswith(".LogitScore") for module in modules)
    if not by_words and not name.endswith("ForSequenceClassification"):
        raise source.refusal(
            f"is a {shown(name)}, not a {role}: it has no head that scores a pair of texts. Choose a cross-encoder, "
            "such as those of 'cross-encoder/' on the hub."
        )
    model_class = AutoModelForCausalLM if by_words else AutoModelForSequenceClassification
    _require_tokenizer(part, _require_complete(part, config, model_class))
    return 1 if by_words else int(config.num_labels)


def _require_own_activation(source: ModelSource, name: Any) -> None:
    """Check that a function is an activation function of torch, or None: a loader calls any that torch has."""
    from torch import nn

    found = _ACTIVATION.fullmatch(str(name))
    if name is not None and (found is None or not hasattr(nn, found[1])):
        raise source.refusal(
            f"names {shown(name)} as an activation function, which is none of torch's. Citewell runs no code that a "
            "model names; choose another model."
        )


@computing  # transformers sets torch's default number format while it builds a model
def _require_complete(source: ModelSource, config: Any, model_class: Any, unused: str | None = None) -> Any:
    """Return the model of a folder without its weights; those whose names contain `unused` may be missing.

    Raises:
        ModelError: the model cannot be built, or its weights do not fit or lack some, which would be random.
    """
    tensors = require_weights(source)
    layers = getattr(config.get_text_config(), "num_hidden_layers", 0)
    if isinstance(layers, int) and layers > len(tensors):
        raise source.refusal(
            f"has weights for fewer layers than the {layers} of its config.json. Fetch or copy the model again."
        )
    model, info = _built(source, model_class)
    missing = [name for name in info["missing_keys"] if unused is None or unused not in name]
    if missing:
        raise source.refusal(
            f"lacks weights of a {type(model).__name__} ({_some(missing)}), which would be random. Choose a complete "
            "model of that kind."
        )
    if info["mismatched_keys"]:
        names = [key[0] if isinstance(key, tuple) else key for key in info["mismatched_keys"]]
        raise source.refusal(
            f"has weights of another shape than its config.json says ({_some(names)}). Fetch or copy the model again, "
            "or choose another."
        )
    return model


def _built(source: ModelSource, model_class: Any) -> tuple[Any, dict[str, Any]]:
    import torch
    from transformers.utils.logging import disable_progress_bar

    from rag.models.causal_lm import quiet_transformers

    disable_progress_bar()
    try:
        with quiet_transformers():  # it would print a table of missing weights
            model, info = model_class.from_pretrained(
                str(source.path),
                device_map="meta",
                dtype=torch.float32,
                attn_implementation="eager",
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except Exception as error:
        raise source.unusable("cannot be built by transformers", error) from error
    return model, info


def _some(names: list[str]) -> str:
    first, *others = sorted(names)
    return shown(first) + (f" and {len(others)} more" if others else "")


def _require_tokenizer(source: ModelSource, model: Any = None) -> Any:
    """Return the tokenizer of a folder, once the model has rows for its tokens.

    Raises:
        ModelError: there is none or a damaged one, or it needs code of its own or is that of another model.
    """
    from transformers import AutoTokenizer

    from rag.models.causal_lm import quiet_transformers

    if not any((source.path / name).is_file() for name in _TOKENIZERS):
        raise source.refusal("has no tokenizer (tokenizer.json is missing). Fetch or copy the complete model.")
    try:
        with quiet_transformers():
            tokenizer = AutoTokenizer.from_pretrained(source.path, local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise source.unusable("has a tokenizer that cannot be loaded", error) from error
    # Added tokens that no prompt has may lie beyond the embedding: Gemma 3's has one for images.
    special = [getattr(tokenizer, name, None) or 0 for name in _SPECIAL]
    template = str(tokenizer.chat_template)
    used = [id_ for id_, token in tokenizer.added_tokens_decoder.items() if token.content in template]
    largest = max(tokenizer.vocab_size - 1, *special, *used)
    rows = _rows(model)
    if rows is not None and largest >= rows:
        raise source.refusal(
            f"has a tokenizer of {largest + 1} tokens, more than the {rows} of its weights: it is that of another "
            "model. Fetch or copy the model again."
        )
    return tokenizer


def _rows(model: Any) -> int | None:
    try:
        return int(model.get_input_embeddings().weight.shape[0])
    except (AttributeError, NotImplementedError):  # a few families have no single embedding
        return None
