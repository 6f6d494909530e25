"""A model's tokenizer and chat template, by their files."""

from collections.abc import Iterator
from typing import Any

from rag.models.inspection.model_source import ModelSource, shown

_FILES = (
    *("tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"),
    *("vocab.json", "vocab.txt", "tekken.json"),
)
_SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token")


def require_tokenizer(source: ModelSource, config: Any, rows: int | None) -> None:
    """Check that a folder has a tokenizer which fits an embedding of so many rows (None: unknown).

    Raises:
        ModelError: it has none or a damaged one, or the tokenizer needs code of its own or is that of another model.
    """
    if not any((source.path / name).is_file() for name in _FILES):
        raise source.refusal("has no tokenizer (tokenizer.json is missing). Fetch or copy the complete model.")
    settings = source.read_object("tokenizer_config.json")
    source.read_object("special_tokens_map.json")
    if settings.get("auto_map") and not _has_own_class(settings, config):
        raise source.refusal(
            "has a tokenizer that needs Python code of its own (auto_map in tokenizer_config.json; trust_remote_code), "
            "which Citewell never runs. Choose another model."
        )
    try:
        largest = max(_required_ids(source, _read_tokenizer(source), settings), default=0)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise source.damaged("tokenizer.json") from error
    if rows is not None and largest >= rows:
        raise source.refusal(
            f"has a tokenizer of {largest + 1} tokens, more than the {rows} of its weights: it is that of another "
            "model. Fetch or copy the model again."
        )


def require_chat_template(source: ModelSource) -> None:
    """Check that a folder has a chat template, where a tokenizer looks for it.

    Raises:
        ModelError: it has none, or several of which none is the default.
    """
    names = _template_names(source)
    if "default" in names:
        return
    if names:
        raise source.refusal(
            f"has chat templates ({shown(', '.join(sorted(names)))}) of which none is named 'default'. Save the one "
            "for conversations as chat_template.jinja."
        )
    if (source.path / "chat_template.json").is_file():
        raise source.refusal(
            "has its chat template in chat_template.json, where tokenizers do not look. Save the template's text as "
            "chat_template.jinja beside it."
        )
    raise source.refusal(
        "has no chat template, so it was not trained to answer. Choose its instruct or chat version, or one that "
        "'citewell models list' names."
    )


def _read_tokenizer(source: ModelSource) -> dict[str, Any]:
    """Return the content of tokenizer.json once it has been read as a tokenizer; empty if there is none."""
    content = source.read_object("tokenizer.json")
    if content:
        from tokenizers import Tokenizer

        try:
            Tokenizer.from_file(str(source.path / "tokenizer.json"))
        except Exception as error:  # the library raises nothing more particular
            raise source.damaged("tokenizer.json") from error
    return content


def _template_names(source: ModelSource) -> set[str]:
    """Return the names of a folder's chat templates; files go before tokenizer_config.json."""
    files = {path.stem for path in (source.path / "additional_chat_templates").glob("*.jinja")}
    if (source.path / "chat_template.jinja").is_file():
        files.add("default")
    return files or set(_configured_templates(source.read_object("tokenizer_config.json")))


def _configured_templates(settings: dict[str, Any]) -> dict[str, str]:
    """Return the templates in a tokenizer's settings by name: one alone is the default."""
    configured = settings.get("chat_template")
    if isinstance(configured, str) and configured:
        return {"default": configured}
    if isinstance(configured, list):
        entries = [entry for entry in configured if isinstance(entry, dict)]
        return {str(entry.get("name")): str(entry.get("template")) for entry in entries}
    return {}


def _has_own_class(settings: dict[str, Any], config: Any) -> bool:
    """Return True if transformers has a class for the tokenizer, so that the folder's code is not needed."""
    from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING, tokenizer_class_from_name

    name = str(settings.get("tokenizer_class") or "").removesuffix("Fast")
    known = bool(name) and any(tokenizer_class_from_name(each) is not None for each in (name, f"{name}Fast"))
    return known or type(config) in TOKENIZER_MAPPING


def _required_ids(source: ModelSource, tokenizer: dict[str, Any], settings: dict[str, Any]) -> Iterator[int]:
    """Yield the ids that the model must have a row for: those of the vocabulary, and added tokens that prompts use.

    Others may lie beyond the embedding: the tokenizer of Gemma 3 has a token for images that the text model lacks.
    """
    vocabulary = tokenizer.get("model", {}).get("vocab", {})
    yield from [len(vocabulary) - 1] if isinstance(vocabulary, list) else map(int, vocabulary.values())
    added = {str(token["content"]): int(token["id"]) for token in tokenizer.get("added_tokens") or ()}
    declared = settings.get("added_tokens_decoder") or {}
    added |= {str(token["content"]): int(id_) for id_, token in declared.items()}
    special = {_content(settings.get(key)) for key in _SPECIAL}
    prompts = _templates_text(source, settings)
    yield from (id_ for token, id_ in added.items() if token in special or (token and token in prompts))


def _content(token: Any) -> str | None:
    return token.get("content") if isinstance(token, dict) else token


def _templates_text(source: ModelSource, settings: dict[str, Any]) -> str:
    file = source.path / "chat_template.jinja"
    try:
        written = file.read_text(encoding="utf-8") if file.is_file() else ""
    except UnicodeDecodeError as error:
        raise source.damaged(file.name) from error
    return "\n".join([written, *_configured_templates(settings).values()])
