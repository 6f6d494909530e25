"""`citewell eval convert`: labelled sets as cases for `citewell eval answers`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets import clapnq, cookbook, financebench, probe_cases, prompt_injection, squad2
from evaluation.datasets.beir import EvaluationError, read_set, why
from evaluation.datasets.cases import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """Which cases are made of a set: a sample of `limit` (None: all), with its hostile text or `clean` of it.

    `squad2` is the folder of the questions that NotInject's requests are put to, `split` the one of a retrieval set.
    `held_out` keeps to the articles that no probe is fitted on.
    """

    limit: int | None = None
    seed: int = 0
    clean: bool = False
    squad2: Path | None = None
    split: str | None = None
    held_out: bool = False


def convert(name: str, folder: Path, how: Conversion) -> list[Case]:
    """The cases of the set of this name in a folder.

    Raises:
        EvaluationError: there is no such set, or the folder does not hold it.
    """
    if name not in SETS:
        raise EvaluationError(f"There is no set '{name}'. There are {', '.join(SETS)}.")
    if how.clean and name not in ("bipia", "notinject"):
        raise EvaluationError(f"'{name}' has nothing hostile to leave out: --clean goes with bipia and notinject.")
    try:
        return SETS[name](folder, how)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} does not hold the set '{name}' ({why(error)}).") from error


def _squad2(folder: Path, how: Conversion) -> list[Case]:
    return squad2.cases(*squad2.read(folder), how.limit, how.seed, only_held_out=how.held_out)


def _clapnq(folder: Path, how: Conversion) -> list[Case]:
    return clapnq.cases(*clapnq.read(folder), how.limit, how.seed)


def _financebench(folder: Path, how: Conversion) -> list[Case]:
    return financebench.cases(*financebench.read(folder), how.limit, how.seed)


def _cookbook(folder: Path, how: Conversion) -> list[Case]:
    return cookbook.cases(*cookbook.read(folder), how.limit, how.seed)


def _bipia(folder: Path, how: Conversion) -> list[Case]:
    rows, attacks = prompt_injection.read_bipia(folder)
    if how.clean:
        return prompt_injection.mails(rows, how.limit, how.seed)
    return prompt_injection.attacked_mails(rows, attacks, how.limit, how.seed)


def _notinject(folder: Path, how: Conversion) -> list[Case]:
    questions = squad2.cases(*squad2.read(how.squad2 or folder.parent / "squad2"), None, how.seed)
    make = prompt_injection.unsuspicious if how.clean else prompt_injection.suspicious
    prompts = prompt_injection.read_notinject(folder)
    return make(prompts, [case for case in questions if case.answerable], how.limit, how.seed)


def _probe_squad2(folder: Path, how: Conversion) -> list[Case]:
    return probe_cases.of_paragraphs(*squad2.read(folder), how.limit, how.seed)


def _probe_retrieval(folder: Path, how: Conversion) -> list[Case]:
    return probe_cases.of_retrieval(read_set(folder, how.split), how.limit, how.seed)


SETS: dict[str, Callable[[Path, Conversion], list[Case]]] = {
    "squad2": _squad2,
    "clapnq": _clapnq,
    "financebench": _financebench,
    "cookbook": _cookbook,
    "bipia": _bipia,
    "notinject": _notinject,
    "probe-squad2": _probe_squad2,
    "probe-retrieval": _probe_retrieval,
}
