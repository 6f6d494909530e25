"""`citewell eval synonyms`: fit the head that tells synonyms from other words in their place.

Sentences of any texts are changed in one word by WordNet; the embedder gives the vectors of both words in their
sentences. The head is a logistic regression on these vectors. Its area under the ROC curve is that on pairs of words
left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from evaluation.datasets.labelled_set import EvaluationError, explain
from evaluation.fitting.synonym_pairs import Pair
from rag.grounding.synonyms.synonym_head import features
from rag.interfaces import Vectors, WordReader
from rag.runtime.progress import Progress

_FOLDS = 5
_PENALTY = 0.02
"""Inverse strength of the regularisation."""


@dataclass(frozen=True, slots=True)
class HeadFit:
    """The area under the ROC curve of a fitted head on pairs of words left out, and what it was fitted on."""

    auc: float
    pairs: int
    differing: int
    words: int


def fit_head(pairs: Sequence[Pair], reader: WordReader, out: Path, progress: Progress) -> HeadFit:
    """Fit a head on pairs of sentences, and write it to `out`.

    Raises:
        EvaluationError: there are too few pairs, or `out` cannot be written.
    """
    labels = np.array([pair.differs for pair in pairs])
    groups = [" ".join(sorted(pair.words)) for pair in pairs]
    if min(len({pair.words for pair in pairs if pair.differs is differs}) for differs in (False, True)) < _FOLDS:
        raise EvaluationError("The texts have too few sentences that can be changed. Give more text.")
    rows = features(*_read(pairs, reader, progress))
    model = LogisticRegression(C=_PENALTY, max_iter=1000, class_weight="balanced")
    folds = GroupKFold(_FOLDS)
    held_out = cross_val_predict(model, rows, labels, groups=groups, cv=folds, method="decision_function")
    model.fit(rows, labels)
    fit = HeadFit(float(roc_auc_score(labels, held_out)), len(pairs), int(labels.sum()), len(set(groups)))
    about = {"bias": repr(float(model.intercept_[0])), "auc": f"{fit.auc:.3f}", "pairs": str(fit.pairs)}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        save_file({"weights": model.coef_[0].astype(np.float16)}, out, about)
    except OSError as error:
        raise EvaluationError(f"{out} cannot be written: {explain(error)}. Choose another file.") from error
    return fit


def _read(pairs: Sequence[Pair], reader: WordReader, progress: Progress) -> tuple[Vectors, Vectors]:
    """Return the vectors of the original words and of those in their place."""
    originals: list[npt.NDArray[np.float32]] = []
    others: list[npt.NDArray[np.float32]] = []
    for number, pair in enumerate(pairs, start=1):
        originals.append(reader.embed_words(pair.sentence, [pair.span])[0])
        others.append(reader.embed_words(pair.changed, [pair.changed_span])[0])
        progress("reading sentences", number, len(pairs))
    return np.array(others), np.array(originals)
