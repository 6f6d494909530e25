"""Resolve a model's name (catalog name, local folder or hub id) to a folder that can be loaded."""

import hashlib
import re
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import CATALOG, INT8_INDEX, Role, WeightFormat, find_spec
from rag.models.convert import ensure_converted
from rag.models.download import fetch
from rag.models.download_sources import is_disk_full
from rag.runtime.progress import Progress, no_progress

_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_SAFE_FILES = ["*.safetensors", "*.json", "*.txt", "*.model", "*.jinja", "*/config.json"]
"""Files downloaded from a hub repository: never pickled weights, never code."""


def resolve_model(
    name: str,
    role: Role,
    models: Path,
    report: Progress = no_progress,
    *,
    offline: bool = False,
    weights: WeightFormat = "bfloat16",
) -> Path:
    """Return the folder to load `name` from; fetch and convert it first if needed, a generator to the format `weights`.

    Raises:
        ModelError: the name is unknown, the folder is incomplete, or the model cannot be fetched.
    """
    if spec := find_spec(name):
        if spec.role != role:
            raise ModelError(f"'{name}' is of the role {spec.role}, not {role}. See 'citewell models list'.")
        folder = fetch(spec, models, report, offline=offline)
        return ensure_converted(folder / spec.gguf, folder, weights, report) if spec.gguf else folder
    if (other := _other_folder(name, models, report, offline=offline)) is not None:
        if role != "generator" or weights == "bfloat16" or (other / INT8_INDEX).is_file():
            return other
        return ensure_converted(other, models / "converted" / _fingerprint(other), weights, report)
    known = ", ".join(
        spec.aliases[0] if "/" not in spec.aliases[0] else spec.name for spec in CATALOG if spec.role == role
    )
    raise ModelError(
        f"There is no model '{name}'. It can be a name of the catalog ({known}), a folder with the "
        "model's files, or a hub id such as 'Qwen/Qwen2.5-1.5B-Instruct'."
    )


def _other_folder(name: str, models: Path, report: Progress, *, offline: bool) -> Path | None:
    """Return the folder of a model outside the catalog, local or from the hub; None if it is neither."""
    path = Path(name).expanduser()
    if path.is_dir():
        _require_complete(path)
        return path.resolve()
    return _from_hub(name, models, report, offline=offline) if _HUB_ID.fullmatch(name) else None


def _fingerprint(folder: Path) -> str:
    """Return a name for the conversion of a folder, which changes when the folder's files do."""
    files = sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in folder.glob("*.*"))
    return f"{folder.name}-{hashlib.sha256(repr((str(folder), files)).encode()).hexdigest()[:16]}"


def _require_complete(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise ModelError(f"{folder} is not a model folder: config.json is missing.")
    if not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"{folder} has no weights in safetensors format (*.safetensors). Pickled weights (.bin, .pt) "
            "can run code when they are opened, so Citewell does not open them."
        )


def _from_hub(repo: str, models: Path, report: Progress, *, offline: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import RepositoryNotFoundError

    folder = models / "hub" / repo.replace("/", "--")
    marker = folder / ".complete"
    if marker.is_file():
        return folder
    if offline:
        raise ModelError(
            f"Model '{repo}' is not in {models / 'hub'}, and Citewell is set to stay offline. Run "
            f"'citewell models fetch {repo}' once without CITEWELL_OFFLINE."
        )
    report(f"fetching {repo} from the model hub", 0, 0)
    try:
        snapshot_download(repo, local_dir=folder, allow_patterns=_SAFE_FILES)
    except RepositoryNotFoundError as error:
        raise ModelError(f"The model hub has no model '{repo}', or it needs a login (HF_TOKEN).") from error
    except Exception as error:  # transport errors differ between hub clients
        if is_disk_full(error):
            raise ModelError(f"The disk is full: '{repo}' does not fit into {folder}.") from error
        raise ModelError(
            f"The model hub cannot be reached for '{repo}'. Check the connection and try again, or use a "
            "catalog model ('citewell models list') or a local folder."
        ) from error
    _require_complete(folder)
    marker.touch()
    return folder
