"""Turn files and what was read of them into rows that travel between the machines of a cluster, and back.

Whatever comes of a document travels as JSON in bytes and is checked on arrival: only rows of plain values are handed
to Ray, which pickles what it sends between our own processes.
"""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from ingest.prepare import DocumentEnd, DocumentPart, IngestStep, PreparedDocument, Rejected
from ingest.sources.files import IdentifiedFile
from rag.interfaces import Vectors

Row = dict[str, Any]

_FILE = TypeAdapter(IdentifiedFile)
_STEPS: Mapping[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in (PreparedDocument, DocumentPart, DocumentEnd, Rejected)
}


def file_row(identified: IdentifiedFile) -> Row:
    """Return the row of a file, whose path may be in any encoding. A password stays here: rows may be put on disk."""
    sent = replace(identified, file=replace(identified.file, path=Path(), password=None))
    return {"path": os.fsencode(identified.file.path), "file": _FILE.dump_json(sent)}


def file_of(row: Row) -> IdentifiedFile:
    """Return the file of a row."""
    identified = _FILE.validate_json(row["file"])
    return replace(identified, file=replace(identified.file, path=Path(os.fsdecode(row["path"]))))


def step_row(part: int, step: IngestStep, vectors: Vectors) -> Row:
    """Return the row of a step, the `part`-th of its file, with the vectors of its chunks."""
    kind = type(step).__name__
    return {
        "part": part,
        "kind": kind,
        "step": _STEPS[kind].dump_json(step),
        "vectors": np.ascontiguousarray(vectors, dtype="<f4").tobytes(),
        "dimension": vectors.shape[1],
    }


def step_of(row: Row) -> tuple[IngestStep, Vectors]:
    """Return the step of a row, and the vectors of its chunks, shape (chunks, dimension)."""
    step: IngestStep = _STEPS[row["kind"]].validate_json(row["step"])
    vectors = np.frombuffer(row["vectors"], dtype="<f4").astype(np.float32)
    return step, vectors.reshape(-1, row["dimension"]) if len(vectors) else np.zeros((0, 0), dtype=np.float32)
