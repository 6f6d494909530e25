"""Models on this disk: which there are, what they are for, and whether the hub's are still what the hub gave."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.models import catalog_models
from rag.models.catalog import CATALOG, Role
from rag.models.folder_access import has_file
from rag.models.staging import MANIFEST, matches
from rag.runtime.progress import Progress, no_progress

_OLD_MARKER = ".complete"
"""File in folders that were fetched before the hub's hashes were kept."""

_ALONE = re.compile(r"(?<!Head)(?<!Heads)Model$")
"""The name of a class without a head of any kind, such as BertModel: it gives vectors."""


@dataclass(frozen=True, slots=True)
class FetchedModel:
    """A model from the hub on this disk. `name` is what the setting `model` takes; old folders have no commit."""

    name: str
    folder: Path
    commit: str
    role: Role


def folder_of(name: str, models: Path) -> Path:
    """Return where a hub model is kept."""
    return models / "hub" / name.replace("/", "--")


def is_fetched(name: str, models: Path) -> bool:
    """Return True if the hub model is on this disk, whole."""
    return _is_whole(folder_of(name, models))


def fetched_models(models: Path) -> list[FetchedModel]:
    """Return the hub models on this disk, by name."""
    return [_describe(folder) for folder in sorted((models / "hub").glob("[!.]*")) if _is_whole(folder)]


def fetched_generators(models: Path) -> list[str]:
    """Return the names of the language models on this disk, the catalog's first.

    Raises:
        ModelError: a folder of a model may not be read.
    """
    listed = [spec.name for spec in CATALOG if spec.role == "generator" and catalog_models.is_fetched(spec, models)]
    return listed + [model.name for model in fetched_models(models) if model.role == "generator"]


def _is_whole(folder: Path) -> bool:
    return has_file(folder / MANIFEST) or has_file(folder / _OLD_MARKER)


def _describe(folder: Path) -> FetchedModel:
    try:
        about = _read_manifest(folder)
    except (ModelError, OSError):  # an old folder, or a damaged one: `verify_fetched` says so
        return FetchedModel(folder.name.replace("--", "/", 1), folder, "", role_of(folder))
    return FetchedModel(about["name"], folder, about["commit"], role_of(folder))


def role_of(folder: Path) -> Role:
    """Return the role that a model's own files speak for."""
    saved_as = _settings(folder / "config_sentence_transformers.json").get("model_type")
    if (folder / "modules.json").is_file() and saved_as != "CrossEncoder":
        return "embedder"
    config = _settings(folder / "config.json")
    saved_from = config.get("architectures")
    if "SequenceClassification" in str(saved_from):
        labels = config.get("id2label")
        names = labels.values() if isinstance(labels, dict) else ()
        return "entailment" if any(str(name).lower().startswith("entail") for name in names) else "reranker"
    if saved_as == "CrossEncoder":
        return "reranker"
    classes = saved_from if isinstance(saved_from, list) else []
    return "embedder" if any(map(_ALONE.search, map(str, classes))) else "generator"


def _settings(file: Path) -> dict[str, Any]:
    """Return the object in a settings file; empty if there is none that can be read."""
    try:
        settings = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return settings if isinstance(settings, dict) else {}


def verify_fetched(name: str, models: Path, report: Progress = no_progress) -> str:
    """Hash every file of a hub model again, and compare with what the hub said; return the commit it was fetched at.

    Raises:
        ModelError: a file is missing or differs, or no hashes are known; the message names it.
    """
    folder = folder_of(name, models)
    again = f"Remove {folder} and run 'citewell models fetch {name}'."
    if not is_fetched(name, models):
        raise ModelError(f"Model '{name}' is not on this disk. Run 'citewell models fetch {name}'.")
    if not (folder / MANIFEST).is_file():
        raise ModelError(f"'{name}' was fetched before Citewell kept the hub's hashes, so nothing can be said. {again}")
    about = _read_manifest(folder)
    for path, known in about["files"].items():
        if not (folder / path).is_file():
            raise ModelError(f"Model '{name}' lacks {path}. {again}")
        if not matches(folder / path, known, report):
            raise ModelError(f"{folder / path} has changed since it was fetched from the hub. {again}")
    return str(about["commit"])


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        if isinstance(about["name"], str) and isinstance(about["commit"], str) and isinstance(about["files"], dict):
            return about
    except (ValueError, KeyError, TypeError):
        pass
    raise ModelError(f"{folder / MANIFEST} is damaged. Remove {folder} and fetch the model again.")
