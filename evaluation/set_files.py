"""Files of labelled sets: where a set's documents are, its JSON lines, and why a file cannot be used."""

import gzip
import json
from collections.abc import Iterator
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


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file with one a line, gzipped or not."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    for line in text.split("\n"):  # not splitlines(): a text may hold a line separator of Unicode
        if line.strip():
            yield json.loads(line)
