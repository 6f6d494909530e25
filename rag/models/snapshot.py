"""Fetch a model from the hub with its own client, at one commit, and check every file against the hub's hash of it.

Of a repository come the files that transformers or sentence-transformers would load: settings, tokenizer, the modules
of an embedder, and weights in safetensors. Never its code, pickled weights, or a second copy of the weights.
"""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.models.catalog import CONVERTED_INDEXES, Role
from rag.models.fetched_models import folder_of, is_fetched, role_of
from rag.models.folder_access import is_disk_full
from rag.models.model_folder import require_config, require_decoder
from rag.models.model_source import ModelSource, shown
from rag.models.staging import fill, keep_only, matches, room_for, watch_folder
from rag.runtime.progress import Progress, no_progress

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
"""Name of a repository: OWNER/NAME."""

HUB_GGUF = re.compile(r"([\w.-]+/[\w.-]+)/([\w./-]+\.gguf)")
"""Name of a GGUF file in a repository: OWNER/NAME/FILE.gguf."""

_TIMEOUT_SECONDS = 15.0

_WEIGHTS = "model.safetensors"
_SHARD_INDEX = "model.safetensors.index.json"
_NAME = r"[\w+-][\w.+-]*"
_SHARD = re.compile(rf"{_NAME}\.safetensors")
_SETTINGS_FILE = re.compile(rf"{_NAME}\.(json|txt|model|jinja|tiktoken)|additional_chat_templates/{_NAME}\.jinja")
_OTHER_INDEX = re.compile(r".*\.(bin|h5|msgpack|onnx)\.index\.json")
_MODULE_FILE = re.compile(rf"\d+_\w+/{_NAME}\.(json|txt|model|safetensors)")
"""File of a numbered module, such as `1_Pooling/config.json`: sentence-transformers keeps an embedder in several."""

_GGUF = re.compile(rf"({_NAME}/)*{_NAME}\.gguf")
_SPLIT_GGUF = re.compile(r"-\d{5}-of-\d{5}\.gguf$")
_NO_CHAT_GGUF = re.compile(r"(^|/)(mmproj|imatrix)", re.IGNORECASE)
_PREFERRED_GGUF = ("q4_k_m", "q8_0")
_GGUFS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Listing:
    """The files of a repository at one commit: size of each, and the hub's `sha256` of a large one, `git_sha1` else."""

    name: str
    commit: str
    files: dict[str, dict[str, Any]]


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

    def choose(listing: _Listing, staging: Path) -> list[str]:
        small = _settings_files(listing)
        _download(listing, small, staging, report)
        if (staging / "config.json").is_file() and (role or role_of(staging)) == "generator":
            source = ModelSource(staging, name)
            require_decoder(source, require_config(source))
        return [*small, *_weight_files(listing, staging)]

    return _fetch(name, name, models, choose, report, offline=offline)


def fetch_gguf(name: str, file: str, models: Path, report: Progress = no_progress, *, offline: bool = False) -> Path:
    """Return the path of one GGUF file of the repository `name`, fetched if needed.

    Raises:
        ModelError: as `fetch_model`.
    """

    def choose(listing: _Listing, _staging: Path) -> list[str]:
        return [_gguf_file(listing, file)]

    return _fetch(f"{name}/{file}", name, models, choose, report, offline=offline) / file


_Choice = Callable[[_Listing, Path], list[str]]
"""Return the files that belong to a model; to tell, some may be downloaded into the staging folder."""


def _fetch(name: str, repository: str, models: Path, choose: _Choice, report: Progress, *, offline: bool) -> Path:
    folder = folder_of(name, models)
    if is_fetched(name, models):
        return folder
    if offline:
        raise ModelError(
            f"Model '{name}' is not in {folder.parent}, and Citewell is set to stay offline. Run "
            f"'citewell models fetch {name}' once without CITEWELL_OFFLINE."
        )
    fill(folder, partial(_fill, name, repository, choose, report))
    return folder


def _fill(name: str, repository: str, choose: _Choice, report: Progress, staging: Path) -> dict[str, Any]:
    """Download a model and check it; return its manifest: the name, the commit, and the hashes."""
    report(f"fetching {name} from the model hub", 0, 0)
    listing = _list_files(repository)
    keep_only(staging, listing.files)  # leftovers of another commit
    paths = choose(listing, staging)
    _download(listing, paths, staging, report)
    for path in paths:
        if not matches(staging / path, listing.files[path], report):
            (staging / path).unlink()
            raise ModelError(
                f"{path} of '{repository}' does not match the hash that the model hub gives for it, so it was thrown "
                "away. Run the command again."
            )
    keep_only(staging, paths)
    return {"name": name, "commit": listing.commit, "files": {path: listing.files[path] for path in paths}}


def _list_files(repository: str) -> _Listing:
    """Ask the hub for the newest commit of a repository, and its files."""
    from huggingface_hub import HfApi

    try:
        info = HfApi().model_info(repository, files_metadata=True, timeout=_TIMEOUT_SECONDS)
    except Exception as error:  # transport errors differ between hub clients
        raise hub_error(error, repository) from error
    files: dict[str, dict[str, Any]] = {}
    for each in info.siblings or ():
        checksum: dict[str, str | None] = {"sha256": each.lfs.sha256} if each.lfs else {"git_sha1": each.blob_id}
        files[each.rfilename] = {"size": each.size or 0, **checksum}
    return _Listing(repository, info.sha or "", files)


def _download(listing: _Listing, paths: list[str], staging: Path, report: Progress) -> None:
    """Download files with the hub's client, which leaves those alone that have arrived at this commit."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    sizes = 0
    for path in paths:
        known = listing.files[path]
        if not (known.get("sha256") or known.get("git_sha1")):
            raise ModelError(
                f"The model hub gives no hash for {path} of '{listing.name}', so it could not be checked, and it was "
                "not fetched. Copy the model into a local folder if you trust it."
            )
        sizes += known["size"]
    disable_progress_bars()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # each retry would be a line of its own
    with room_for(listing.name, sizes, staging), watch_folder(staging, f"fetching {listing.name}", sizes, report):
        try:
            snapshot_download(listing.name, revision=listing.commit, local_dir=staging, allow_patterns=paths)
        except Exception as error:  # transport errors differ between hub clients
            if is_disk_full(error):
                raise
            raise hub_error(error, listing.name) from error


def _settings_files(listing: _Listing) -> list[str]:
    """Return the small files of a model and the modules of an embedder: everything to load but the main weights."""
    _require_weights(listing)
    unwanted = {*CONVERTED_INDEXES, _SHARD_INDEX if _WEIGHTS in listing.files else ""}
    return [
        path
        for path in listing.files
        if (_SETTINGS_FILE.fullmatch(path) and path not in unwanted and not _OTHER_INDEX.fullmatch(path))
        or _MODULE_FILE.fullmatch(path)
    ]


def _weight_files(listing: _Listing, staging: Path) -> list[str]:
    """Return the files of the main weights, as transformers chooses them; none if an embedder's modules have all."""
    if _WEIGHTS in listing.files:
        return [_WEIGHTS]
    if _SHARD_INDEX not in listing.files:
        return []
    try:
        shards = set(json.loads((staging / _SHARD_INDEX).read_bytes())["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        shards = set()
    files = [path for path in listing.files if path in shards and _SHARD.fullmatch(path)]
    if not shards or len(files) < len(shards):
        raise ModelError(
            f"The repository '{listing.name}' is incomplete: {_SHARD_INDEX} names weights that it does not have. "
            "Choose another model ('citewell models list')."
        )
    return files


def _require_weights(listing: _Listing) -> None:
    name, paths = listing.name, listing.files.keys()
    if {_WEIGHTS, _SHARD_INDEX} & paths:
        return
    if any(_MODULE_FILE.fullmatch(path) and path.endswith(".safetensors") for path in paths):
        return
    if choice := _gguf_choice(listing):
        raise ModelError(f"'{name}' has its weights as GGUF only: name the file. {choice}")
    if "adapter_config.json" in paths:
        raise ModelError(
            f"'{name}' is an adapter, which changes another model and is none itself. Choose a repository with the "
            "merged model."
        )
    raise ModelError(
        f"'{name}' has no weights in safetensors format. Pickled weights (.bin, .pt) can run code when they are "
        "opened, so Citewell does not fetch them. Choose another model ('citewell models list')."
    )


def _gguf_file(listing: _Listing, path: str) -> str:
    """Return the path of a GGUF file, if the repository has it in one part."""
    if path not in listing.files or not _GGUF.fullmatch(path):
        choice = _gguf_choice(listing) or "It has no GGUF."
        raise ModelError(f"The repository '{listing.name}' has no file '{path}'. {choice}")
    if _SPLIT_GGUF.search(path):
        raise ModelError(
            f"'{path}' is one part of a GGUF that is split into several, which Citewell cannot read. "
            "Choose a GGUF in one file, or a repository with safetensors."
        )
    return path


def _gguf_choice(listing: _Listing) -> str:
    """Return a sentence about the GGUF files of a repository, or nothing if it has none."""
    paths = [
        path
        for path in listing.files
        if _GGUF.fullmatch(path) and not _SPLIT_GGUF.search(path) and not _NO_CHAT_GGUF.search(path)
    ]
    if not paths:
        return ""
    best, *others = sorted(paths, key=_gguf_rank)
    rest = f" Also there: {shown(', '.join(others[:_GGUFS_SHOWN]))}." if others else ""
    return f"Try '{listing.name}/{best}'.{rest}"


def _gguf_rank(path: str) -> tuple[int, str]:
    lowered = path.lower()
    ranks = (index for index, quantisation in enumerate(_PREFERRED_GGUF) if quantisation in lowered)
    return next(ranks, len(_PREFERRED_GGUF)), lowered


def hub_error(error: Exception, repository: str) -> ModelError:
    """Return the sentence that tells a user why the hub did not deliver, and what to do."""
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    if isinstance(error, GatedRepoError):
        return ModelError(
            f"'{repository}' is gated. Accept its licence at {constants.ENDPOINT}/{repository}, make a token at "
            f"{constants.ENDPOINT}/settings/tokens, set HF_TOKEN to it, and run the command again."
        )
    if isinstance(error, RepositoryNotFoundError):
        return ModelError(f"The model hub has no model '{repository}', or it needs a login (HF_TOKEN).")
    if isinstance(error, HFValidationError):
        return ModelError(f"'{repository}' is not a name that the model hub allows. A hub id is OWNER/NAME.")
    if isinstance(error, OfflineModeIsEnabled):
        return ModelError(
            f"Model '{repository}' is not on this disk, and HF_HUB_OFFLINE forbids the model hub. Unset it, or copy "
            "the model's folder from another machine."
        )
    return ModelError(
        f"The model hub cannot be reached for '{repository}'. Check the connection and try again (files that have "
        "arrived are kept), or use a catalog model ('citewell models list') or a local folder."
    )
