"""Measure whether the model knows what its passages answer: `python -m benchmarks.quality.answerable CASES.jsonl`.

The cases have passages and `answerable`, such as those that `benchmarks.datasets.convert` makes of "probe-libraries".
Each prompt is read as in the product, and the probe asked before a word is written. Printed for each kind of question,
and for questions in another language than their passages: the area under the ROC curve, and what is refused at the
threshold of those that have an answer and of those that have none.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from sklearn.metrics import roc_auc_score

from benchmarks.machine import describe
from evaluation.cases import Case, read_cases
from evaluation.probing import messages
from rag.services import Services
from rag.settings import load_settings
from rag.text.language import detect_language
from rag.types import Certainty
from rag.types.decoding import Decoding

FOREIGN = "in another language"
Reading = tuple[bool, float, bool]
"""Whether it can be answered, the log-odds that it can, and whether it is refused before a word is written."""


def read(cases: Sequence[Case], services: Services) -> dict[str, list[Reading]]:
    """Return the reading of each case by kind of question."""
    found: dict[str, list[Reading]] = defaultdict(list)
    for case in cases:
        prompt = messages(case, services.generator.parameters)
        (*_, last) = services.generator.stream(prompt, Decoding(max_new_tokens=1))
        odds = last.certainty.answerable if last.certainty else None
        if odds is None:
            sys.exit("error: The model has no probe. Fit one with 'citewell eval probe'.")
        refused = services.abstention.is_hopeless(Certainty(odds))
        found[_kind(case)].append((bool(case.can_be_answered), odds, refused))
    return found


def _kind(case: Case) -> str:
    language = detect_language(" ".join(passage.text for passage in case.passages))
    return FOREIGN if case.language and language and case.language != language else case.kind


def report(found: dict[str, list[Reading]]) -> None:
    """Print a line for each kind that has cases with an answer and without."""
    print("kind\tcases\tAUC\trefused, answerable\trefused, unanswerable")
    for kind, readings in sorted(found.items()):
        answerable = [refused for has_answer, _, refused in readings if has_answer]
        others = [refused for has_answer, _, refused in readings if not has_answer]
        if answerable and others:
            auc = roc_auc_score([each[0] for each in readings], [each[1] for each in readings])
            refused = f"{sum(answerable) / len(answerable):.2f}\t{sum(others) / len(others):.2f}"
            print(f"{kind}\t{len(readings)}\t{auc:.3f}\t{refused}")


def main() -> None:
    """Read the cases and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl")
    arguments = parser.parse_args()
    print(describe())
    report(read(read_cases(arguments.cases), Services(load_settings(model="default"))))


if __name__ == "__main__":
    main()
