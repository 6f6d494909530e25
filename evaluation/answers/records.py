"""Store cases with their answers, one JSON object a line, so that a stopped run continues where it was."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.answers.metrics import Measures, measure
from evaluation.datasets.cases import Case, case_from_json, case_json
from evaluation.datasets.labelled_set import EvaluationError, explain
from rag.prompting.form_prompts import FORM_PROMPTS
from rag.prompting.prompt import SYSTEM_PROMPT
from rag.prompting.prompt_style import LARGE_SYSTEM_PROMPT
from rag.settings import Settings

_IRRELEVANT = {"models", "offline", "threads", "answers_at_once", "answers_waiting", "prefix_cache_mb"}
_IRRELEVANT |= {"max_file_mb", "max_documents", "host", "port", "auth_file", "share", "api_origins", "api_sources"}
_JUDGED_ANEW = {"strictness"}


def fingerprint(settings: Settings, *, own_library: bool) -> str:
    """Return a hash of all settings that may change an answer; the library's folder only if it is asked."""
    own = set() if own_library else {"library"}
    values = settings.model_dump(mode="json", exclude=_IRRELEVANT | _JUDGED_ANEW | own)
    values["system_prompt"] = values["system_prompt"] or [SYSTEM_PROMPT, LARGE_SYSTEM_PROMPT, *FORM_PROMPTS]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Record:
    """One case with its answer as JSON, and the number of its quotes that are exactly the stored page's text."""

    case: Case
    answer: dict[str, Any]
    exact_quotes: int

    @property
    def measures(self) -> Measures:
        """The measures of the answer."""
        return measure(self.case, self.answer, self.exact_quotes)


def read_records(path: Path) -> tuple[Record, ...]:
    """Read all records of a file.

    Raises:
        EvaluationError: the file cannot be read, or a line of it is not a record.
    """
    try:
        rows = [json.loads(line) for line in path.read_bytes().split(b"\n") if line.strip()]
        return tuple(
            Record(case_from_json(row["case"]), row["answer"], row["measures"]["exact_quotes"]) for row in rows
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{path} is not a file of records: {explain(error)}. Make one with --out.") from error


class Records:
    """The records of a file, or of none. A record is appended as soon as its answer is complete.

    Raises:
        EvaluationError: the file cannot be read or written, or holds records of other settings.
    """

    def __init__(self, path: Path | None, settings: str, strictness: float) -> None:
        self._path = path
        self._settings = settings
        self._strictness = strictness
        self._rows: dict[str, dict[str, Any]] = {}
        if path is None:
            return
        try:
            path.open("ab").close()  # fails now rather than after an hour of answers
            *whole, torn = path.read_bytes().split(b"\n")
            for number, line in enumerate(whole, start=1):
                self._take(line, f"{path}, line {number}")
            if torn and not whole:
                raise EvaluationError(f"{path} has no record of answers. Choose another --out, or remove the file.")
            if torn:  # a run was killed while writing
                os.truncate(path, path.stat().st_size - len(torn))
        except OSError as error:
            raise EvaluationError(f"{path} cannot be used: {error}. Choose another file with --out.") from error

    def find(self, case: Case) -> Record | None:
        """Return the record of an equal case, if it was answered under this strictness or a laxer one.

        A stricter one may have stopped an answer that this one would show.
        """
        row = self._rows.get(case.id)
        if row is None or row["case"] != case_json(case) or row["strictness"] > self._strictness:
            return None
        return Record(case, row["answer"], row["measures"]["exact_quotes"])

    def add(self, record: Record) -> None:
        """Append a record to the file."""
        if self._path is None:
            return
        row = {
            "id": record.case.id,
            "settings": self._settings,
            "strictness": self._strictness,
            "case": case_json(record.case),
            "answer": record.answer,
            "measures": asdict(record.measures),
        }
        with self._path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _take(self, line: bytes, place: str) -> None:
        try:
            row = json.loads(line)
            settings, _ = (
                row["settings"],
                (
                    row["case"],
                    row["answer"],
                    row["measures"]["exact_quotes"],
                    row["strictness"],
                ),
            )
            self._rows[row["id"]] = row
        except (KeyError, TypeError, ValueError) as error:
            raise EvaluationError(
                f"{place} is not a record of answers: {explain(error)}. Choose another --out."
            ) from error
        if settings != self._settings:
            raise EvaluationError(
                f"{place} was answered under other settings. Choose another --out, or remove the file."
            )
