"""Labelled retrieval sets: documents, queries and judgements, in BEIR's layout (Thakur et al. 2021)."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import CitewellError
from rag.settings import find_checkout

_OF_THIS_PROJECT = "project:"


class EvaluationError(CitewellError):
    """A labelled set, its cases or its records cannot be used."""


def explain(error: Exception) -> str:
    """Return why a file cannot be used: in plain words if it cannot be opened, else for one who knows its format."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {(error.strerror or str(error)).lower()}"
    return repr(error)


def locate(name: str, folder: Path) -> Path:
    """Return the path of a document that a set in `folder` names.

    It is relative to that folder, or else to the folder of all sets, which holds it; "project:..." is relative to the
    checkout of this project.
    """
    if name.startswith(_OF_THIS_PROJECT):
        return (find_checkout() or Path()) / name.removeprefix(_OF_THIS_PROJECT)
    beside, among_sets = folder / name, folder.parent / name
    return among_sets if among_sets.is_file() and not beside.is_file() else beside


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """One document of a set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Documents, queries by id, and for each query its relevant documents with their grades."""

    name: str
    documents: tuple[CorpusDocument, ...]
    queries: dict[str, str]
    judgements: dict[str, dict[str, int]]


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file with one a line, gzipped or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    for line in text.split("\n"):  # not splitlines(): a text may hold a line separator of Unicode
        if line.strip():
            yield json.loads(line)


def read_set(folder: Path, split: str | None = None) -> RetrievalSet:
    """Read corpus.jsonl[.gz], queries[.SPLIT].jsonl and qrels[.SPLIT].tsv. Queries without judgements are left out.

    Raises:
        EvaluationError: a file is missing or is not what its name says.
    """
    try:
        documents = tuple(
            CorpusDocument(str(row["_id"]), str(row.get("title") or ""), str(row["text"]))
            for row in read_json_lines(_find(folder, "corpus", None))
        )
        queries = {str(row["_id"]): str(row["text"]) for row in read_json_lines(_find(folder, "queries", split))}
        judgements = _judgements(_find(folder, "qrels", split))
    except (KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{folder} is not in BEIR's layout: {explain(error)}.") from error
    judged = {id_: text for id_, text in queries.items() if any(judgements.get(id_, {}).values())}
    return RetrievalSet(folder.name + (f" {split}" if split else ""), documents, judged, judgements)


def _find(folder: Path, stem: str, split: str | None) -> Path:
    stem = f"{stem}.{split}" if split else stem
    for name in (f"{stem}.jsonl", f"{stem}.jsonl.gz", f"{stem}.tsv"):
        if (folder / name).is_file():
            return folder / name
    splits = sorted({path.name.split(".")[1] for path in folder.glob("queries.*.jsonl*")})
    hint = f" Its splits are {', '.join(splits)}: use --split." if splits and not split else ""
    raise EvaluationError(f"{folder} has no {stem}.jsonl or .tsv, as sets in BEIR's layout have.{hint}")


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t"):
            if len(row) >= 3 and row[-1].lstrip("-").isdigit():  # skips the header
                found.setdefault(row[0], {})[row[-2]] = int(row[-1])
    return found
