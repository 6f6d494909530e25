"""Convert a published set to cases for `citewell eval answers`: `python -m benchmarks.datasets.convert SET DIR OUT`.

DIR is the folder of the publisher's files, of `probe-libraries` a file. What each set becomes, and its options:
docs/evaluation.md.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.datasets import clapnq, cookbook, dictated_answers, financebench, prompt_injection, rgb, squad2, xquad
from evaluation.case_selection import Distractors
from evaluation.cases import Case, GivenPassage, case_json
from evaluation.labelled_set import read_set
from evaluation.probe_cases import squad2_probe_cases
from evaluation.set_files import read_json_lines


def main() -> None:
    """Write the cases, and say how many they are."""
    options = vars(_parser().parse_args())
    name, out = options.pop("set"), options.pop("out")
    cases = SETS[name](**options)
    text = "".join(json.dumps(case_json(case), ensure_ascii=False) + "\n" for case in cases)
    out.write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(cases)} cases in {out}")


def _probe_retrieval(
    folder: Path, limit: int | None, seed: int, *, split: str | None = None, passages: int = 3
) -> list[Case]:
    """Return two cases for each of `limit` questions: its passage with the nearest others, and these alone."""
    labelled = read_set(folder, split)
    random = Random(seed)
    distractors = Distractors([f"{document.title}\n{document.text}" for document in labelled.documents])
    position = {document.id: index for index, document in enumerate(labelled.documents)}
    names = sorted(labelled.queries)
    cases = []
    for name in random.sample(names, min(limit or len(names), len(names))):
        question, judged = labelled.queries[name], labelled.judgements[name]
        gold = [position[id_] for id_ in judged if id_ in position]
        found = distractors.nearest(question, passages + len(gold), range(len(labelled.documents)))
        others = [index for index in found if index not in gold][:passages]
        for answerable in (True, False):
            if answerable and not gold:
                continue
            shown = [random.choice(gold), *others[: passages - 1]] if answerable else list(others)
            random.shuffle(shown)
            given = tuple(
                GivenPassage(document.text, document.title)
                for document in (labelled.documents[index] for index in shown)
            )
            cases.append(Case(id=f"{name}-{answerable}", question=question, passages=given, answerable=answerable))
    return cases


def _probe_libraries(folder: Path, limit: int | None, seed: int) -> list[Case]:
    """Return the questions about `limit` libraries, each with all documents of its own; `folder` is a file."""
    libraries = list(enumerate(read_json_lines(folder)))
    cases = []
    for number, library in Random(seed).sample(libraries, min(limit or len(libraries), len(libraries))):
        given = tuple(GivenPassage(document["text"], document["title"]) for document in library["documents"])
        for position, row in enumerate(library["questions"]):
            about = {name: row[name] for name in ("question", "language", "kind", "answerable")}
            cases.append(Case(id=f"library-{number}-{position}", passages=given, **about))
    return cases


SETS: dict[str, Callable[..., list[Case]]] = {
    "squad2": squad2.cases,
    "clapnq": clapnq.cases,
    "financebench": financebench.cases,
    "cookbook": cookbook.cases,
    "rgb": rgb.cases,
    "rgb-contradictions": rgb.contradictions,
    "bipia": prompt_injection.bipia,
    "notinject": prompt_injection.notinject,
    "dictated": dictated_answers.cases,
    "xquad": xquad.cases,
    "probe-squad2": squad2_probe_cases,
    "probe-retrieval": _probe_retrieval,
    "probe-libraries": _probe_libraries,
}

_CLEAN = ("--clean", {"action": "store_true", "help": "leave the hostile text out, to compare with"})
_OPTIONS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "squad2": [("--held-out", {"action": "store_true", "help": "only articles that no probe is fitted on"})],
    "financebench": [("--all-reports", {"action": "store_true", "help": "ask of all reports together"})],
    "bipia": [_CLEAN, ("--place", {"choices": dictated_answers.PLACES, "default": "body"})],
    "dictated": [_CLEAN],
    "notinject": [
        _CLEAN,
        ("--neutral", {"action": "store_true", "help": "a sentence of another article in the place of each request"}),
        ("--squad2", {"type": Path, "dest": "squad2_folder", "help": "by default 'squad2' beside DIR"}),
    ],
    "xquad": [("--split", {"default": "en", "help": "languages of questions and paragraphs, such as de-en"})],
    "probe-retrieval": [("--split", {"help": "split of queries and qrels"})],
}
"""Options that only some sets have."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    sets = parser.add_subparsers(dest="set", required=True, metavar="SET")
    for name in SETS:
        own = sets.add_parser(name, help=" ".join(flag for flag, _ in _OPTIONS.get(name, ())))
        own.add_argument("folder", type=Path, metavar="DIR")
        own.add_argument("out", type=Path, metavar="OUT")
        own.add_argument("--limit", type=int, help="make a random sample of so many cases")
        own.add_argument("--seed", type=int, default=0, help="which sample, and where the gold passage stands")
        for flag, how in _OPTIONS.get(name, ()):
            own.add_argument(flag, **how)
    return parser


if __name__ == "__main__":
    main()
