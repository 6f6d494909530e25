"""Copy a library into one file while everything runs, and make a library of such a file again.

The file is a ZIP archive of the SQLite files, uploads, copies of web pages, accounts, the audit log and the list of
followed folders, with the hash of each. Indexes are not in it: they are rebuilt from the library.
"""

import logging
import os
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ingest.backup_chain import MANIFEST, Backup, manifest_of, open_backup, write_file
from rag.errors import LibraryError
from rag.runtime.atomic_write import written_whole
from rag.runtime.audit_log import AUDIT_LOG
from rag.runtime.rotating_file import rotated
from rag.stores.database import DATABASE
from rag.stores.library_folder import ACCEPTED, FOLLOWED, INCOMING, LAST_BACKUP, ORIGINALS, PAGES, UPLOADS
from rag.stores.schema import VERSION

log = logging.getLogger(__name__)

ACCOUNTS = "users.json"
"""Name of the accounts in a backup; they are kept outside of the library."""

_HALF_RECEIVED = re.compile(rf"{UPLOADS}/{INCOMING}/|{PAGES}/{INCOMING}-[^/]*/")

_PAGES_AT_ONCE = 2000
"""Pages that SQLite copies before others may write again."""


def back_up(library: Path, target: Path, accounts: Path | None = None, *, since: Path | None = None) -> int:
    """Write a backup of a library to a new file, read it back, and return the number of files in it.

    With `since`, an earlier backup in the same folder, it has only what changed, and needs that one to be restored.

    Raises:
        LibraryError: there is no library, the target exists or cannot be written, or what was written is not sound.
    """
    if not (library / DATABASE).is_file():
        raise LibraryError(f"There is no library in {library}. Choose another with --library.")
    if target.exists():
        raise LibraryError(f"There is a file {target} already. Name another.")
    if since and since.resolve().parent != target.resolve().parent:
        raise LibraryError(f"A backup that goes on from {since} has to lie beside it. Name a file in {since.parent}.")
    try:
        with TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch, written_whole(target) as partial:
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with ExitStack() as opened, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                earlier = opened.enter_context(open_backup(since)) if since else None
                contents = _contents(library, Path(scratch), accounts)
                hashes = _write_files(archive, contents, earlier)
                archive.writestr(MANIFEST, manifest_of(hashes, earlier, since.name if since else ""))
            verify_backup(partial)
        _note_backup(library)
    except OSError as error:
        raise LibraryError(f"The backup {target} cannot be written: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise LibraryError(
            f"The library cannot be backed up: {error}. 'citewell library salvage' takes out what is whole."
        ) from error
    return len(hashes)


def last_backup(library: Path) -> float | None:
    """Return when the last backup of a library was made, in seconds since 1970; None if that is not known."""
    try:
        return (library / LAST_BACKUP).stat().st_mtime
    except OSError:
        return None


def _note_backup(library: Path) -> None:
    """Note that a backup was made: its whole content is the time of the file. The backup is sound without it."""
    try:
        (library / LAST_BACKUP).write_bytes(b"")
        os.utime(library / LAST_BACKUP)
    except OSError as error:
        log.warning("the time of this backup cannot be noted in %s: %s", library, error.strerror)


def verify_backup(path: Path) -> dict[str, str]:
    """Read a backup, and return the hashes of its files by name.

    Raises:
        LibraryError: it is no backup, or damaged.
    """
    with open_backup(path) as backup:
        backup.verify(path)
        return dict(backup.files)


def restore(path: Path, library: Path, accounts: Path | None = None) -> int:
    """Make a library of a backup in a folder that has none, and return the number of its files.

    The accounts go to their own file, unless there is one.

    Raises:
        LibraryError: the backup is damaged or of a newer Citewell, or the folder is not empty.
    """
    hashes = verify_backup(path)
    _require_empty(library)
    names = {name: _safe(name, path) for name in hashes}
    try:
        with open_backup(path) as backup, written_whole(library) as folder:
            folder.mkdir(0o700, parents=True)  # documents are not for the machine's other users
            _extract(backup, DATABASE, folder / DATABASE)
            _require_known_format(folder / DATABASE, path)
            for name, relative in names.items():
                is_accounts = name == ACCOUNTS and accounts is not None and not accounts.exists()
                target = accounts if is_accounts and accounts else folder / relative
                _extract(backup, name, target)
            _take_audit_log(library, folder)
    except sqlite3.Error as error:
        raise LibraryError(f"The file {path} is no backup of a library: {error}.") from error
    except OSError as error:
        raise LibraryError(f"The library in {library} cannot be written: {error.strerror}.") from error
    return len(hashes)


def _require_empty(library: Path) -> None:
    """Check that a folder has nothing in it but an audit log: accounts are often made before the first document.

    Raises:
        LibraryError: it has.
    """
    if library.exists() and not (
        library.is_dir() and all(path.name.startswith(AUDIT_LOG) for path in library.iterdir())
    ):
        raise LibraryError(f"The folder {library} is not empty. Move it away first, or choose another with --library.")


def _require_known_format(database: Path, path: Path) -> None:
    """Check that this program can open a restored database.

    Raises:
        LibraryError: a newer one wrote it.
    """
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        (version,) = db.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() or ("0",)
    if int(version) > VERSION:
        raise LibraryError(
            f"The backup {path} was made by a newer Citewell (format {version}, this one reads {VERSION}). Upgrade "
            "Citewell, then restore it."
        )


def _take_audit_log(library: Path, folder: Path) -> None:
    """Add what was recorded here to the restored audit log, and remove the folder that has nothing else."""
    if library.exists():
        lines = b"".join(path.read_bytes() for path in rotated(library / AUDIT_LOG))
        if lines:
            with open(folder / AUDIT_LOG, "ab", opener=_private) as log:
                log.write(lines)
        for path in library.iterdir():
            path.unlink()
        library.rmdir()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write_files(
    archive: zipfile.ZipFile, contents: Iterator[tuple[str, Path]], earlier: Backup | None
) -> dict[str, str]:
    """Write files into an archive, and return their hashes. One that is removed or moves on meanwhile is left out."""
    hashes = dict[str, str]()
    for name, path in contents:
        if name not in hashes:
            with suppress(FileNotFoundError):
                hashes[name] = write_file(archive, name, path, earlier)
    return hashes


def _contents(library: Path, scratch: Path, accounts: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield the names and paths of all that belongs to a library. SQLite files are copied by SQLite, and checked.

    What was accepted comes before the databases too: what they do not have of it yet can be read again.
    """
    yield from _files_in(library, ACCEPTED)
    databases = [path for pattern in ("*", f"{ACCEPTED}/*") for path in library.glob(f"{pattern}.sqlite")]
    for number, database in enumerate(databases):
        copy = scratch / str(number)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as written:
            source.backup(written, pages=_PAGES_AT_ONCE)
            found = [row[0] for row in written.execute("PRAGMA quick_check(1)")]
        if found != ["ok"]:
            raise sqlite3.DatabaseError(f"{database.name} is damaged ({found[0]})")
        yield database.relative_to(library).as_posix(), copy
    for folder in ORIGINALS:  # one that moves on meanwhile is found in the next
        yield from _files_in(library, folder)
    if (library / FOLLOWED).is_file():
        yield FOLLOWED, library / FOLLOWED
    for path in rotated(library / AUDIT_LOG):
        yield path.name, path
    if accounts and accounts.is_file():
        yield ACCOUNTS, accounts


def _files_in(library: Path, folder: str) -> Iterator[tuple[str, Path]]:
    """Yield the names and paths of people's files in a folder: not our own beside them, nor what is half received."""
    for path in sorted((library / folder).rglob("*")):
        name = path.relative_to(library)
        is_ours = folder == ACCEPTED and len(name.parts) == 2
        if path.is_file() and not is_ours and not _HALF_RECEIVED.match(name.as_posix()):
            yield name.as_posix(), path


def _safe(name: str, path: Path) -> Path:
    """Return the name of a member as a path that stays below a folder."""
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in parts[0]:
        raise LibraryError(f"The file {path} is no backup of a library: it has a member '{name[:100]}'.")
    return Path(*parts)


def _extract(backup: Backup, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as written:
        written.writelines(backup.content(name))
    is_private = name == ACCOUNTS or name.startswith(AUDIT_LOG) or (name.endswith(".sqlite") and name != DATABASE)
    target.chmod(0o600 if is_private else 0o644)
