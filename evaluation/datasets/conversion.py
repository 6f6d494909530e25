"""`citewell eval convert`: convert labelled sets to cases for `citewell eval answers`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets import (
    clapnq,
    cookbook,
    dictated_answers,
    financebench,
    probe_cases,
    prompt_injection,
    rgb,
    squad2,
    xquad,
    xquad_cases,
)
from evaluation.datasets.case_selection import sample
from evaluation.datasets.cases import Case
from evaluation.datasets.labelled_set import EvaluationError, RetrievalSet, explain, read_set

_HOSTILE = ("bipia", "notinject", "dictated")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionOptions:
    """Options of a conversion: a sample of `limit` cases (None: all), with hostile text or `clean`, without it.

    `neutral` puts another sentence where NotInject's request would be. `squad2` is the folder of the questions that the
    requests are added to, `split` that of a retrieval set, or two languages of XQuAD. `held_out` keeps only the
    articles that no probe is fitted on. With `all_reports`, FinanceBench is asked of all its reports together.
    `place` is where BIPIA's instructions are put.
    """

    limit: int | None = None
    seed: int = 0
    clean: bool = False
    neutral: bool = False
    squad2: Path | None = None
    split: str | None = None
    held_out: bool = False
    all_reports: bool = False
    place: str = "body"


def convert(name: str, folder: Path, options: ConversionOptions) -> list[Case]:
    """Convert the set of this name in a folder.

    Raises:
        EvaluationError: there is no such set, or the folder does not hold it.
    """
    if name not in SETS:
        raise EvaluationError(f"There is no set '{name}'. There are {', '.join(SETS)}.")
    if options.clean and name not in _HOSTILE:
        raise EvaluationError(f"'{name}' has no hostile text to leave out: --clean goes with {', '.join(_HOSTILE)}.")
    if options.neutral and (name != "notinject" or options.clean):
        raise EvaluationError("--neutral goes with notinject, and without --clean.")
    if options.place not in dictated_answers.PLACES:
        raise EvaluationError(f"--place is one of {', '.join(dictated_answers.PLACES)}, not '{options.place}'.")
    if options.held_out and name != "squad2":
        raise EvaluationError(f"'{name}' has no articles that a probe is fitted on: --held-out goes with squad2.")
    if options.all_reports and name != "financebench":
        raise EvaluationError(f"'{name}' has no reports: --all-reports goes with financebench.")
    try:
        return SETS[name](folder, options)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} does not hold the set '{name}' ({explain(error)}).") from error


def read_retrieval_set(folder: Path, split: str | None) -> RetrievalSet:
    """Read the retrieval set in a folder: the cookbook's, XQuAD, or one in BEIR's layout.

    Raises:
        EvaluationError: the folder holds none of them.
    """
    if (folder / cookbook.QUESTIONS).is_file():
        return cookbook.read_cookbook(folder)
    return xquad.read_xquad(folder, split) if xquad.is_xquad(folder) else read_set(folder, split)


def _squad2(folder: Path, options: ConversionOptions) -> list[Case]:
    return squad2.cases(*squad2.read(folder), options.limit, options.seed, only_held_out=options.held_out)


def _clapnq(folder: Path, options: ConversionOptions) -> list[Case]:
    return clapnq.cases(*clapnq.read(folder), options.limit, options.seed)


def _financebench(folder: Path, options: ConversionOptions) -> list[Case]:
    questions, pdfs = financebench.read(folder)
    return financebench.cases(questions, pdfs, options.limit, options.seed, all_reports=options.all_reports)


def _cookbook(folder: Path, options: ConversionOptions) -> list[Case]:
    return cookbook.cases(*cookbook.read(folder), options.limit, options.seed)


def _rgb(folder: Path, options: ConversionOptions) -> list[Case]:
    return rgb.cases(rgb.read(folder), options.limit, options.seed)


def _rgb_contradictions(folder: Path, options: ConversionOptions) -> list[Case]:
    return rgb.contradictions(rgb.read(folder), options.limit, options.seed)


def _bipia(folder: Path, options: ConversionOptions) -> list[Case]:
    rows, attacks = prompt_injection.read_bipia(folder)
    if options.clean:
        return prompt_injection.mails(rows, options.limit, options.seed)
    return prompt_injection.attacked_mails(rows, attacks, options.limit, options.seed, options.place)


def _notinject(folder: Path, options: ConversionOptions) -> list[Case]:
    questions = squad2.cases(*squad2.read(options.squad2 or folder.parent / "squad2"), None, options.seed)
    make = prompt_injection.without_requests if options.clean else prompt_injection.with_requests
    make = prompt_injection.with_other_sentences if options.neutral else make
    prompts = prompt_injection.read_notinject(folder)
    return make(prompts, [case for case in questions if case.answerable], options.limit, options.seed)


def _dictated(folder: Path, options: ConversionOptions) -> list[Case]:
    questions = squad2.cases(*squad2.read(folder), None, options.seed)
    answerable = [case for case in questions if case.answerable]
    if options.clean:
        clean = dictated_answers.undictated(answerable, options.seed)
        return sample(clean, options.limit, options.seed, lambda case: case.id)
    return dictated_answers.dictated(answerable, options.limit, options.seed)


def _xquad(folder: Path, options: ConversionOptions) -> list[Case]:
    return xquad_cases.cases(folder, options.split, options.limit, options.seed)


def _probe_squad2(folder: Path, options: ConversionOptions) -> list[Case]:
    return probe_cases.paragraph_cases(*squad2.read(folder), options.limit, options.seed)


def _probe_retrieval(folder: Path, options: ConversionOptions) -> list[Case]:
    return probe_cases.retrieval_cases(read_set(folder, options.split), options.limit, options.seed)


SETS: dict[str, Callable[[Path, ConversionOptions], list[Case]]] = {
    "squad2": _squad2,
    "clapnq": _clapnq,
    "financebench": _financebench,
    "cookbook": _cookbook,
    "rgb": _rgb,
    "rgb-contradictions": _rgb_contradictions,
    "bipia": _bipia,
    "notinject": _notinject,
    "dictated": _dictated,
    "xquad": _xquad,
    "probe-squad2": _probe_squad2,
    "probe-retrieval": _probe_retrieval,
}
