"""Keep accepted files and addresses on disk until they are ingested, so that a kill at any moment loses none.

Each has a row in a file beside the library's, which another program's long transaction does not lock. The row is
written before the upload is accepted, and deleted once the document is stored and its file is in its place.
"""

import shutil
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from threading import Lock
from weakref import finalize

from ingest.removal import stored_name
from ingest.sources.file_store import FolderFiles
from serving.private_database import private_database
from serving.upload_progress import Upload

_FILE = "uploads.sqlite"
_LOCK = ".lock"
_TABLE = """
    CREATE TABLE IF NOT EXISTS uploads (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        server TEXT NOT NULL,                      -- who is to take it in; another does once that one has ended
        place TEXT NOT NULL,                       -- folder of its file alone; '' if there is none
        tries INTEGER NOT NULL DEFAULT 0,
        owner TEXT NOT NULL,
        sender TEXT NOT NULL,
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        state TEXT NOT NULL,
        text TEXT NOT NULL,
        collection TEXT,
        sha256 TEXT NOT NULL,
        document_id INTEGER
    )
"""
_KEPT = ("owner", "sender", "name", "address", "state", "text", "collection", "sha256", "document_id")
_COLUMNS = ", ".join(_KEPT)


@dataclass(frozen=True, slots=True)
class Resumed:
    """An upload that a server left behind, which began `tries` times to take it in."""

    upload: Upload
    tries: int


class UploadSpool:
    """The accepted uploads of one server. Several servers may share the folder: each holds a lock while it runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = FolderFiles(folder)
        self._server = token_hex(8)
        self._held: sqlite3.Connection | None = None
        self._holding = Lock()
        self._places: dict[int, str] = {}

    def accept(self, upload: Upload, file: Path | None = None) -> Upload:
        """Keep an upload, whose file is moved here and on the disk before this returns; return it with its id.

        Raises:
            LibraryError: it cannot be written down.
        """
        self._hold()
        place = token_hex(8) if file else ""
        if file:
            self._files.put(f"{place}/{stored_name(upload.name)}", file)
        values = [self._server, place, *(getattr(upload, name) for name in _KEPT)]
        with self._open() as db:
            marks = ", ".join("?" * len(values))
            insert = f"INSERT INTO uploads (server, place, {_COLUMNS}) VALUES ({marks}) RETURNING id"  # noqa: S608  our own names
            (id_,) = db.execute(insert, values).fetchone()
        self._places[id_] = place
        return replace(upload, id=id_)

    def file(self, upload: Upload) -> Path:
        """Return where the file of an upload is, under its own name: its reader goes by that."""
        return self._path(self._places[upload.id], upload.name)

    def count_try(self, upload: Upload) -> None:
        """Note that an upload is begun to be ingested."""
        with self._open() as db:
            db.execute("UPDATE uploads SET tries = tries + 1 WHERE id = ?", (upload.id,))

    def note(self, upload: Upload) -> None:
        """Write down what has become of an upload. The file of one that failed is deleted."""
        with self._open() as db:
            values = (upload.state, upload.text, upload.document_id, upload.id)
            db.execute("UPDATE uploads SET state = ?, text = ?, document_id = ? WHERE id = ?", values)
        if upload.state == "failed":
            self._delete(self._places.get(upload.id, ""))

    def forget(self, id_: int) -> None:
        """Delete an upload: it has been ingested, or its sender has seen what became of it."""
        with self._open() as db:
            db.execute("DELETE FROM uploads WHERE id = ?", (id_,))
        self._delete(self._places.pop(id_, ""))

    def all_of(self, owner: str) -> list[tuple[Upload, Path | None]]:
        """Return what was accepted of or from a user, each with where its file is, if it has one."""
        if not (self._folder / _FILE).exists():
            return []
        with self._open() as db:
            query = f"SELECT id, place, {_COLUMNS} FROM uploads WHERE owner = ? OR sender = ? ORDER BY id"  # noqa: S608  our own names
            rows = db.execute(query, (owner, owner)).fetchall()
        uploads = [(Upload(id=row[0], **dict(zip(_KEPT, row[2:], strict=True))), row[1]) for row in rows]
        return [(upload, self._path(place, upload.name) if place else None) for upload, place in uploads]

    def forget_all_of(self, owner: str) -> int:
        """Delete uploads of or from a user that failed or are locked; return how many are still to be ingested."""
        if not (self._folder / _FILE).exists():
            return 0
        with self._open() as db:
            found = db.execute(
                "SELECT id, place, state IN ('failed', 'locked') FROM uploads WHERE owner = ? OR sender = ?",
                (owner, owner),
            ).fetchall()
            ended = {id_: place for id_, place, has_ended in found if has_ended}
            db.executemany("DELETE FROM uploads WHERE id = ?", [(id_,) for id_ in ended])
        for place in ended.values():
            self._delete(place)
        return len(found) - len(ended)

    def resume(self) -> list[Resumed]:
        """Take over the uploads of servers that have ended, and return them in the order they came.

        Files that nobody was told of as accepted are deleted.
        """
        if not self._folder.is_dir():
            return []
        self._hold()
        alive = self._others_alive()
        with self._open() as db:
            rows = db.execute(f"SELECT id, place, tries, server, {_COLUMNS} FROM uploads ORDER BY id").fetchall()  # noqa: S608
            left = [row for row in rows if row[3] not in alive]
            db.executemany("UPDATE uploads SET server = ? WHERE id = ?", [(self._server, row[0]) for row in left])
        self._places |= {row[0]: row[1] for row in left}
        if not alive:
            for place in self._files.folders("").keys() - {row[1] for row in rows}:
                self._delete(place)
        return [Resumed(Upload(id=row[0], **dict(zip(_KEPT, row[4:], strict=True))), row[2]) for row in left]

    def is_alone(self) -> bool:
        """Return whether no other server runs on this library."""
        return not self._others_alive()

    def close(self) -> None:
        """Leave what is here to the next server."""
        with self._holding:
            if self._held:
                self._held.close()
                self._held = None
                (self._folder / f"{self._server}{_LOCK}").unlink(missing_ok=True)

    def _path(self, place: str, name: str) -> Path:
        return self._folder / place / stored_name(name)

    def _delete(self, place: str) -> None:
        if place:
            shutil.rmtree(self._folder / place, ignore_errors=True)

    def _hold(self) -> None:
        with self._holding:
            if self._held is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._held = _locked(self._folder / f"{self._server}{_LOCK}")
                if self._held:
                    finalize(self, self._held.close)  # a server that is dropped without `close` lets go of it too

    def _others_alive(self) -> set[str]:
        """Return the names of the other servers that run; what those that have ended left of theirs is deleted."""
        alive = set()
        for path in self._folder.glob(f"*{_LOCK}"):
            if path.stem == self._server:
                continue
            if (lock := _locked(path)) is None:
                alive.add(path.stem)
            else:
                lock.close()
                path.unlink(missing_ok=True)
        return alive

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return private_database(self._folder / _FILE, _TABLE)


def _locked(path: Path) -> sqlite3.Connection | None:
    """Lock a file until the connection is closed or the process ends, however it ends; None if another has it locked.

    SQLite locks files alike on all systems.
    """
    db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        db.close()
        return None
    return db
