"""Reads a labelled retrieval set in BEIR's layout: corpus, queries and relevance judgements in one folder."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import CitewellError


class EvaluationError(CitewellError):
    """A labelled set cannot be read."""


def why(error: Exception) -> str:
    """Why a file of a set cannot be used, for a person; what is wrong within it for one who knows the set."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {(error.strerror or str(error)).lower()}"
    return repr(error)


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """One document of a set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """A set: documents, queries by id, and for each query its relevant documents with their grades."""

    name: str
    documents: tuple[CorpusDocument, ...]
    queries: dict[str, str]
    judgements: dict[str, dict[str, int]]


def read_set(folder: Path, split: str | None = None) -> RetrievalSet:
    """The set in a folder: corpus.jsonl[.gz], queries[.SPLIT].jsonl, qrels[.SPLIT].tsv. Queries without judgements go.

    Raises:
        EvaluationError: a file is missing or is not what its name says.
    """
    try:
        documents = tuple(
            CorpusDocument(str(row["_id"]), str(row.get("title") or ""), str(row["text"]))
            for row in read_rows(_find(folder, "corpus", None))
        )
        queries = {str(row["_id"]): str(row["text"]) for row in read_rows(_find(folder, "queries", split))}
        judgements = _judgements(_find(folder, "qrels", split))
    except (KeyError, ValueError) as error:
        raise EvaluationError(f"{folder} is not in BEIR's layout: {why(error)}.") from error
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


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file with one a line, gzipped or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    for line in text.split("\n"):  # not splitlines(): a text may hold a line separator of Unicode
        if line.strip():
            yield json.loads(line)


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream, delimiter="\t"):
            if len(row) >= 3 and row[-1].lstrip("-").isdigit():  # not the heading
                found.setdefault(row[0], {})[row[-2]] = int(row[-1])
    return found
