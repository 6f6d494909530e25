"""Fit the coefficients of the confidence on recorded answers: `python -m benchmarks.quality.calibrate RECORDS.jsonl …`.

The records are those of `citewell eval answers --out` under CITEWELL_STRICTNESS=0; the coefficients belong into
`rag/grounding/abstention.py`. The label is whether an answer is right: the documents answer the question, and the text
contains a gold answer (of long gold answers, only the former is known). Citations and signals are those of the current
code.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from evaluation.records import Record, read_records
from evaluation.rejudge import rejudge
from rag.grounding.abstention import features
from rag.services import Services
from rag.settings import Settings, load_settings

_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients by signal, and "bias"; `alone` is the area under the ROC curve of each signal on its own."""

    cases: int
    right: int
    auc: float
    coefficients: dict[str, float]
    alone: dict[str, float]


def main() -> None:
    """Print the coefficient of each signal, and what each tells alone."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=Path, nargs="+", metavar="RECORDS.jsonl")
    result = calibrate(parser.parse_args().records, load_settings())
    print(f"{result.cases} answers, {result.right} of them right; AUC {result.auc:.3f} (cross-validated)")
    print("signal\tcoefficient\tAUC alone")
    for name, value in result.coefficients.items():
        print(f"{name}\t{value:.3f}\t{result.alone[name]:.3f}" if name in result.alone else f"{name}\t{value:.3f}\t–")


def calibrate(files: Sequence[Path], settings: Settings) -> Calibration:
    """Fit the coefficients on the answers in files of records, two right ones and two wrong ones at least."""
    services = Services(settings)
    records = [rejudge(record, services.scorer, services.abstention) for file in files for record in read_records(file)]
    labelled = [record for record in records if record.case.can_be_answered is not None and record.answer["sentences"]]
    right = np.array([_is_right(record) for record in labelled], dtype=bool)
    fewer = int(min(right.sum(), (~right).sum()))
    rows = [features(**_judged(record.answer["signals"])) for record in labelled]
    names = list(rows[0])
    table = np.array([[row[name] for name in names] for row in rows])
    model = LogisticRegression(C=1.0, max_iter=1000)
    held_out = cross_val_predict(model, table, right, cv=min(_FOLDS, fewer), method="decision_function")
    model.fit(table, right)
    return Calibration(
        len(labelled),
        int(right.sum()),
        float(roc_auc_score(right, held_out)),
        {"bias": float(model.intercept_[0]), **dict(zip(names, model.coef_[0].tolist(), strict=True))},
        _alone(names, table, right),
    )


def _judged(signals: Mapping[str, Any]) -> dict[str, Any]:
    """Return the signals that have a coefficient: how sure yes or no is, is a probability already."""
    return {name: value for name, value in signals.items() if name != "decided"}


def _alone(names: Sequence[str], table: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> dict[str, float]:
    return {name: float(roc_auc_score(right, table[:, column])) for column, name in enumerate(names)}


def _is_right(record: Record) -> bool:
    contained = record.measures.could_contain
    return bool(record.case.can_be_answered) and contained is not False


if __name__ == "__main__":
    main()
