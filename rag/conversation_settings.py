"""What may be chosen for one conversation: settings of answers, by the same names and within the same ranges.

Values come from people and from what was kept; each is checked alone, so that every mistake is told beside its field.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from pydantic import ValidationError, create_model

from rag.assistant import AskOptions
from rag.errors import SettingsError
from rag.settings import Settings
from rag.types.decoding import Decoding

_DECODING = tuple(field.name for field in fields(Decoding))
CHOICES = ("model", "passages", "strictness", "system_prompt", *_DECODING)
"""Names of the settings that may be chosen."""

_LONGEST_PROMPT = 8000


def options(settings: Settings, chosen: Mapping[str, Any], models: Collection[str] = ()) -> AskOptions:
    """The options that were chosen, over these settings. The model, one of `models`, is not among them: who asks it
    has chosen it.

    Raises:
        SettingsError: a value cannot be; the message names the first.
    """
    if wrong := problems(settings, chosen, models):
        name, why = next(iter(wrong.items()))
        raise SettingsError(f"The conversation's setting '{name}' cannot be used: {why}")
    values = _checked(chosen)
    decoding = {name: values.get(name, getattr(settings, name)) for name in _DECODING}
    return AskOptions(
        values.get("passages"), values.get("strictness"), values.get("system_prompt"), Decoding(**decoding)
    )


def problems(settings: Settings, chosen: Mapping[str, Any], models: Collection[str] = ()) -> dict[str, str]:
    """What is wrong with these values, a sentence for each name; empty if they can be used."""
    wrong = {name: "There is no such setting." for name in chosen if name not in CHOICES}
    right: dict[str, Any] = {}
    for name in CHOICES:
        if name in chosen:
            try:
                value = _checked({name: chosen[name]})[name]
                if name in _DECODING:
                    Decoding(**{name: value})
                right[name] = value
            except SettingsError as error:
                wrong[name] = str(error)
    if (model := right.get("model")) is not None and model not in models:
        wrong["model"] = f"There is no model '{model}' here. There is {', '.join(models) or 'none'}."
    try:
        Decoding(**{name: right.get(name, getattr(settings, name)) for name in _DECODING})
    except SettingsError as error:
        wrong["beams"] = str(error)
    return wrong


def _checked(chosen: Mapping[str, Any]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = _Chosen.model_validate(dict(chosen)).model_dump(exclude_unset=True)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise SettingsError(f"{said[0].upper()}{said[1:]}.") from error
    if len(values.get("system_prompt") or "") > _LONGEST_PROMPT:
        raise SettingsError(f"The system prompt may have {_LONGEST_PROMPT} characters.")
    return values


_FIELDS: dict[str, Any] = {
    name: (Settings.model_fields[name].annotation, Settings.model_fields[name]) for name in CHOICES
}
_Chosen = create_model("_Chosen", **_FIELDS)
