"""Copy a library: in rounds, each over one state of the source, until a round finds the target equal to it.

A round compares what both have by the hash over all its rows, deletes from the target what is not the source's, and
copies what is missing. So a copy that was killed goes on where it was, what is written to the source meanwhile is taken
in, and the last round, which has found nothing to copy, has read everything back from the target. Until then the target
is marked, and no program opens it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from rag.errors import LibraryError, SettingsError
from rag.runtime.progress import Progress, no_progress
from rag.stores.copied_parts import PARTS, TABLES, CopiedPart, CopiedTable
from rag.stores.open_stores import needing_postgres
from rag.stores.schema import UNFINISHED, unfinished_copy
from rag.stores.sql_statements import INDEX_RECORD, Connection, keep_meta
from rag.stores.sqlite_end import SqliteEnd

if TYPE_CHECKING:
    from rag.stores.postgres.postgres_end import PostgresEnd

CopyEnd: TypeAlias = "SqliteEnd | PostgresEnd"
"""A library as one end of a copy. A source is only read; a target is locked, then prepared, then written."""

Key = int | str
Row = tuple[Any, ...]

_READ_AT_ONCE = 2_000
_ROUNDS = 5
_ADDRESSES = ("postgresql://", "postgres://")
_COPIED_FROM = "copied_from"
_OWN = {"version", "identity", "embedder", "changes", "indexed", UNFINISHED, _COPIED_FROM}
"""Keys in `meta` that each library has on its own account, besides its indexes'; the rest is copied, such as the
generation."""


@dataclass(slots=True)
class Copied:
    """The number of units that were copied of each part, that of the rows of each table, and the rounds it took."""

    units: Counter[str] = field(default_factory=Counter)
    rows: dict[str, int] = field(default_factory=dict)
    rounds: int = 0


def open_end(named: str) -> CopyEnd:
    """Return the end of a copy at a folder or an address. Nothing is made or changed yet.

    Raises:
        SettingsError: it is an address that cannot be used, or the extra `postgres` is not installed.
    """
    if not named.startswith(_ADDRESSES):
        if "://" in named:  # perhaps with a password: it is not shown
            raise SettingsError(
                "That is no address of PostgreSQL. Write 'postgresql://USER@HOST:PORT/NAME', or a folder."
            )
        return SqliteEnd(Path(named).expanduser())
    with needing_postgres():
        from rag.stores.postgres.postgres_end import PostgresEnd
    return PostgresEnd(named)


def copy_library(source: CopyEnd, target: CopyEnd, progress: Progress = no_progress) -> Copied:
    """Copy a library into an empty place, or go on with that, and read everything back.

    Raises:
        LibraryError: there is nothing to copy, the target has other contents, is of another embedder, is being copied
            to or in use, or is not equal to the source in the end.
    """
    meta = _source_meta(source)
    _require_fitting(meta, target.stored_meta(), source, target)
    with target.locked():
        _require_fitting(meta, target.stored_meta(), source, target)  # another copy may have begun meanwhile
        target.prepare(meta["embedder"])
        is_new = _begin(meta, source, target)
        copying = _Copying(source, target, progress)
        if not is_new:
            copying.compare_only()
            return copying.copied
        copying.run(int(meta.get("dimension", 0)))
        with target.writing() as db:
            db.execute("DELETE FROM meta WHERE key = ?", (UNFINISHED,))
            keep_meta(db, _COPIED_FROM, meta["identity"])
            keep_meta(db, "identity", uuid4().hex)  # an index of what was here before is not used
        return copying.copied


def _source_meta(source: CopyEnd) -> dict[str, str]:
    meta = source.stored_meta()
    if not meta:
        raise LibraryError(f"There is no library in {source.label}. Name the one to copy first, then where it goes.")
    if UNFINISHED in meta:
        raise LibraryError(unfinished_copy(meta[UNFINISHED]))
    return meta


def _require_fitting(meta: dict[str, str], there: dict[str, str], source: CopyEnd, target: CopyEnd) -> None:
    """Raise if what is in the target cannot become this copy."""
    if not there:
        return
    if there["identity"] == meta["identity"]:
        raise LibraryError(f"{target.label} and {source.label} are the same library. Name another to copy to.")
    if there["embedder"] != meta["embedder"]:
        raise LibraryError(
            f'{target.label} is of the embedder "{there["embedder"]}", and {source.label} of "{meta["embedder"]}": '
            "their vectors do not go together. Name an empty place."
        )
    if UNFINISHED in there and (begun := json.loads(there[UNFINISHED]))["identity"] != meta["identity"]:
        raise LibraryError(
            f"{target.label} is a copy of {begun['label']} that is not finished, and not of {source.label}. Go on with "
            "that one, or name an empty place."
        )


def _begin(meta: dict[str, str], source: CopyEnd, target: CopyEnd) -> bool:
    """Mark the target as unfinished if it is empty or was marked; return False if it is a finished copy.

    Raises:
        LibraryError: it has other contents.
    """
    with target.writing() as db:
        there = _meta(db)
        if UNFINISHED in there:
            return True
        if any(UnitReader(target, db, target.stored).counts().values()):
            if there.get(_COPIED_FROM) == meta["identity"]:
                return False
            raise LibraryError(f"{target.label} has contents of its own. Name an empty folder or database.")
        marker = {"identity": meta["identity"], "label": source.label}
        keep_meta(db, UNFINISHED, json.dumps(marker))
        target.begin_loading(db)
        return True


def _meta(db: Connection) -> dict[str, str]:
    return dict(db.execute("SELECT key, value FROM meta"))


def _shared(meta: Mapping[str, str]) -> dict[str, str]:
    """Return what a copy says of itself as its source does."""
    return {key: value for key, value in meta.items() if key not in _OWN and not key.startswith(INDEX_RECORD)}


@dataclass(frozen=True, slots=True)
class UnitReader:
    """Reads the units of one end; `stored` returns a value as the target of the copy can store it."""

    source: CopyEnd
    db: Connection
    stored: Callable[[Any], Any]

    def units(self, part: CopiedPart) -> dict[Key, int]:
        """Return the keys of a part's units in order, and the number of rows that each has, roughly."""
        return {key: int(rows) + 1 for key, rows in self.db.execute(part.units)}

    def columns(self, table: CopiedTable) -> list[str]:
        """Return the names of a table's columns."""
        return self.source.columns(self.db, table.name)

    def rows(self, part: CopiedPart, table: CopiedTable, keys: Sequence[Key]) -> Iterator[tuple[Key, Row]]:
        """Yield the rows of units, each with its unit's key."""
        asked = ", ".join(map(self.source.expression, self.columns(table)))
        found = self.db.execute(table.rows(asked, part.chosen()), (json.dumps(list(keys)),))
        for key, *row in found:
            yield key, tuple(map(self.stored, self.source.plain(tuple(row))))

    def hashes(self, part: CopiedPart, keys: Sequence[Key]) -> dict[Key, bytes]:
        """Return the hash of each unit."""
        hashes = UnitHashes(keys)
        for table in part.tables:
            for key, row in self.rows(part, table, keys):
                hashes.add(key, row)
        return hashes.digests()

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table."""
        return {
            table: int(self.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  our own names
            for table in TABLES
        }


class UnitHashes:
    """The hashes of some units, over their rows in the order of the tables."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._hashes = {key: hashlib.sha256() for key in keys}

    def add(self, key: Key, row: Row) -> None:
        """Take in the next row of a unit."""
        self._hashes[key].update(repr(row).encode())

    def digests(self) -> dict[Key, bytes]:
        """Return the hashes."""
        return {key: each.digest() for key, each in self._hashes.items()}


def delete(db: Connection, part: CopiedPart, keys: Sequence[Key]) -> None:
    """Delete units, those of their rows first that refer to others."""
    for start in range(0, len(keys), _READ_AT_ONCE):
        chosen = json.dumps(list(keys[start : start + _READ_AT_ONCE]))
        for table in reversed(part.tables):
            db.execute(table.deletion(part.chosen()), (chosen,))


def batches(units: Mapping[Key, int]) -> Iterator[list[Key]]:
    """Yield the keys of units that have `_READ_AT_ONCE` rows together, or of one that alone has more."""
    batch: list[Key] = []
    total = 0
    for key, count in units.items():
        if batch and total + count > _READ_AT_ONCE:
            yield batch
            batch, total = [], 0
        batch.append(key)
        total += count
    if batch:
        yield batch


def _hashed(rows: Iterable[tuple[Key, Row]], hashes: UnitHashes) -> Iterator[Row]:
    """Yield rows, and take them into the hashes of their units."""
    for key, row in rows:
        hashes.add(key, row)
        yield row


class _Copying:
    """One run of a copy."""

    def __init__(self, source: CopyEnd, target: CopyEnd, progress: Progress) -> None:
        self._source = source
        self._target = target
        self._progress = progress
        self._written: dict[tuple[str, Key], bytes] = {}
        self.copied = Copied()

    def run(self, dimension: int) -> None:
        """Copy until a round finds nothing to do; `dimension` is that of the vectors, 0 if there are none.

        Raises:
            LibraryError: the last one still did, or what was written does not come back.
        """
        for number in range(_ROUNDS):
            mark = self._source.change_mark()
            changed = self._round()
            if number == 0:
                self._progress("making the index over vectors", 0, 0)
                self._target.finish_loading(dimension)
            if not changed and self._source.change_mark() == mark:
                return
        raise LibraryError(
            f"{self._source.label} was still being written. Stop the programs that use it, and run the same again: "
            "only what has changed is copied."
        )

    def compare_only(self) -> None:
        """Compare a finished copy with its source.

        Raises:
            LibraryError: they differ.
        """
        with self._reading_source() as ours:
            differing = [part.name for part in PARTS if any(self._differences(part, ours))]
            if not differing and self._facts_differ(ours):
                differing = ["counts"]
        if differing:
            raise LibraryError(
                f"{self._target.label} was copied from {self._source.label} before, and they differ by now "
                f"({', '.join(differing)}). Nothing was changed: to copy anew, name an empty place."
            )

    def _round(self) -> list[str]:
        """Make the target equal to one state of the source; return what was not."""
        self.copied.rounds += 1
        changed = []
        with self._reading_source() as ours:
            for part in PARTS:
                surplus, missing = self._differences(part, ours)
                if surplus:
                    with self._target.writing() as db:
                        delete(db, part, surplus)
                self._copy(part, missing, ours)
                if surplus or missing:
                    changed.append(part.name)
                    self.copied.units[part.name] += len(missing)
            if self._facts_differ(ours):
                self._copy_facts(ours)
                changed.append("counts")
        return changed

    @contextmanager
    def _reading_source(self) -> Iterator[UnitReader]:
        with self._source.snapshot() as db:
            yield UnitReader(self._source, db, self._target.stored)

    @contextmanager
    def _reading_target(self) -> Iterator[UnitReader]:
        """Yield a reader of the target: for a short time, since SQLite's log grows meanwhile."""
        with self._target.snapshot() as db:
            yield UnitReader(self._target, db, self._target.stored)

    def _differences(self, part: CopiedPart, ours: UnitReader) -> tuple[list[Key], dict[Key, int]]:
        """Return the units to delete from the target, and those to copy with their numbers of rows."""
        with self._reading_target() as theirs:
            units, there = ours.units(part), theirs.units(part)
            common = {key: rows for key, rows in units.items() if key in there}
            differing = self._differing(part, common, ours, theirs)
        surplus = [key for key in there if key not in units]
        missing = {key: rows for key, rows in units.items() if key not in there or key in differing}
        return [*surplus, *differing], missing

    def _differing(self, part: CopiedPart, common: Mapping[Key, int], ours: UnitReader, theirs: UnitReader) -> set[Key]:
        """Return the units that both have, and that are not the same."""
        differing: set[Key] = set()
        done = 0
        for keys in batches(common):
            self._progress(f"comparing {part.name}", done, len(common))
            expected, found = ours.hashes(part, keys), theirs.hashes(part, keys)
            for key in keys:
                if expected[key] != found[key]:
                    self._require_changed(part, key, expected[key])
                    differing.add(key)
            done += len(keys)
        return differing

    def _require_changed(self, part: CopiedPart, key: Key, expected: bytes) -> None:
        """Raise if a unit was copied before as it is now, and yet reads otherwise."""
        if self._written.get((part.name, key)) == expected:
            raise LibraryError(
                f"What was copied does not come back as it was written: {part.name}, '{key}'. The disk of "
                f"{self._target.label} may be damaged; the copy stays marked as not finished."
            )

    def _copy(self, part: CopiedPart, units: dict[Key, int], ours: UnitReader) -> None:
        done = 0
        for keys in batches(units):
            self._progress(f"copying {part.name}", done, len(units))
            hashes = UnitHashes(keys)
            with self._target.writing() as db:
                for table in part.tables:
                    self._target.insert(
                        db, table.name, ours.columns(table), _hashed(ours.rows(part, table, keys), hashes)
                    )
            self._written.update(((part.name, key), digest) for key, digest in hashes.digests().items())
            done += len(keys)

    def _copy_facts(self, ours: UnitReader) -> None:
        """Copy what the library says of itself, and have ids go on where the source's do."""
        facts = _shared(_meta(ours.db))
        with self._target.writing() as db:
            for key in _shared(_meta(db)).keys() - facts.keys():
                db.execute("DELETE FROM meta WHERE key = ?", (key,))
            for key, value in facts.items():
                keep_meta(db, key, value)
            here = self._target.counters(db)
            self._target.set_counters(
                db, {table: max(last, here[table]) for table, last in self._source.counters(ours.db).items()}
            )

    def _facts_differ(self, ours: UnitReader) -> bool:
        """Return whether counts, counters or what the libraries say of themselves differ."""
        with self._reading_target() as theirs:
            facts, there = (_shared(_meta(each.db)) for each in (ours, theirs))
            given, kept = self._source.counters(ours.db), self._target.counters(theirs.db)
            self.copied.rows = theirs.counts()
            is_behind = any(kept[table] < last for table, last in given.items())
            return facts != there or is_behind or ours.counts() != self.copied.rows
