"""Types of a labelled retrieval set, its files of JSON lines, and the error when one cannot be used."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import CitewellError


class EvaluationError(CitewellError):
    """A labelled set, its cases or its records cannot be used."""


def explain(error: Exception) -> str:
    """Return why a file cannot be used: in plain words if it cannot be opened, else for one who knows its format."""
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
