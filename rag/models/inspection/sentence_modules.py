"""The parts of a sentence-transformers model, by modules.json and the settings of each part.

Its loader imports classes that these files name and opens pickled weights of a part that has no others, so only parts
and settings that are known here are let through.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from rag.models.inspection.model_config import require_own_attention
from rag.models.inspection.model_source import ModelSource, shown
from rag.models.inspection.weight_files import require_weights

_WITHOUT_WEIGHTS = {"Transformer", "Pooling", "Normalize", "Dropout", "LogitScore"}
_ROUTERS = {"Router", "Asym"}
_WITH_WEIGHTS = {"Dense", "StaticEmbedding", "LayerNorm", "WeightedLayerPooling"}
_ROUTES = ("router_config.json", "config.json")
_TRANSFORMER_SETTINGS = (
    *("sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json"),
    *("sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json"),
    "sentence_xlnet_config.json",
)
_PLAIN_SETTINGS = {
    *("max_seq_length", "do_lower_case", "transformer_task", "modality_config", "module_output_name"),
    *("processing_kwargs", "unpad_inputs", "query_length", "document_length", "query_expansion"),
}
_ARGUMENTS = re.compile(r"(model|tokenizer|processor|config)_(args|kwargs)")
_PLAIN_ARGUMENTS = {
    *("dtype", "torch_dtype", "attn_implementation", "add_pooling_layer", "use_cache", "use_fast"),
    *("model_max_length", "max_length", "padding_side", "truncation_side", "do_lower_case"),
}
_TASKS = {"feature-extraction", "sequence-classification", "text-generation"}
_METHODS = {"forward", "get_text_features", "get_image_features"}

_ACTIVATION = re.compile(r"torch\.nn\.(modules\.(activation|linear)\.)?(\w+)")
_ACTIVATIONS = {
    *("Identity", "Sigmoid", "Tanh", "ReLU", "GELU", "SiLU", "ELU", "LeakyReLU", "Mish", "Hardtanh", "LogSigmoid"),
    *("Softplus", "Softsign", "ReLU6", "SELU", "CELU"),
}


@dataclass(frozen=True, slots=True)
class SentenceModule:
    """One part of a sentence-transformers model: the name of its class, and its folder."""

    kind: str
    source: ModelSource


def require_modules(source: ModelSource) -> list[SentenceModule]:
    """Return the parts that modules.json names, none if there is no such file; those of a router in its place.

    Raises:
        ModelError: a part is not sentence-transformers' own, has pickled weights, or asks for what is not done here.
    """
    entries = source.read_json("modules.json")
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
        raise source.damaged("modules.json")
    modules = [module for entry in entries for module in _parts(source, entry)]
    for module in modules:
        _require_plain(module)
    return modules


def saved_as(source: ModelSource) -> str:
    """Return the class of sentence-transformers that saved a folder; folders of old versions do not say."""
    return str(source.read_object("config_sentence_transformers.json").get("model_type", "SentenceTransformer"))


def require_known_activation(source: ModelSource, name: Any) -> None:
    """Check that a function named in a settings file is an activation function of torch; None is fine.

    Raises:
        ModelError: it is something else, which the loader would call or replace in silence.
    """
    if name is None:
        return
    found = _ACTIVATION.fullmatch(str(name))
    if found is None or found[3] not in _ACTIVATIONS:
        raise source.refusal(
            f"names {shown(name)} as an activation function, which is none of torch's. Citewell runs no code that a "
            "model names; choose another model."
        )


def _parts(source: ModelSource, entry: dict[str, Any]) -> list[SentenceModule]:
    module = _module(source, entry, _WITHOUT_WEIGHTS | _WITH_WEIGHTS | _ROUTERS)
    if module.kind not in _ROUTERS:
        return [module]
    file = next((name for name in _ROUTES if (module.source.path / name).is_file()), _ROUTES[0])
    types = module.source.read_object(file).get("types")
    if not isinstance(types, dict) or not types:
        raise source.damaged(file)
    entries = [{"type": kind, "path": path} for path, kind in types.items()]
    return [_module(module.source, each, _WITHOUT_WEIGHTS | _WITH_WEIGHTS) for each in entries]


def _module(source: ModelSource, entry: dict[str, Any], known: set[str]) -> SentenceModule:
    package, _, kind = str(entry.get("type", "")).rpartition(".")
    if package.split(".")[0] != "sentence_transformers":
        raise source.refusal(
            f"names {shown(entry.get('type'))} in modules.json, code that is not part of sentence-transformers, which "
            "Citewell never runs. Choose another model."
        )
    if kind not in known:
        raise source.refusal(
            f"has a part of the kind {shown(kind)} (modules.json), which Citewell does not run. Choose a model of a "
            "transformer and pooling."
        )
    path = PurePosixPath(str(entry.get("path", "")))
    if path.is_absolute() or ".." in path.parts or "\\" in str(path):
        raise source.damaged("modules.json")
    return SentenceModule(kind, ModelSource(source.path / Path(*path.parts), source.name))


def _require_plain(module: SentenceModule) -> None:
    source = module.source
    if not source.path.is_dir() and module.kind in {*_WITH_WEIGHTS, "Transformer"}:
        raise source.refusal(
            f"lacks the folder {shown(source.path.name)}, which modules.json names. Fetch or copy the complete model."
        )
    if module.kind == "Transformer":
        _require_plain_settings(source)
    elif module.kind in _WITH_WEIGHTS:
        require_weights(source)
        require_known_activation(source, source.read_object("config.json").get("activation_function"))


def _require_plain_settings(source: ModelSource) -> None:
    """Check a transformer's settings: they may name other models, files, code and methods to call."""
    for file in _TRANSFORMER_SETTINGS:
        settings = source.read_object(file)
        asked = [key for key in settings if key not in _PLAIN_SETTINGS and not _ARGUMENTS.fullmatch(key)]
        for key in filter(_ARGUMENTS.fullmatch, settings):
            arguments = settings[key] or {}
            if not isinstance(arguments, dict):
                raise source.damaged(file)
            asked += [name for name in arguments if name not in _PLAIN_ARGUMENTS]
            require_own_attention(source, arguments.get("attn_implementation"))
        task, modalities = settings.get("transformer_task"), settings.get("modality_config") or {}
        if not isinstance(task, str | None) or not isinstance(modalities, dict):
            raise source.damaged(file)
        asked += [f"transformer_task {task}"] if task not in {None, *_TASKS} else []
        asked += [method for method in _methods(modalities) if method not in _METHODS]
        if asked:
            raise source.refusal(
                f"asks in {file} for {shown(asked[0])}, which Citewell does not follow. Remove that entry, or choose "
                "another model."
            )


def _methods(modalities: dict[str, Any]) -> list[str]:
    return [str(modality.get("method", "forward")) for modality in modalities.values() if isinstance(modality, dict)]
