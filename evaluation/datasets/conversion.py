"""`citewell eval convert`: convert labelled sets to cases for `citewell eval answers`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets import clapnq, cookbook, financebench, probe_cases, prompt_injection, squad2
from evaluation.datasets.cases import Case
from evaluation.datasets.labelled_set import EvaluationError, explain, read_set


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionOptions:
    """Options of a conversion: a sample of `limit` cases (None: all), with hostile text or `clean`, without it.

    `squad2` is the folder of the questions that NotInject's requests are added to, `split` that of a retrieval set.
    `held_out` keeps only the articles that no probe is fitted on.
    """

    limit: int | None = None
    seed: int = 0
    clean: bool = False
    squad2: Path | None = None
    split: str | None = None
    held_out: bool = False


def convert(name: str, folder: Path, options: ConversionOptions) -> list[Case]:
    """Convert the set of this name in a folder.

    Raises:
        EvaluationError: there is no such set, or the folder does not hold it.
    """
    if name not in SETS:
        raise EvaluationError(f"There is no set '{name}'. There are {', '.join(SETS)}.")
    if options.clean and name not in ("bipia", "notinject"):
        raise EvaluationError(f"'{name}' has no hostile text to leave out: --clean goes with bipia and notinject.")
    try:
        return SETS[name](folder, options)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} does not hold the set '{name}' ({explain(error)}).") from error


def _squad2(folder: Path, options: ConversionOptions) -> list[Case]:
    return squad2.cases(*squad2.read(folder), options.limit, options.seed, only_held_out=options.held_out)


def _clapnq(folder: Path, options: ConversionOptions) -> list[Case]:
    return clapnq.cases(*clapnq.read(folder), options.limit, options.seed)


def _financebench(folder: Path, options: ConversionOptions) -> list[Case]:
    return financebench.cases(*financebench.read(folder), options.limit, options.seed)


def _cookbook(folder: Path, options: ConversionOptions) -> list[Case]:
    return cookbook.cases(*cookbook.read(folder), options.limit, options.seed)


def _bipia(folder: Path, options: ConversionOptions) -> list[Case]:
    rows, attacks = prompt_injection.read_bipia(folder)
    if options.clean:
        return prompt_injection.mails(rows, options.limit, options.seed)
    return prompt_injection.attacked_mails(rows, attacks, options.limit, options.seed)


def _notinject(folder: Path, options: ConversionOptions) -> list[Case]:
    questions = squad2.cases(*squad2.read(options.squad2 or folder.parent / "squad2"), None, options.seed)
    make = prompt_injection.without_requests if options.clean else prompt_injection.with_requests
    prompts = prompt_injection.read_notinject(folder)
    return make(prompts, [case for case in questions if case.answerable], options.limit, options.seed)


def _probe_squad2(folder: Path, options: ConversionOptions) -> list[Case]:
    return probe_cases.paragraph_cases(*squad2.read(folder), options.limit, options.seed)


def _probe_retrieval(folder: Path, options: ConversionOptions) -> list[Case]:
    return probe_cases.retrieval_cases(read_set(folder, options.split), options.limit, options.seed)


SETS: dict[str, Callable[[Path, ConversionOptions], list[Case]]] = {
    "squad2": _squad2,
    "clapnq": _clapnq,
    "financebench": _financebench,
    "cookbook": _cookbook,
    "bipia": _bipia,
    "notinject": _notinject,
    "probe-squad2": _probe_squad2,
    "probe-retrieval": _probe_retrieval,
}
