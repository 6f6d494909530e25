"""Fit the probe that tells yes from no: `python -m benchmarks.quality.fit_yes_no --boolq FILE [--check FILE …]`.

The default model reads each question with its quote, as in the product, and a linear map is fitted to its hidden
states. The layer and the strength of the ridge are chosen by cross-validation that leaves out whole quotes, and the
certainty is scaled to what it is on quotes left out.

The questions are those of yes_no.jsonl, written for this project in thirteen languages under its own licence; 1,200 of
BoolQ (Clark et al. 2019, arXiv:1905.10044; CC BY-SA 3.0), each with the two sentences of its passage that are nearest
to it; and claims of support.jsonl, supported and contradicted ones, with a question mark behind them.

`--check` says how right the probe of the package is on questions that no fit saw: JSON lines with text, question,
answer (yes, no or unanswerable), question_language. yes_no_blind.jsonl has 160 about twenty documents in six languages,
by somebody who had seen neither the program nor the other questions.
"""

import argparse
import gzip
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.machine import describe
from benchmarks.quality.fit_support import Pair, StateReader, report_certainty, written_pairs
from evaluation.set_files import read_json_lines
from rag.answering.yes_no import nearest_quote
from rag.generation.generator import LocalGenerator
from rag.generation.probe_files import PROBES
from rag.generation.yes_no_probe import yes_no_messages
from rag.interfaces import Embedder
from rag.services import Services
from rag.settings import load_settings
from rag.types import Chunk, Passage

_HERE = Path(__file__).parent
LAYERS = (17, 18, 20)
"""Layers to try, of 28: those that the other probes have read already cost nothing."""

_STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3)
_FOLDS = 5
_BOOLQ, _CLAIMS = 1200, 600
LEARNED = 2000
"""Rows of BoolQ from which those that are learned are taken; what comes after is to measure with."""


def questions(boolq: Path, embedder: Embedder) -> list[Pair]:
    """Return questions as claims, labelled "yes" or "no", with their quotes."""
    found: list[Pair] = []
    for row in read_json_lines(_HERE / "yes_no.jsonl"):
        found += [{"quote": row["quote"], "claim": each, "label": a} for a in ("yes", "no") for each in row[a]]
    chance = random.Random(0)
    claims = [
        {**pair, "claim": as_question(pair["claim"]), "label": "yes" if pair["label"] == "supported" else "no"}
        for pair in written_pairs()
        if pair["label"] != "not_stated" and pair["claim"] not in pair["quote"]
    ]
    with gzip.open(boolq, "rt", encoding="utf-8") as lines:
        rows = list(map(json.loads, lines))
    for row in chance.sample(rows[:LEARNED], _BOOLQ):
        title, _, text = row["passage"].partition(" -- ")
        question = as_question(row["question"])
        quote = nearest_quote(question, [_passage(text, title)], embedder)
        found.append({"quote": quote, "claim": question, "label": "yes" if row["orig_label"] == "1" else "no"})
    return [*found, *chance.sample(claims, _CLAIMS)]


def as_question(text: str) -> str:
    """Return a text with a capital and a question mark."""
    text = text.strip()
    mark = "？" if text.endswith("。") else "?"
    return text[:1].upper() + text[1:].rstrip(".。!? ") + mark


def _passage(text: str, title: str = "") -> Passage:
    chunk = Chunk(
        id=0,
        document_id=0,
        document="",
        page=1,
        page_label="",
        start=0,
        end=len(text),
        text=text,
        heading="",
        title=title,
    )
    return Passage(chunk=chunk, score=1.0)


def fit(states: NDArray[np.float16], pairs: Sequence[Pair], out: Path) -> None:
    """Choose layer and strength, fit on all pairs, and write the probe."""
    is_yes, quotes = np.array([pair["label"] == "yes" for pair in pairs]), np.array([pair["quote"] for pair in pairs])
    tried = {}
    for place, layer in enumerate(LAYERS):
        for strength in _STRENGTHS:
            logits = _held_out(states[:, place].astype(np.float32), is_yes, quotes, strength)
            tried[place, strength] = logits
            print(f"layer {layer}, C {strength}: AUC {roc_auc_score(is_yes, logits):.4f} on quotes left out")
    place, strength = max(tried, key=lambda each: float(roc_auc_score(is_yes, tried[each])))
    logits = tried[place, strength]
    scale = LogisticRegression(C=1e6).fit(logits[:, None], is_yes)
    factor, shift = float(scale.coef_[0, 0]), float(scale.intercept_[0])
    model = _model(strength).fit(states[:, place].astype(np.float32), is_yes)
    scaler, linear = model[0], model[1]
    weights = linear.coef_[0] / scaler.scale_
    bias = float(linear.intercept_[0] - weights @ scaler.mean_)
    about = {
        "layer": str(LAYERS[place]),
        "trailing": "0",
        "bias": repr(bias * factor + shift),
        "auc": f"{roc_auc_score(is_yes, logits):.4f}",
        "questions": str(len(pairs)),
    }
    save_file({"weights": np.ascontiguousarray(weights * factor, np.float32)}, out, about)
    print(f"{out.name}: {about}; on quotes left out:")
    report_certainty(1 / (1 + np.exp(-(factor * logits + shift))), is_yes)


def _model(strength: float) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def _held_out(
    states: NDArray[np.float32], is_yes: NDArray[np.bool_], quotes: NDArray[Any], strength: float
) -> NDArray[np.float64]:
    logits = np.zeros(len(states))
    for train, test in GroupKFold(_FOLDS).split(states, groups=quotes):
        logits[test] = _model(strength).fit(states[train], is_yes[train]).decision_function(states[test])
    return logits


def check(generator: LocalGenerator, embedder: Embedder, file: Path) -> None:
    """Print how right yes and no are told of texts."""
    rows = [row for row in read_json_lines(file) if row["answer"] in ("yes", "no")]
    said = []
    for row in rows:
        quote = nearest_quote(row["question"], [_passage(row["text"])], embedder)
        said.append(generator.probability_of_yes(row["question"], quote) or 0.0)
    is_yes, likely = np.array([row["answer"] == "yes" for row in rows]), np.array(said)
    english = np.array([row["question_language"] == "en" for row in rows])
    for name, chosen in (("English", english), ("other languages", ~english)):
        right = ((likely >= 0.5) == is_yes)[chosen].mean()
        print(f"{name}: AUC {roc_auc_score(is_yes[chosen], likely[chosen]):.3f}, right {right:.2f} of {chosen.sum()}")
    report_certainty(likely, is_yes)


def main() -> int:
    """Fit or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boolq", type=Path, help="questions of BoolQ with their passages (JSON lines, gzipped)")
    parser.add_argument("--check", type=Path, nargs="+", help="questions to report on")
    parser.add_argument("--states", type=Path, help="file to keep the states in, so that a fit can be repeated (.npy)")
    arguments = parser.parse_args()
    if not arguments.check and not arguments.boolq:
        parser.error("say where BoolQ is (--boolq), or what to check (--check)")
    print(describe())
    with Services(load_settings(model="default")) as services:
        generator, embedder = services.generator, services.embedder
        if not isinstance(generator, LocalGenerator):
            raise TypeError("the default model runs in this process")
        if arguments.check:
            for file in arguments.check:
                check(generator, embedder, file)
            return 0
        pairs = questions(arguments.boolq, embedder)
        if arguments.states and arguments.states.is_file():
            states = np.load(arguments.states)
        else:
            states = StateReader(generator, LAYERS, yes_no_messages).read(pairs)
        if arguments.states:
            np.save(arguments.states, states)
    fit(states, pairs, Path(str(PROBES / "qwen2.5-coder-1.5b-yes-no.safetensors")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
