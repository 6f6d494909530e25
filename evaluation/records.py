"""Store cases with their answers, one JSON object a line, so that a stopped run continues where it was."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.cases import Case, case_from_json, case_json
from evaluation.metrics import Measures, measure
from evaluation.set_files import EvaluationError, explain, read_json_lines


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
    """Read the records of a file: of a case that was asked more than once, the last.

    Raises:
        EvaluationError: the file cannot be read, or a line of it is not a record.
    """
    try:
        last = {row["case"]["id"]: row for row in read_json_lines(path)}
        return tuple(
            Record(case_from_json(row["case"]), row["answer"], row["measures"]["exact_quotes"]) for row in last.values()
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{path} is not a file of records: {explain(error)}. Make one with --out.") from error


class Records:
    """The records of a file, or of none. A record is appended as soon as its answer is complete.

    `settings` and, by case, `sources` are hashes of what decides the answers.

    Raises:
        EvaluationError: the file cannot be read or written, or holds records of other settings.
    """

    def __init__(self, path: Path | None, settings: str, sources: Mapping[str, str], strictness: float) -> None:
        self._path = path
        self._settings = settings
        self._sources = sources
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
        """Return the record of an equal case asked of the same, if it was under this strictness or a laxer one.

        A stricter one may have stopped an answer that this one would show.
        """
        row = self._rows.get(case.id)
        if row is None or row["case"] != case_json(case) or row["sources"] != self._sources[case.id]:
            return None
        if row["strictness"] > self._strictness:
            return None
        return Record(case, row["answer"], row["measures"]["exact_quotes"])

    def add(self, record: Record) -> None:
        """Append a record to the file.

        Raises:
            EvaluationError: it cannot be written.
        """
        if self._path is None:
            return
        row = {
            "id": record.case.id,
            "settings": self._settings,
            "sources": self._sources[record.case.id],
            "strictness": self._strictness,
            "case": case_json(record.case),
            "answer": record.answer,
            "measures": asdict(record.measures),
        }
        try:
            with self._path.open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        except OSError as error:
            raise EvaluationError(
                f"{self._path} cannot be written: {explain(error)}. Make room and run it again: what the file has is "
                "not asked again."
            ) from error

    def _take(self, line: bytes, place: str) -> None:
        try:
            row = json.loads(line)
            settings = row["settings"]
            _ = row["case"], row["answer"], row["measures"]["exact_quotes"], row["strictness"]
            self._rows[row["id"]] = row
        except (KeyError, TypeError, ValueError) as error:
            raise EvaluationError(
                f"{place} is not a record of answers: {explain(error)}. Choose another --out."
            ) from error
        if "sources" not in row:
            raise EvaluationError(
                f"{place} was written by an earlier version, which did not keep what was asked: the documents may be "
                "others by now. Choose another --out, or remove the file."
            )
        if settings != self._settings:
            raise EvaluationError(
                f"{place} was answered under other settings. Choose another --out, or remove the file."
            )
