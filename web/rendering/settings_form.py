"""The settings panel as HTML (pure): what a conversation may have of its own, with the app's settings as defaults."""

from collections.abc import Sequence
from html import escape

from rag.settings import Settings

_PANEL = """
<form class="cw-settings" aria-label="Settings of this conversation" novalidate>
<fieldset class="cw-whole" disabled>
  <p class="cw-note">For this conversation, from the next question on. An empty field is as the app is set.</p>
  <label for="cw-set-model">Model</label>
  <select id="cw-set-model" name="model" aria-describedby="cw-said-model">{models}</select>
  {model_problem}
  <fieldset><legend>Answers are</legend>
    <label><input type="radio" name="kind" value="deterministic" {deterministic}> deterministic: always the same</label>
    <label><input type="radio" name="kind" value="stochastic" {stochastic}> stochastic: chosen by chance</label>
  </fieldset>
  <fieldset class="cw-deterministic"><legend class="cw-unseen">Deterministic</legend>{deterministic_fields}</fieldset>
  <fieldset class="cw-stochastic"><legend class="cw-unseen">Stochastic</legend>{stochastic_fields}</fieldset>
  {fields}
  <label for="cw-set-strictness">When to answer</label>
  <span class="cw-slider"><span>helpful</span>
    <input id="cw-set-strictness" name="strictness" type="range" min="0" max="1" step="0.05" value="{strictness}"
      data-default="{strictness}" aria-describedby="cw-said-strictness">
    <span>strict</span> <output for="cw-set-strictness">{strictness}</output></span>
  {strictness_problem}
  <label for="cw-set-stop">Stop before these texts, one a line</label>
  <textarea id="cw-set-stop" name="stop" rows="2" aria-describedby="cw-said-stop"></textarea>
  {stop_problem}
  <label for="cw-set-system_prompt">What the model is told before everything else</label>
  <textarea id="cw-set-system_prompt" name="system_prompt" rows="5" placeholder="Citewell’s own"
    aria-describedby="cw-said-system_prompt"></textarea>
  {system_prompt_problem}
  <p class="cw-problem cw-error" role="alert" data-for=""></p>
  <div class="cw-buttons"><button type="reset" class="cw-button">Reset all</button></div>
</fieldset>
</form>
"""
"""Disabled until `settings.js` listens: what is typed before that would be lost."""

_SAMPLED = {
    "temperature": "Temperature",
    "top_p": "Top-p",
    "top_k": "Top-k (0: all)",
    "seed": "Seed (repeats an answer)",
}
_SEARCHED = {"beams": "Beams (1: greedy)"}
_ALWAYS = {"max_new_tokens": "Longest answer, in tokens", "passages": "Passages that the model reads"}
_WARM = 0.7


def panel(settings: Settings, models: Sequence[str]) -> str:
    """The panel; `models` are those that can be chosen, the one that is set first."""
    is_stochastic = settings.temperature > 0
    return _PANEL.format(
        models=_models(models),
        model_problem=_problem("model"),
        deterministic="" if is_stochastic else "checked",
        stochastic="checked" if is_stochastic else "",
        deterministic_fields=_fields(_SEARCHED, settings),
        stochastic_fields=_fields(_SAMPLED, settings),
        fields=_fields(_ALWAYS, settings),
        strictness=round(settings.strictness, 2),
        strictness_problem=_problem("strictness"),
        stop_problem=_problem("stop"),
        system_prompt_problem=_problem("system_prompt"),
    )


def _models(models: Sequence[str]) -> str:
    own, *others = map(escape, models)
    return f'<option value="">{own}</option>' + "".join(f'<option value="{name}">{name}</option>' for name in others)


def _fields(labels: dict[str, str], settings: Settings) -> str:
    return "".join(_field(name, label, settings) for name, label in labels.items())


def _field(name: str, label: str, settings: Settings) -> str:
    default = getattr(settings, name)
    shown = (default or _WARM) if name == "temperature" else "by chance" if default is None else default
    return (
        f'<label for="cw-set-{name}">{label}</label>'
        f'<input id="cw-set-{name}" name="{name}" type="number" step="any" placeholder="{shown}" '
        f'data-default="{default}" aria-describedby="cw-said-{name}">{_problem(name)}'
    )


def _problem(name: str) -> str:
    return f'<p id="cw-said-{name}" class="cw-problem cw-error" role="alert" data-for="{name}"></p>'
