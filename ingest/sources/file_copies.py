"""Copies on this machine's disk of files that are kept elsewhere: readers and their sandboxes need a path.

They are named by their content, so a copy is never out of date. A document that another server removed leaves no copy
for longer than an hour.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from threading import Lock, Timer

from rag.errors import ChangedFileError
from rag.runtime.file_hash import sha256_of

LONGEST_UNUSED_S = 3600.0
MOST_BYTES = 1_000_000_000

_PREFIX = 32
"""Characters of the hash in a copy's name: so many are known of a web page's."""

_SUFFIX = re.compile(r"\.\w{1,10}", re.ASCII)
_ARRIVING = ".arriving"
_LOCKS = 16


class FileCopies:
    """The copies in a folder, of at most so many bytes together but for the newest: those not used for longest go.

    Several programs may share the folder, which only its owner may look into.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, longest_s: float = LONGEST_UNUSED_S) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._longest_s = longest_s
        self._locks = tuple(Lock() for _ in range(_LOCKS))
        self._waiting = Lock()
        self._timer: Timer | None = None
        if folder.is_dir():
            self._expire_later()

    def get(self, name: str, sha256: str, fetch: Callable[[Path], None]) -> Path:
        """Return the copy of a file of this name and hash, which is fetched if it is not there.

        Raises:
            ChangedFileError: what was fetched has another hash.
        """
        suffix = Path(name).suffix
        suffix = suffix if _SUFFIX.fullmatch(suffix) else ""
        with self._locks[int(hashlib.sha256(f"{sha256 or name}".encode()).hexdigest(), 16) % _LOCKS]:
            path = self._folder / f"{sha256[:_PREFIX]}{suffix}"
            if not sha256 or not path.is_file():
                path = self._fetch(sha256, suffix, fetch)
        _note_use(path)
        return path

    def _fetch(self, sha256: str, suffix: str, fetch: Callable[[Path], None]) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        arriving = self._folder / f"{token_hex(8)}{_ARRIVING}"
        try:
            fetch(arriving)
            found = sha256_of(arriving)
            if not found.startswith(sha256):
                raise ChangedFileError(f"hash {found} in place of {sha256}")
            path = arriving.replace(self._folder / f"{found[:_PREFIX]}{suffix}")
        finally:
            arriving.unlink(missing_ok=True)
        _note_use(path)
        self._make_room(path)
        self._expire_later()
        return path

    def _make_room(self, newest: Path) -> None:
        copies = sorted(self._copies(), key=lambda copy: copy[0])
        total = sum(size for _, size, _ in copies)
        for _, size, path in copies:
            if total <= self._most_bytes:
                return
            if path != newest and not path.name.endswith(_ARRIVING):
                path.unlink(missing_ok=True)
                total -= size

    def _copies(self) -> list[tuple[float, int, Path]]:
        """Return when each copy was last used, its size, and where it is; what has just gone is left out."""
        found = []
        for path in self._folder.iterdir():
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            found.append((stat.st_atime, stat.st_size, path))
        return found

    def expire(self) -> None:
        """Delete the copies that were not used for an hour, and what was not fetched whole."""
        latest = time.time() - self._longest_s
        for used_at, _, path in self._copies():
            if used_at <= latest:
                path.unlink(missing_ok=True)

    def _expire_later(self) -> None:
        """Look for old copies in a while, and again as long as there are any."""
        with self._waiting:
            if self._timer is None:
                self._timer = Timer(self._longest_s / 4, self._expire_now)
                self._timer.daemon = True
                self._timer.start()

    def _expire_now(self) -> None:
        with self._waiting:
            self._timer = None
        if self._folder.is_dir():
            self.expire()
            if any(self._folder.iterdir()):
                self._expire_later()


def _note_use(path: Path) -> None:
    """Note when a copy was used. Its time of change stays: by that readers tell whether a file is still the same."""
    now = time.time_ns()
    os.utime(path, ns=(now, path.stat().st_mtime_ns))
