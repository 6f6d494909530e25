"""Labelled retrieval sets: documents, queries and judgements, in BEIR's layout (Thakur et al. 2021)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluation.set_files import EvaluationError, explain, read_json_lines


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


def read_corpus(path: Path) -> Iterator[CorpusDocument]:
    """Yield the documents of corpus.jsonl[.gz]."""
    for row in read_json_lines(path):
        yield CorpusDocument(str(row["_id"]), str(row.get("title") or ""), str(row["text"]))


def read_set(folder: Path, split: str | None = None) -> RetrievalSet:
    """Read corpus.jsonl[.gz], queries[.SPLIT].jsonl and qrels[.SPLIT].tsv. Queries without judgements are left out.

    Raises:
        EvaluationError: a file is missing or is not what its name says.
    """
    try:
        documents = tuple(read_corpus(_find(folder, "corpus", None)))
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
