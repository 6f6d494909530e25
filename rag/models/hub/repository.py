"""A repository of the model hub: its files with the hub's own hashes, and which of them a model is loaded from."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import CONVERTED_INDEXES

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
"""Name of a repository: OWNER/NAME."""

HUB_GGUF = re.compile(r"([\w.-]+/[\w.-]+)/([\w./-]+\.gguf)")
"""Name of a GGUF file in a repository: OWNER/NAME/FILE.gguf."""

_TIMEOUT_SECONDS = 15.0

_WEIGHTS = "model.safetensors"
WEIGHTS_INDEX = "model.safetensors.index.json"
"""File that names the shards of large weights."""

_NAME = r"[\w+-][\w.+-]*"
_SETTINGS_FILE = re.compile(rf"{_NAME}\.(json|txt|model|jinja|tiktoken)|additional_chat_templates/{_NAME}\.jinja")
_EMBEDDER_MODULE_FILE = re.compile(rf"\d+_\w+/{_NAME}\.(json|txt|model|safetensors)")
"""File of a numbered module, such as `1_Pooling/config.json`: sentence-transformers keeps an embedder in several."""

_SHARD = re.compile(rf"{_NAME}\.safetensors")
_OTHER_WEIGHTS_INDEX = re.compile(r".*\.(bin|h5|msgpack|onnx)\.index\.json")
_GGUF = re.compile(rf"({_NAME}/)*{_NAME}\.gguf")
_SPLIT_GGUF = re.compile(r"-\d{5}-of-\d{5}\.gguf$")
_NOT_A_MODEL = re.compile(r"(^|/)(mmproj|imatrix)", re.IGNORECASE)
_PREFERRED_GGUF = ("q4_k_m", "q8_0")

MAX_LISTED = 150
"""Characters of file names in a message."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository. The hub gives a sha256 for a large file, and git's sha1 for a small one."""

    path: str
    size: int
    sha256: str | None
    git_sha1: str | None

    @property
    def checksum(self) -> str:
        """The hash to compare with."""
        return self.sha256 or self.git_sha1 or ""


@dataclass(frozen=True, slots=True)
class Repository:
    """The files of a repository at one commit."""

    name: str
    commit: str
    files: tuple[RemoteFile, ...]

    def file(self, path: str) -> RemoteFile | None:
        """Return the file of this path, or None."""
        return next((file for file in self.files if file.path == path), None)


def read_repository(name: str) -> Repository:
    """Ask the hub for the newest commit of a repository, and its files.

    Raises:
        ModelError: the hub cannot be reached, or has no such repository for this user.
    """
    from huggingface_hub import HfApi

    try:
        info = HfApi().model_info(name, files_metadata=True, timeout=_TIMEOUT_SECONDS)
    except Exception as error:  # transport errors differ between hub clients
        raise hub_error(error, name) from error
    files = (
        RemoteFile(each.rfilename, each.size or 0, each.lfs.sha256 if each.lfs else None, each.blob_id)
        for each in info.siblings or ()
    )
    return Repository(name, info.sha or "", tuple(files))


def settings_files(repository: Repository) -> list[RemoteFile]:
    """Return the small files of a model and the modules of an embedder: everything to load but the main weights.

    Raises:
        ModelError: the repository holds no weights in safetensors format.
    """
    _require_weights(repository)
    chosen = [
        file
        for file in repository.files
        if (_SETTINGS_FILE.fullmatch(file.path) and not _is_index(file.path))
        or _EMBEDDER_MODULE_FILE.fullmatch(file.path)
    ]
    if repository.file(_WEIGHTS):
        return [file for file in chosen if file.path != WEIGHTS_INDEX]
    return chosen


def _is_index(path: str) -> bool:
    """Return whether a file describes weights that are not fetched: others' formats, and ours, which we make here."""
    return path in CONVERTED_INDEXES or _OTHER_WEIGHTS_INDEX.fullmatch(path) is not None


def weight_files(repository: Repository, folder: Path) -> list[RemoteFile]:
    """Return the files of the main weights, as transformers chooses them; `folder` holds the index of the shards.

    Raises:
        ModelError: the index names a file that the repository lacks.
    """
    if single := repository.file(_WEIGHTS):
        return [single]
    if not repository.file(WEIGHTS_INDEX):
        return []  # an embedder whose modules have all the weights
    try:
        shards = set(json.loads((folder / WEIGHTS_INDEX).read_bytes())["weight_map"].values())
    except (ValueError, KeyError, TypeError, AttributeError):
        shards = set()
    files = [file for file in repository.files if file.path in shards and _SHARD.fullmatch(file.path)]
    if not shards or len(files) < len(shards):
        raise ModelError(
            f"The repository '{repository.name}' is incomplete: {WEIGHTS_INDEX} names weights that it does not have. "
            "Choose another model ('citewell models list')."
        )
    return files


def gguf_file(repository: Repository, path: str) -> RemoteFile:
    """Return one GGUF file of a repository.

    Raises:
        ModelError: there is no such file, or it is one part of several.
    """
    file = repository.file(path) if _GGUF.fullmatch(path) else None
    if file is None:
        raise ModelError(
            f"The repository '{repository.name}' has no file '{path}'. {_gguf_choice(repository) or 'It has no GGUF.'}"
        )
    if _SPLIT_GGUF.search(path):
        raise ModelError(
            f"'{path}' is one part of a GGUF that is split into several, which Citewell cannot read. "
            "Choose a GGUF in one file, or a repository with safetensors."
        )
    return file


def _require_weights(repository: Repository) -> None:
    paths = {file.path for file in repository.files}
    if paths & {_WEIGHTS, WEIGHTS_INDEX} or any(
        _EMBEDDER_MODULE_FILE.fullmatch(path) and path.endswith(".safetensors") for path in paths
    ):
        return
    name = repository.name
    if choice := _gguf_choice(repository):
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


def _gguf_choice(repository: Repository) -> str:
    """Return a sentence about the GGUF files of a repository, or nothing if it has none."""
    paths = [
        file.path
        for file in repository.files
        if _GGUF.fullmatch(file.path) and not _SPLIT_GGUF.search(file.path) and not _NOT_A_MODEL.search(file.path)
    ]
    if not paths:
        return ""
    best = min(paths, key=_gguf_rank)
    others = _shortened([path for path in paths if path != best])
    return f"Try '{repository.name}/{best}'." + (f" Also there: {others}." if others else "")


def _gguf_rank(path: str) -> tuple[int, str]:
    lowered = path.lower()
    ranks = [index for index, quantisation in enumerate(_PREFERRED_GGUF) if quantisation in lowered]
    return (ranks[0] if ranks else len(_PREFERRED_GGUF), lowered)


def _shortened(names: Sequence[str]) -> str:
    """Return the first names of a list that fit into a message."""
    shown: list[str] = []
    for name in names:
        if len(", ".join([*shown, name])) > MAX_LISTED:
            return f"{', '.join(shown)} …" if shown else ""
        shown.append(name)
    return ", ".join(shown)


def hub_error(error: Exception, repository: str) -> ModelError:
    """Return the sentence that tells a user why the hub did not deliver, and what to do."""
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError

    page = f"{constants.ENDPOINT}/{repository}"
    if isinstance(error, GatedRepoError):
        return ModelError(
            f"'{repository}' is gated. Accept its licence at {page}, make a token at "
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
        f"The model hub cannot be reached for '{repository}'. Check the connection and try again (what has arrived is "
        "kept), or use a catalog model ('citewell models list') or a local folder."
    )
