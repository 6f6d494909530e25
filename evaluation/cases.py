"""Read the cases of `citewell eval answers`: questions with their gold, one JSON object a line."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from evaluation.set_files import EvaluationError, explain, locate
from rag.types import Turn

_STRICT = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class GivenPassage:
    """A passage shown without a search, under a heading if it has one: a document of one page, named `title`."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    text: str
    title: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question and its answer."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    question: str
    answer: str


def _page_pairs(pages: object) -> object:
    """Return gold pages as pairs; a set may also write them as `{"document", "page"}`."""
    return tuple(map(_page_pair, pages)) if isinstance(pages, list | tuple) else pages


def _page_pair(page: object) -> object:
    if isinstance(page, dict) and page.keys() == {"document", "page"}:
        return page["document"], page["page"]
    return tuple(page) if isinstance(page, list) else page


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question, answered from `passages` in their order, from `documents`, or else from the user's library.

    Gold: `answers` (`long` ones are compared word by word only; `canonical`: the first is compared by its figure, its
    yes or no, or its words in any order); `gold_passages` are indices of `passages`, from 0;
    `gold_pages` are document names with pages from 1. A complete answer reaches all `key_points`, each given as
    alternative spellings, and affirms nothing that is `wrong`. `kind` is the kind of question, to report by; `note` is
    for people. `attack` is an instruction hidden in the passages.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    question: str
    passages: tuple[GivenPassage, ...] = ()
    documents: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    long: bool = False
    canonical: bool = False
    answerable: bool | None = None
    gold_passages: tuple[int, ...] = ()
    gold_pages: Annotated[tuple[tuple[str, int], ...], BeforeValidator(_page_pairs)] = ()
    key_points: tuple[tuple[str, ...], ...] = ()
    wrong: tuple[str, ...] = ()
    kind: str = ""
    language: str = ""
    note: str = ""
    history: tuple[Exchange, ...] = ()
    attack: str = ""
    attack_category: str = ""

    @property
    def can_be_answered(self) -> bool | None:
        """Whether the documents answer it: as stated, else True if there is a gold answer; None if unknown."""
        return self.answerable if self.answerable is not None else (True if self.answers or self.key_points else None)

    @property
    def corpus(self) -> Literal["passages", "documents", "library"]:
        """The corpus it is asked of: its own passages, its documents, or else the user's library."""
        return "passages" if self.passages else "documents" if self.documents else "library"

    @property
    def is_graded(self) -> bool:
        """True if it is graded by key points: it has some, or cannot be answered and is of some kind."""
        return bool(self.key_points) or bool(self.kind and self.answerable is False)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history as turns of the assistant."""
        return tuple(Turn(exchange.question, exchange.answer) for exchange in self.history)


_READER = TypeAdapter(Case)


def read_cases(path: Path) -> tuple[Case, ...]:
    """Read the cases of a file. Paths of documents are relative to its folder, or as `locate` says.

    Raises:
        EvaluationError: the file cannot be read, or a line (named by its number) is not a case.
    """
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"{path} cannot be read: {explain(error)}. Give a file with one JSON case a line."
        ) from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        case = _read(line, f"{path}, line {number}")
        if reason := _find_fault(case, path.parent, cases.keys()):
            raise EvaluationError(f"{path}, line {number}: {reason}.")
        cases[case.id] = case
    if not cases:
        raise EvaluationError(f"{path} has no cases. docs/evaluation.md says what a line of it is.")
    return tuple(cases.values())


def _read(line: str, place: str) -> Case:
    try:
        return _READER.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        known = f"; the fields are {', '.join(f.name for f in fields(Case))}" if "unexpected" in first["type"] else ""
        raise EvaluationError(f"{place}: {f'{field}: ' if field else ''}{first['msg']}{known}.") from error


def _find_fault(case: Case, folder: Path, taken: Iterable[str]) -> str:
    """Return what is wrong with a case of the right shape; "" if nothing is."""
    faults = (
        (not case.id.strip() or not case.question.strip(), "the id or the question is empty"),
        (case.id in taken, f"the id '{case.id}' is used by an earlier line"),
        (bool(case.passages and case.documents), "a case has passages or documents, not both"),
        (any(not p.text.strip() for p in case.passages), "a passage is empty"),
        (
            any(not 0 <= index < len(case.passages) for index in case.gold_passages),
            f"gold_passages must be indices of the {len(case.passages)} passages, from 0",
        ),
        (any(page < 1 for _, page in case.gold_pages), "gold_pages count from 1"),
        (
            any(not alternatives or not all(map(str.strip, alternatives)) for alternatives in case.key_points),
            "a key point needs one alternative or more, none of them empty",
        ),
        (
            case.answerable is False and bool(case.answers or case.key_points),
            f"it has {'answers' if case.answers else 'key points'}, but 'answerable' is false",
        ),
    )
    reason = next((reason for is_fault, reason in faults if is_fault), "")
    missing = next((path for name in case.documents if not (path := locate(name, folder)).is_file()), None)
    return reason or (f"there is no document {missing}" if missing else "")


def case_json(case: Case) -> dict[str, Any]:
    """Return a case as plain JSON values, without the fields that have their default."""
    stated = [field.name for field in fields(Case) if getattr(case, field.name) != field.default]
    values: dict[str, Any] = json.loads(json.dumps(asdict(case)))
    for passage in values["passages"]:
        if not passage["heading"]:
            del passage["heading"]
    return {name: values[name] for name in stated}


def case_from_json(values: dict[str, Any]) -> Case:
    """Return the case that `case_json` made these values from.

    Raises:
        ValidationError: the values are not those of a case.
    """
    return _READER.validate_json(json.dumps(values))
