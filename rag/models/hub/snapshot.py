"""Fetch a model from the hub at one commit, and check every file against the hash that the hub gives for it.

models/hub/
  OWNER--NAME/              a repository's files; `verified.json` says from which commit, with their hashes
  OWNER--NAME--FILE.gguf/   the same for one GGUF file
  .fetching-…/              staging folder; kept when the connection is lost, so that the next attempt resumes
"""

import logging
import shutil
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import Role
from rag.models.download import watch_folder
from rag.models.download_sources import is_disk_full
from rag.models.hub.fetched_models import folder_of, is_fetched, matches, role_of, write_manifest
from rag.models.hub.repository import (
    RemoteFile,
    Repository,
    gguf_file,
    hub_error,
    read_repository,
    settings_files,
    weight_files,
)
from rag.models.inspection.folder_access import hold_lock
from rag.models.inspection.model_config import require_config, require_decoder
from rag.models.inspection.model_source import ModelSource
from rag.runtime.progress import Progress, no_progress


def fetch_model(
    name: str, models: Path, report: Progress = no_progress, *, offline: bool = False, role: Role | None = None
) -> Path:
    """Return the folder of a repository's model, fetched if needed; `name` is OWNER/NAME.

    What cannot be a chat model is refused before its weights are fetched if `role` is that of one, or None and its
    files speak for one: an encoder alone is an embedder only to who asks for one.

    Raises:
        ModelError: the hub does not deliver, the repository has no safetensors, the disk is too small, or a file does
            not match its hash.
    """
    return _fetch(name, models, partial(_download_model, name, role), report, offline=offline)


def fetch_gguf(name: str, file: str, models: Path, report: Progress = no_progress, *, offline: bool = False) -> Path:
    """Return the path of one GGUF file of the repository `name`, fetched if needed.

    Raises:
        ModelError: as `fetch_model`.
    """
    whole = f"{name}/{file}"
    return _fetch(whole, models, partial(_download_gguf, name, file), report, offline=offline) / file


_Download = Callable[[Path, Progress], tuple[Repository, list[RemoteFile]]]
"""Fill a staging folder; return the repository and the files that belong to the model."""


def _fetch(name: str, models: Path, download: _Download, report: Progress, *, offline: bool) -> Path:
    folder = folder_of(name, models)
    if is_fetched(name, models):
        return folder
    if offline:
        raise ModelError(
            f"Model '{name}' is not in {folder.parent}, and Citewell is set to stay offline. Run "
            f"'citewell models fetch {name}' once without CITEWELL_OFFLINE."
        )
    staging = folder.parent / f".fetching-{folder.name}"
    with hold_lock(folder.parent, f".{folder.name}.lock"):
        if not is_fetched(name, models):  # another process may have fetched it meanwhile
            report(f"fetching {name} from the model hub", 0, 0)
            repository, files = download(staging, report)
            _keep_only(staging, files)
            write_manifest(staging, name, repository, files)
            shutil.rmtree(folder, ignore_errors=True)
            staging.rename(folder)
    return folder


def _download_model(
    name: str, role: Role | None, staging: Path, report: Progress
) -> tuple[Repository, list[RemoteFile]]:
    """Download the small files first: they say which weights belong to the model, and whether it can be used at all."""
    repository = read_repository(name)
    small = settings_files(repository)
    _download(repository, small, staging, report)
    if (staging / "config.json").is_file() and (role or role_of(staging)) == "generator":
        source = ModelSource(staging, name)
        require_decoder(source, require_config(source))
    weights = weight_files(repository, staging)
    _download(repository, weights, staging, report)
    return repository, [*small, *weights]


def _download_gguf(name: str, path: str, staging: Path, report: Progress) -> tuple[Repository, list[RemoteFile]]:
    repository = read_repository(name)
    file = gguf_file(repository, path)
    _download(repository, [file], staging, report)
    return repository, [file]


def _download(repository: Repository, files: list[RemoteFile], staging: Path, report: Progress) -> None:
    if unknown := next((file.path for file in files if not file.checksum), None):
        raise ModelError(
            f"The model hub gives no hash for {unknown} of '{repository.name}', so it could not be checked, and "
            "nothing was fetched. Copy the model into a local folder if you trust it."
        )
    missing = [file for file in files if not _has(file, staging, report)]
    total = sum(file.size for file in missing)
    staging.mkdir(exist_ok=True)
    _require_space(repository.name, total - sum(_arrived(file, staging) for file in missing), staging)
    with watch_folder(staging, f"fetching {repository.name}", sum(file.size for file in files), report):
        for file in missing:
            try:
                _download_file(repository, file, staging)
            except _DiskFullError as error:
                full = _disk_full(repository.name, sum(each.size for each in files), staging)
                shutil.rmtree(staging, ignore_errors=True)
                raise full from error
    for file in missing:
        if not matches(file, staging / file.path, report):
            (staging / file.path).unlink()
            raise ModelError(
                f"{file.path} of '{repository.name}' does not match the hash that the model hub gives for it, so it "
                "was thrown away. Run the command again."
            )


class _DiskFullError(Exception):
    """The disk became full while a file was written."""


def _has(file: RemoteFile, staging: Path, report: Progress) -> bool:
    """Return True if a file arrived before; one of another commit is not the one that is wanted."""
    path = staging / file.path
    return path.is_file() and matches(file, path, report)


def _download_file(repository: Repository, file: RemoteFile, staging: Path) -> None:
    """Download one file, from where the last attempt was broken off."""
    from huggingface_hub import constants, get_token, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # each retry would be a line of its own
    partial_file = _partial(file, staging)
    partial_file.parent.mkdir(parents=True, exist_ok=True)
    if _arrived(file, staging) > file.size:
        partial_file.unlink()
    url = hf_hub_url(repository.name, file.path, revision=repository.commit, endpoint=constants.ENDPOINT)
    headers = {"Accept-Encoding": "identity"}  # compressed bytes could not be resumed
    if token := get_token():
        headers["authorization"] = f"Bearer {token}"
    try:
        with partial_file.open("ab") as out:
            http_get(url, out, resume_size=out.tell(), headers=headers, expected_size=file.size)
    except Exception as error:  # transport errors differ between hub clients
        if is_disk_full(error):
            raise _DiskFullError from error
        raise hub_error(error, repository.name) from error
    partial_file.rename(staging / file.path)


def _partial(file: RemoteFile, staging: Path) -> Path:
    """Return where a file is kept until it is whole; a file with other content gets another name."""
    return staging / f"{file.path}.{file.checksum[:12]}.part"


def _arrived(file: RemoteFile, staging: Path) -> int:
    path = _partial(file, staging)
    return path.stat().st_size if path.is_file() else 0


def _keep_only(staging: Path, files: Iterable[RemoteFile]) -> None:
    """Remove the leftovers of earlier attempts."""
    wanted = {staging / file.path for file in files}
    for path in [path for path in staging.rglob("*") if path.is_file() and path not in wanted]:
        path.unlink()


def _require_space(name: str, needed: int, folder: Path) -> None:
    if shutil.disk_usage(folder).free < needed:
        raise _disk_full(name, needed, folder)


def _disk_full(name: str, needed: int, folder: Path) -> ModelError:
    free = shutil.disk_usage(folder.parent).free
    return ModelError(
        f"'{name}' needs {needed / 1e9:.1f} GB of disk and {folder.parent} has {free / 1e9:.1f} GB free. Free some "
        "space, or point CITEWELL_MODELS at a larger disk."
    )
