"""Write a small library of every format that there was, as SQL: `python -m tests.supply.library_formats`.

The tables are those of the code of that time, from the repository's history. A format in no commit, as 6, is the one
before with its migration. When the format changes, add the last commit of the one before.
"""

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from rag.stores.schema import MIGRATIONS, VERSION
from tests.support.paths import ROOT

FOLDER = Path(__file__).parent / "formats"
COMMITS = {1: "e4bb4de", 2: "074f3ec", 3: "dae73a1", 4: "15a7544", 5: "adec5a3", 7: "cd918cc", 8: "3fde936"}
TEXT = "The birch is white. The yew is dark."
CHUNK = "The birch is white."


def rows(version: int) -> dict[str, dict[str, Any]]:
    """Return a row of each table that a format has, by its columns."""
    at = "2026-01-02T03:04:05+00:00"
    document = {"id": 7, "name": "trees.txt", "source": "/trees.txt", "sha256": "5a" * 32, "recipe": "r", "size": 36}
    found: dict[str, dict[str, Any]] = {
        "documents": {**document, "added_at": at},
        "pages": {"document_id": 7, "number": 1, "label": "1", "text": TEXT},
        "chunks": {"id": 3, "document_id": 7, "page": 1, "start": 0, "end": 19, "heading": "", "generation": 1},
        "vectors": {"chunk_id": 3, "vector": np.array([1, 0, 0], "<f4").tobytes()},
    }
    if version >= 2:
        found["documents"]["collection"] = "Trees"
    if version >= 3:
        found["documents"]["owner"] = "ann"
        source = {
            "source": "/trees.txt",
            "owner": "ann",
            "name": "trees.txt",
            "state": "ready",
            "reason": "",
            "note": "",
        }
        found["ledger"] = {**source, "sha256": "5a" * 32, "size": 36, "at": at, "document_id": 7}
    if version >= 4:
        talk = {"id": "c1", "owner": "ann", "name": "Birches", "settings": "{}", "created_at": at, "updated_at": at}
        found["conversations"] = talk
        found["exchanges"] = {"conversation_id": "c1", "number": 1, "asked_at": at, "record": '{"answer": "White."}'}
    if version >= 5:
        found["exclusions"] = {"conversation_id": "c1", "document_id": 7}
    if version >= 6:
        found["documents"]["edited_facts"] = '{"title": "On trees"}'
    if version >= 7:
        found["overviews"] = {"document_id": 7, "language": "en", "model": "m", "record": "{}", "made_at": at}
    if version >= 8:
        note = {"id": "n1", "owner": "ann", "place": 1, "title": "Yews", "text": "dark", "record": "null", "version": 1}
        found["notes"] = {**note, "created_at": at, "updated_at": at}
    if version >= 9:
        found["open_questions"] = {"conversation_id": "c1", "key": "k", "question": "Dark?", "held_until": at}
    return found


def schema(version: int) -> list[str]:
    """Return the statements by which a library of a format was made."""
    if version not in COMMITS:
        return [*schema(version - 1), *MIGRATIONS[version - 1]]
    command = ["git", "show", f"{COMMITS[version]}:rag/stores/schema.py"]
    module: dict[str, Any] = {"__name__": "schema"}
    exec(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout, module)  # noqa: S102  ours
    assert module["VERSION"] == version
    return list(module["SCHEMA"])


def dump(version: int) -> str:
    """Return a library of a format as SQL."""
    meta = {"version": version, "identity": "1d", "generation": "1", "embedder": "words", "dimension": 3}
    with closing(sqlite3.connect(":memory:")) as db:
        for statement in schema(version):
            db.execute(statement)
        db.executemany("INSERT INTO meta VALUES (?, ?)", [(key, str(value)) for key, value in meta.items()])
        for table, row in rows(version).items():
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*row.values()])  # noqa: S608  our own names
        db.commit()
        return "\n".join(db.iterdump()) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for number in range(1, VERSION + 1):
        (FOLDER / f"format-{number}.sql").write_text(dump(number))
