"""A model's config.json: what it must not ask for, and the class of transformers that it names."""

from collections.abc import Iterator
from typing import Any

from rag.models.inspection.model_source import OTHER_CHAT_MODEL, ModelSource, first_line, shown

_ATTENTION = {"eager", "sdpa", "flex_attention"}
_GENERATIVE = ("ForCausalLM", "ForConditionalGeneration", "LMHeadModel", "WithLMHead")


def require_config(source: ModelSource) -> Any:
    """Return the configuration of a model folder, an object of transformers.

    Raises:
        ModelError: the folder is an adapter or quantised, needs code of its own, or is of a type that this transformers
            does not know.
    """
    if (source.path / "adapter_config.json").is_file():
        raise source.refusal(
            "holds an adapter (adapter_config.json), which Citewell does not apply. Merge it into its base model "
            "(merge_and_unload of peft) and give the folder of the merged model."
        )
    if not (source.path / "config.json").is_file():
        raise _no_config(source)
    raw = source.read_object("config.json")
    _refuse_quantised(source, raw)
    _refuse_own_loading(source, raw)
    _refuse_unknown_type(source, raw)
    return _built(source)


def require_decoder(source: ModelSource, config: Any) -> None:
    """Check that a configuration is that of a model that writes text.

    Raises:
        ModelError: it is an encoder, an encoder-decoder, a model for images or sound, or has another head.
    """
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    )

    name = architecture(config)
    if config.is_encoder_decoder:
        raise source.refusal(f"is an encoder-decoder model ({shown(name)}), not a chat model. {OTHER_CHAT_MODEL}")
    if config.model_type not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        raise source.refusal(f"is {_kind(config.model_type)} ({shown(name)}), not a chat model. {OTHER_CHAT_MODEL}")
    if config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not getattr(config, "is_decoder", True):
        raise source.refusal(f"is an encoder ({shown(name)}), not a chat model. {OTHER_CHAT_MODEL}")
    if config.architectures and not name.endswith(_GENERATIVE):
        raise source.refusal(
            f"is a model of the class {shown(name)}, which has no head that writes text. {OTHER_CHAT_MODEL}"
        )


def architecture(config: Any) -> str:
    """Return the class that a model was saved from, or its type if it does not say."""
    return str(config.architectures[0]) if config.architectures else f"type {config.model_type}"


def _no_config(source: ModelSource) -> Exception:
    if gguf := next(iter(sorted(source.path.glob("*.gguf"))), None):
        return source.refusal(
            f"is a folder with GGUF files and no config.json. Name the file itself: {shown(gguf.name)} in that folder."
        )
    return source.refusal("is not a model folder: config.json is missing. Give the folder that holds it.")


def _refuse_quantised(source: ModelSource, raw: dict[str, Any]) -> None:
    for config in _with_nested(raw):
        if found := config.get("quantization_config") or config.get("compression_config"):
            method = found.get("quant_method") if isinstance(found, dict) else None
            raise source.refusal(
                f"is quantised ({shown(method or 'quantization_config')}), which Citewell does not read. Choose the "
                "original weights (Citewell makes its own int8 from them), or a GGUF file of the model."
            )


def _refuse_own_loading(source: ModelSource, raw: dict[str, Any]) -> None:
    """Refuse a configuration that names files or kernels to load, which may lie on the hub."""
    for config in _with_nested(raw):
        for key in ("transformers_weights", "fusion_config"):
            if config.get(key):
                raise source.refusal(
                    f"asks for {key} in its config.json, which Citewell does not follow. Remove that entry, or choose "
                    "another model."
                )
        for key, value in config.items():
            if key.endswith(("attn_implementation", "experts_implementation")):
                _refuse_kernel(source, key, value)


def _refuse_kernel(source: ModelSource, key: str, value: Any) -> None:
    asked = value.values() if isinstance(value, dict) else [value]
    if foreign := next((name for name in asked if isinstance(name, str) and "/" in name), None):
        raise source.refusal(
            f"asks for {shown(foreign)} ({key} in its config.json), code that would be fetched from the hub. Remove "
            "that entry, or choose another model."
        )


def require_own_attention(source: ModelSource, asked: Any) -> None:
    """Check that an attention that is asked for is one of torch's own: others are fetched as kernels.

    Raises:
        ModelError: it is another.
    """
    if asked is not None and asked not in _ATTENTION:
        raise source.refusal(
            f"asks for the attention {shown(asked)}, which Citewell does not have. Remove attn_implementation from its "
            "configuration, or choose another model."
        )


def _refuse_unknown_type(source: ModelSource, raw: dict[str, Any]) -> None:
    import transformers
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    model_type = raw.get("model_type")
    if isinstance(model_type, str) and model_type in CONFIG_MAPPING:
        return
    if raw.get("auto_map"):
        raise source.refusal(
            "needs Python code of its own (auto_map in config.json; trust_remote_code), which Citewell never runs. "
            f"{OTHER_CHAT_MODEL}"
        )
    if not model_type:
        raise source.refusal("has a config.json that names no model_type. Give a folder in the layout of transformers.")
    raise source.refusal(
        f"is a model of the type '{shown(model_type)}', which transformers {transformers.__version__}, installed here, "
        "does not know. A newer Citewell may; until then choose another model."
    )


def _built(source: ModelSource) -> Any:
    import transformers

    try:
        return transformers.AutoConfig.from_pretrained(str(source.path), local_files_only=True, trust_remote_code=False)
    except Exception as error:
        raise source.refusal(
            f"has a config.json that transformers {transformers.__version__} cannot use ({first_line(error)}). Fetch "
            "or copy the model again, or choose another."
        ) from error


def _with_nested(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a configuration and those within it, such as `text_config`."""
    yield config
    for value in config.values():
        if isinstance(value, dict):
            yield from _with_nested(value)


def _kind(model_type: str) -> str:
    """Return a phrase for a type of model that writes no text alone."""
    from transformers.models.auto import modeling_auto as auto

    kinds = (
        (auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES, "an encoder-decoder model"),
        (auto.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES, "a model for images and text"),
        (auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES, "an encoder"),
        (auto.MODEL_FOR_AUDIO_CLASSIFICATION_MAPPING_NAMES, "a model for sound"),
        (auto.MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES, "a model for speech"),
        (auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES, "a model for images"),
        (auto.MODEL_FOR_ZERO_SHOT_IMAGE_CLASSIFICATION_MAPPING_NAMES, "a model for images"),
    )
    return next((phrase for names, phrase in kinds if model_type in names), "a model for another task")
