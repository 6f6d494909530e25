"""`citewell eval probe`: fit an answerability probe on answerable and unanswerable cases.

The model reads the prompt of each case as in the product; its hidden states at the end of the question are collected
from several layers. The probe is a logistic regression on the states of one layer. The layer and the regularisation are
chosen by cross-validation that leaves out whole documents, so that no probe is tested on a document it was fitted on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from evaluation.cases import Case, read_cases
from evaluation.given_passages import as_passages
from evaluation.probe_cases import squad2_probe_cases
from evaluation.set_files import EvaluationError, explain
from rag.answering.prompt import build_messages
from rag.answering.system_prompts import default_system_prompt, with_language
from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.forward import States as StatesByLayer
from rag.generation.generator import LocalGenerator
from rag.generation.loading import best_device
from rag.generation.prefix_cache import PrefixCache
from rag.runtime.compute_thread import on_compute_thread
from rag.runtime.progress import Progress
from rag.text.language import detect_language

_PREFILL_TOKENS = 256
_FOLDS = 5
_MIN_DOCUMENTS = 2
_SQUAD2_PARAGRAPHS, _SQUAD2_SEED = 200, 1
_PENALTIES = (3e-4, 1e-3, 3e-3)
"""Inverse strengths of the regularisation to try."""

_DEPTHS = (0.5, 0.75)
"""Layers to try: from half the depth of the model to three quarters."""

_PREFIX_BYTES = 200_000_000

States = npt.NDArray[np.float32]
"""Shape (cases, layers, hidden)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFit:
    """The layer of a fitted probe, its area under the ROC curve on documents left out, and its number of cases."""

    layer: int
    penalty: float
    auc: float
    by_layer: dict[int, float]
    cases: int
    answerable: int


def probe_cases(sources: Sequence[Path]) -> list[Case]:
    """Return the cases of some files to fit on; of a folder with SQuAD 2.0, a sample.

    Raises:
        EvaluationError: a case cannot be used, or there are not enough.
    """
    cases = [case for source in sources for case in _cases_of(source)]
    for case in cases:
        if not case.passages or case.can_be_answered is None:
            raise EvaluationError(f"Case '{case.id}' cannot be used: it needs passages, and 'answerable'.")
    kinds = {case.can_be_answered for case in cases}
    if len(kinds) < len((True, False)) or len({case.passages[0].title for case in cases}) < _MIN_DOCUMENTS:
        raise EvaluationError(
            f"A probe needs cases of both kinds, answerable and not, from {_MIN_DOCUMENTS} documents or more: each "
            "is tested on documents that it was not fitted on."
        )
    _require_both_kinds(cases)
    return cases


def _require_both_kinds(cases: Sequence[Case]) -> None:
    """Check before a model reads the cases that some of both kinds are left wherever documents are left out.

    Raises:
        EvaluationError: there are not.
    """
    labels, groups = np.array([bool(case.can_be_answered) for case in cases]), _groups(cases)
    for train, _ in _folds(groups).split(labels, labels, groups):
        if len(set(labels[train].tolist())) < len((True, False)):
            raise EvaluationError(
                "A probe needs cases of both kinds, answerable and not, in more documents: without some of them, those "
                "left are of one kind only."
            )


def _groups(cases: Sequence[Case]) -> list[str]:
    return [case.passages[0].title for case in cases]


def _folds(groups: Sequence[str]) -> GroupKFold:
    return GroupKFold(min(_FOLDS, len(set(groups))))


def _cases_of(source: Path) -> Sequence[Case]:
    if not source.is_dir():
        return read_cases(source)
    try:
        return squad2_probe_cases(source, _SQUAD2_PARAGRAPHS, _SQUAD2_SEED)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{source} does not hold SQuAD 2.0 ({explain(error)}).") from error


def fit_probe(cases: Sequence[Case], generator: LocalGenerator, out: Path, progress: Progress) -> ProbeFit:
    """Fit a probe on some cases, and write it to `out`.

    Raises:
        EvaluationError: `out` cannot be written.
    """
    layers = _layers(generator)
    states = read_states(cases, generator, layers, progress)
    labels = np.array([bool(case.can_be_answered) for case in cases])
    fit, probe = select_probe(states, labels, _groups(cases), layers)
    about = {"layer": str(fit.layer), "bias": repr(probe.bias), "trailing": str(generator.trailing_tokens())}
    about |= {"auc": f"{fit.auc:.3f}", "cases": str(len(cases))}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_file({"weights": torch.from_numpy(probe.weights).half()}, out, about)
    except OSError as error:
        raise EvaluationError(f"{out} cannot be written: {error.strerror}. Choose another file.") from error
    return fit


def _layers(generator: LocalGenerator) -> tuple[int, ...]:
    depth = int(generator.model.config.num_hidden_layers)
    return tuple(range(int(_DEPTHS[0] * depth), int(_DEPTHS[1] * depth) + 1))


def read_states(cases: Sequence[Case], generator: LocalGenerator, layers: Sequence[int], progress: Progress) -> States:
    """Return the hidden states at the end of each question. Consecutive cases with equal passages share a prefill."""
    runner = ModelRunner(generator.model, best_device(), layers)
    prefixes = PrefixCache(_PREFIX_BYTES)
    states: list[torch.Tensor] = []
    trailing = generator.trailing_tokens()
    for number, case in enumerate(cases, start=1):
        prompt = generator.prompt_tokens(messages(case, generator.parameters))
        on_compute_thread(_prefill, runner, prefixes, prompt[: len(prompt) - trailing], states)
        progress("reading cases", number, len(cases))
    return torch.stack(states).numpy()


def messages(case: Case, parameters: int = 0) -> list[dict[str, str]]:
    """Return the prompt of a case as the product builds it for a model of so many parameters."""
    passages, language = as_passages(case), case.language or detect_language(case.question)
    system_prompt = with_language(default_system_prompt(parameters), language, passages)
    return build_messages(system_prompt, [], passages, case.question)


def _prefill(runner: ModelRunner, prefixes: PrefixCache, prompt: list[int], states: list[torch.Tensor]) -> None:
    cache = prefixes.new_cache(prompt, len(prompt), [], runner.new_cache(len(prompt)))
    while cache.length < len(prompt):
        tokens = prompt[cache.length :][:_PREFILL_TOKENS]
        is_last = cache.length + len(tokens) == len(prompt)
        on_state = partial(_keep, states) if is_last else None
        runner.forward([ForwardInput(cache, tokens, 0, on_state, state_row=len(tokens) - 1)])
    prefixes.store(prompt, cache)


def _keep(states: list[torch.Tensor], found: StatesByLayer) -> None:
    states.append(torch.stack(list(found.values())))


@dataclass(frozen=True, slots=True)
class ProbeWeights:
    """Weights and bias of a probe, for unscaled hidden states."""

    weights: States
    bias: float


def select_probe(
    states: States, labels: npt.NDArray[np.bool_], groups: Sequence[str], layers: Sequence[int]
) -> tuple[ProbeFit, ProbeWeights]:
    """Select layer and penalty by cross-validation over whole groups, and fit the probe with them on all cases.

    Its log-odds are scaled to those on documents left out, where a probe is less sure than on those it was fitted on.
    """
    folds = _folds(groups)
    found: dict[tuple[int, float], tuple[float, npt.NDArray[np.float64]]] = {}
    for index, layer in enumerate(layers):
        for penalty in _PENALTIES:
            held_out = np.zeros(len(labels))
            for train, test in folds.split(states, labels, groups):
                model = _pipeline(penalty).fit(states[train, index], labels[train])
                held_out[test] = model.decision_function(states[test, index])
            found[layer, penalty] = (float(roc_auc_score(labels, held_out)), held_out)
    (layer, penalty), (auc, held_out) = max(found.items(), key=lambda item: item[1][0])
    scale = LogisticRegression().fit(held_out[:, None], labels)
    model = _pipeline(penalty).fit(states[:, list(layers).index(layer)], labels)
    by_layer = {each: max(found[each, p][0] for p in _PENALTIES) for each in layers}
    fit = ProbeFit(
        layer=layer, penalty=penalty, auc=auc, by_layer=by_layer, cases=len(labels), answerable=int(labels.sum())
    )
    return fit, _scale(model, float(scale.coef_[0, 0]), float(scale.intercept_[0]))


def _pipeline(penalty: float) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=penalty, max_iter=1000))


def _scale(model: Any, slope: float, offset: float) -> ProbeWeights:
    """Return the weights of the regression with the scaler folded in, and its log-odds scaled."""
    scaler, regression = model[0], model[-1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    return ProbeWeights((slope * weights).astype(np.float32), slope * bias + offset)
