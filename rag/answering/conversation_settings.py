"""Settings of one conversation: those that affect answers, by the same names and in the same ranges.

Values come from people and from stored conversations. Each is checked by itself, to show every mistake at its field.
"""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError, create_model

from rag.answering.ask_options import AskOptions
from rag.errors import SettingsError
from rag.settings import Settings
from rag.types.decoding import DECODING_SETTINGS, Decoding

CHOICES = ("model", "passages", "strictness", "system_prompt", *DECODING_SETTINGS)
"""Names of the settings that a conversation can have."""

_MAX_PROMPT_CHARACTERS = 8000


def options(settings: Settings, chosen: Mapping[str, Any], models: Collection[str] = ()) -> AskOptions:
    """Return the chosen values, over these settings, as options of `Assistant.ask`.

    The model, one of `models`, is not among them: it is chosen with the assistant.

    Raises:
        SettingsError: a value is invalid; the message names the first.
    """
    if wrong := problems(settings, chosen, models):
        name, why = next(iter(wrong.items()))
        raise SettingsError(f"The conversation's setting '{name}' cannot be used: {why}")
    values = _checked(chosen)
    decoding = {name: values.get(name, getattr(settings, name)) for name in DECODING_SETTINGS}
    return AskOptions(
        passages=values.get("passages"),
        strictness=values.get("strictness"),
        system_prompt=values.get("system_prompt"),
        decoding=Decoding(**decoding),
    )


def problems(settings: Settings, chosen: Mapping[str, Any], models: Collection[str] = ()) -> dict[str, str]:
    """Return a sentence for each name whose value is invalid; none if all can be used."""
    wrong = {name: "There is no such setting." for name in chosen if name not in CHOICES}
    right: dict[str, Any] = {}
    for name in CHOICES:
        if name in chosen:
            try:
                value = _checked({name: chosen[name]})[name]
                if name in DECODING_SETTINGS:
                    Decoding(**{name: value})
                right[name] = value
            except SettingsError as error:
                wrong[name] = str(error)
    if (model := right.get("model")) is not None and model not in models:
        wrong["model"] = f"There is no model '{model}' here. There is {', '.join(models) or 'none'}."
    try:
        Decoding(**{name: right.get(name, getattr(settings, name)) for name in DECODING_SETTINGS})
    except SettingsError as error:
        wrong["beams"] = str(error)
    return wrong


def _checked(chosen: Mapping[str, Any]) -> dict[str, Any]:
    try:
        values: dict[str, Any] = _Chosen.model_validate(dict(chosen)).model_dump(exclude_unset=True)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        raise SettingsError(f"{message[0].upper()}{message[1:]}.") from error
    if len(values.get("system_prompt") or "") > _MAX_PROMPT_CHARACTERS:
        raise SettingsError(f"The system prompt may have {_MAX_PROMPT_CHARACTERS} characters.")
    return values


_FIELDS: dict[str, Any] = {
    name: (Settings.model_fields[name].annotation, Settings.model_fields[name]) for name in CHOICES
}
_Chosen = create_model("_Chosen", **_FIELDS)
