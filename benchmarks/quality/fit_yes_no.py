"""Fit the probe that tells yes from no: `python -m benchmarks.quality.fit_yes_no [--check FILE …]`.

The default model reads each question with a quote, as in the product, and two linear maps are fitted to its hidden
states: whether the quote decides the question, and whether it does so with yes. The layer and the strengths of the
ridge are chosen by cross-validation that leaves out whole documents, and the certainty is scaled to what it is there.

All questions were written for this project, under its own licence. Those of yes_no.jsonl are about one quote each, in
thirteen languages. Those of yes_no_documents.jsonl and the yes/no questions of answered.jsonl are about documents, with
the sentences that decide them; a few hundred are decided by none.

`--check` says how right the probe of the package is on questions that no fit saw: JSON lines with text, question,
answer (yes, no or unanswerable), question_language. yes_no_blind.jsonl has 160 about twenty documents in six languages,
by somebody who had seen neither the program nor the other questions.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
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
from benchmarks.quality.fit_support import StateReader, report_certainty
from evaluation.set_files import read_json_lines
from rag.answering.yes_no import nearest_quotes
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

_STRENGTHS = (3e-4, 1e-3, 3e-3)
_FOLDS = 5
_SENTENCES = 6
"""Sentences of a document to learn from, more than the product reads: what does not decide has to be learned too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, its answer ("yes", "no" or "unanswerable"), the quotes it is judged by, and which of them decide it.

    `about` tells what the question is about, and `is_chosen` whether its quotes were the nearest of a document.
    """

    question: str
    answer: str
    quotes: tuple[str, ...]
    decides: tuple[bool, ...]
    about: str
    is_chosen: bool = True


def questions(embedder: Embedder) -> list[Asked]:
    """Return the questions to learn."""
    found = []
    for row in read_json_lines(_HERE / "yes_no.jsonl"):
        quote = row["quote"]
        found += [
            Asked(question=each, answer=a, quotes=(quote,), decides=(True,), about=quote, is_chosen=False)
            for a in ("yes", "no")
            for each in row[a]
        ]
    for file in ("answered.jsonl", "yes_no_documents.jsonl"):
        for library in read_json_lines(_HERE / file):
            passages = [as_passage(document["text"], document["title"]) for document in library["documents"]]
            found += _about_documents(library["questions"], passages, embedder)
    return found


def _about_documents(
    rows: Sequence[dict[str, Any]], passages: Sequence[Passage], embedder: Embedder
) -> Iterator[Asked]:
    about = passages[0].chunk.text
    for row in (each for each in rows if each["kind"] == "yes_no"):
        quotes = [quote.text for quote in nearest_quotes([row["question"]], passages, embedder, _SENTENCES)]
        yield Asked(
            question=row["question"],
            answer=row.get("answer", "unanswerable"),
            quotes=tuple(quotes),
            decides=tuple(any(_is_in(quote, each) for each in row.get("sentences", ())) for quote in quotes),
            about=about,
        )


def _is_in(quote: str, sentence: str) -> bool:
    """Return True if a quote is the sentence, or a part of it, behind what it is about."""
    return sentence.strip() in quote or quote.partition(": ")[2] in sentence


def as_passage(text: str, title: str = "") -> Passage:
    """Return a document as one passage."""
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


@dataclass(frozen=True, slots=True)
class Rows:
    """The quotes of all questions, a row each: the states of one layer, and what is known of each row."""

    states: NDArray[np.float32]
    question: NDArray[np.int64]
    decides: NDArray[np.bool_]
    is_yes: NDArray[np.bool_]
    is_chosen: NDArray[np.bool_]


def _model(strength: float) -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def _map_that_decides(rows: Rows, chosen: NDArray[np.bool_], strength: float) -> Any:
    """Fit whether a quote decides the question, to the chosen rows that are quotes of documents."""
    chosen = chosen & rows.is_chosen
    return _model(strength).fit(rows.states[chosen], rows.decides[chosen])


def _map_to_yes(rows: Rows, chosen: NDArray[np.bool_], strength: float) -> Any:
    """Fit whether the answer is yes, to the chosen rows that decide it."""
    chosen = chosen & rows.decides
    return _model(strength).fit(rows.states[chosen], rows.is_yes[chosen])


def _held_out(
    rows: Rows, abouts: NDArray[Any], fitted: Callable[[Rows, NDArray[np.bool_], float], Any], strength: float
) -> NDArray[np.float64]:
    """Return the log-odds of each row by a map that was fitted to no question about the same."""
    found = np.zeros(len(rows.question))
    for train, test in GroupKFold(_FOLDS).split(abouts, groups=abouts):
        within = np.isin(rows.question, test)
        found[within] = fitted(rows, np.isin(rows.question, train), strength).decision_function(rows.states[within])
    return found


def _weighed(rows: Rows, decides: NDArray[np.float64], is_yes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-odds of yes of each question, as `YesNoProbe.verdict` weighs its quotes."""
    odds = np.exp(decides)
    return np.bincount(rows.question, odds * is_yes) / (1 + np.bincount(rows.question, odds))


def fit(states: NDArray[np.float16], asked: Sequence[Asked], out: Path) -> None:
    """Choose layer and strengths, fit on all questions, and write the probe.

    `states` are those of all quotes in their order, shape (quotes, layers, hidden).
    """
    question = np.array([index for index, each in enumerate(asked) for _ in each.quotes])
    decides = np.array([each for one in asked for each in one.decides])
    yes = np.array([each.answer == "yes" for each in asked])
    is_chosen = np.array([each.is_chosen for each in asked])
    by_layer = [
        Rows(states[:, place].astype(np.float32), question, decides, yes[question], is_chosen[question])
        for place in range(len(LAYERS))
    ]
    tested = [index for index, each in enumerate(asked) if each.is_chosen and each.answer != "unanswerable"]
    abouts = np.array([each.about for each in asked])
    tried = {}
    for place, rows in enumerate(by_layer):
        decided = {each: _held_out(rows, abouts, _map_that_decides, each) for each in _STRENGTHS}
        affirmed = {each: _held_out(rows, abouts, _map_to_yes, each) for each in _STRENGTHS}
        for strengths in product(_STRENGTHS, _STRENGTHS):
            logits = _weighed(rows, decided[strengths[0]], affirmed[strengths[1]])[tested]
            tried[place, strengths] = logits
            auc = roc_auc_score(yes[tested], logits)
            print(f"layer {LAYERS[place]}, C {strengths}: AUC {auc:.4f} on documents left out", flush=True)
    place, strengths = max(tried, key=lambda each: float(roc_auc_score(yes[tested], tried[each])))
    logits = tried[place, strengths]
    factor = float(LogisticRegression(C=1e6, fit_intercept=False).fit(logits[:, None], yes[tested]).coef_[0, 0])
    rows, chosen = by_layer[place], np.ones(len(question), bool)
    odds = np.bincount(question, np.exp(_held_out(rows, abouts, _map_that_decides, strengths[0])))
    decide, decide_bias = _unscaled(_map_that_decides(rows, chosen, strengths[0]))
    is_yes, yes_bias = _unscaled(_map_to_yes(rows, chosen, strengths[1]))
    tensors = {
        "weights": np.stack([decide, is_yes * factor]).astype(np.float32),
        "bias": np.array([decide_bias, yes_bias * factor], np.float32),
    }
    auc = f"{roc_auc_score(yes[tested], logits):.4f}"
    about = {"layer": str(LAYERS[place]), "auc": auc, "questions": str(len(asked))}
    save_file(tensors, out, about)
    print(f"{out.name}: {about}, C {strengths}, factor {factor:.2f}; on documents left out:")
    report_certainty(1 / (1 + np.exp(-factor * logits)), yes[tested])
    print("whether one of their quotes decides them:")
    report_certainty((odds / (1 + odds))[is_chosen], np.bincount(question, decides)[is_chosen] > 0)


def _unscaled(model: Any) -> tuple[NDArray[np.float64], float]:
    """Return weights and bias of a pipeline for states that are not scaled."""
    scaler, linear = model[0], model[1]
    weights = linear.coef_[0] / scaler.scale_
    return weights, float(linear.intercept_[0] - weights @ scaler.mean_)


def check(generator: LocalGenerator, embedder: Embedder, file: Path) -> None:
    """Print how right yes and no are told of texts, and how sure it is of questions that they do not answer."""
    rows = list(read_json_lines(file))
    said = []
    for row in rows:
        quotes = nearest_quotes([row["question"]], [as_passage(row["text"])], embedder)
        verdict = generator.judge_yes_no(row["question"], [quote.text for quote in quotes])
        said.append((verdict.yes, verdict.decides) if verdict else (0.0, 0.0))
    has_answer = np.array([row["answer"] in ("yes", "no") for row in rows])
    is_yes, (likely, decides) = np.array([row["answer"] == "yes" for row in rows]), np.array(said).T
    english = np.array([row["question_language"] == "en" for row in rows])
    for name, language in (("English", english), ("other languages", ~english)):
        chosen = language & has_answer
        right = ((likely >= 0.5) == is_yes)[chosen].mean()
        print(f"{name}: AUC {roc_auc_score(is_yes[chosen], likely[chosen]):.3f}, right {right:.2f} of {chosen.sum()}")
    report_certainty(likely[has_answer], is_yes[has_answer])
    if not has_answer.all():
        print(f"whether the sentences decide it: AUC {roc_auc_score(has_answer, decides):.3f}")
        report_certainty(decides, has_answer)


def main() -> int:
    """Fit or check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=Path, nargs="+", help="questions to report on")
    parser.add_argument("--states", type=Path, help="file to keep the states in, so that a fit can be repeated (.npy)")
    arguments = parser.parse_args()
    print(describe())
    with Services(load_settings(model="default")) as services:
        generator, embedder = services.generator, services.embedder
        if not isinstance(generator, LocalGenerator):
            raise TypeError("the default model runs in this process")
        if arguments.check:
            for file in arguments.check:
                check(generator, embedder, file)
            return 0
        asked = questions(embedder)
        if arguments.states and arguments.states.is_file():
            states = np.load(arguments.states)
        else:
            pairs = [{"quote": quote, "claim": each.question} for each in asked for quote in each.quotes]
            states = StateReader(generator, LAYERS, yes_no_messages).read(pairs)
        if arguments.states:
            np.save(arguments.states, states)
    fit(states, asked, Path(str(PROBES / "qwen2.5-coder-1.5b-yes-no.safetensors")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
