"""Fill the folder of a model whole or not at all: its lock, a staging folder, room on the disk, progress, hashes.

models/
  NAME/                     the files of a model of the catalog
  hub/OWNER--NAME/          those of a repository of the model hub
  hub/OWNER--NAME--FILE/    one GGUF file of a repository

Beside the files `verified.json` lists the hashes that they were compared with. A staging folder, `.fetching-NAME`,
stays when the connection is lost: files that have arrived whole are not fetched again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

from rag.errors import ModelError
from rag.models.folder_access import has_file, hold_lock, is_disk_full
from rag.runtime.progress import Progress, no_progress

MANIFEST = "verified.json"
_CLIENT_NOTES = ".cache"
"""Folder in which the hub's client notes which files have arrived, and of which commit."""

_BLOCK = 1 << 20
_POLL_SECONDS = 0.2


def fill(folder: Path, fetch: Callable[[Path], object]) -> None:
    """Have `fetch` fill a staging folder and return the manifest; then give the staging folder its name.

    Raises:
        ModelError: the folder of models cannot be written, or what `fetch` raises.
    """
    staging = folder.with_name(f".fetching-{folder.name}")
    with hold_lock(folder.parent, f".{folder.name}.lock"):
        if has_file(folder / MANIFEST):  # another process has fetched it meanwhile
            return
        staging.mkdir(exist_ok=True)
        manifest = fetch(staging)
        shutil.rmtree(staging / _CLIENT_NOTES, ignore_errors=True)
        (staging / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        staging.rename(folder)


@contextmanager
def room_for(name: str, size: int, staging: Path) -> Iterator[None]:
    """Check that the disk has room for so many bytes; if it becomes full all the same, free what is in `staging`.

    Raises:
        ModelError: the disk is too small.
    """
    arrived = bytes_under(staging)
    if shutil.disk_usage(staging.parent).free + arrived < size:
        raise _disk_full(name, size, staging)
    try:
        yield
    except OSError as error:
        if not is_disk_full(error):
            raise
        full = _disk_full(name, size, staging)  # before what has arrived is removed
        shutil.rmtree(staging, ignore_errors=True)
        raise full from error


def _disk_full(name: str, size: int, staging: Path) -> ModelError:
    free = shutil.disk_usage(staging.parent).free
    return ModelError(
        f"Model '{name}' needs {size / 1e9:.1f} GB of disk and {staging.parent} has {free / 1e9:.1f} GB free. Free "
        "some space, or point CITEWELL_MODELS at a larger disk; '--model tiny' needs 0.4 GB."
    )


@contextmanager
def watch_folder(folder: Path, task: str, total: int, report: Progress) -> Iterator[None]:
    """Report the bytes in a folder as progress while it is filled, by whatever program."""
    done = Event()

    def poll() -> None:
        while not done.wait(_POLL_SECONDS):
            report(task, min(bytes_under(folder), total), total)

    watcher = Thread(target=poll, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def bytes_under(folder: Path) -> int:
    """Return the size of all files, which may come and go while they are counted."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(root, name).lstat().st_size
    return total


def keep_only(folder: Path, paths: Collection[str]) -> None:
    """Remove all files of a folder but those at these paths and the client's notes, and folders that are then empty."""
    for root, _, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(root, name).relative_to(folder)
            if path.as_posix() not in paths and path.parts[0] != _CLIENT_NOTES:
                (folder / path).unlink()
        with suppress(OSError):  # not empty
            Path(root).rmdir()


def matches(path: Path, known: Mapping[str, Any], report: Progress = no_progress) -> bool:
    """Return True if a file is there with what is known of it: its `size`, and its `sha256` or else its `git_sha1`."""
    if not path.is_file() or (size := path.stat().st_size) != known["size"]:
        return False
    # Git's name of a file's content is the sha1 of its size and the content.
    digest = hashlib.sha256() if "sha256" in known else hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            done += len(block)
            if size > _BLOCK:  # smaller ones are done before anyone could read it
                report(f"checking {path.name}", done, size)
    wanted: str = known.get("sha256") or known["git_sha1"]
    return digest.hexdigest() == wanted
