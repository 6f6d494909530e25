"""Resolve a model's name (catalog or hub name, local folder or GGUF file) to a folder that can be loaded."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import CATALOG, CONVERTED_INDEXES, Role, WeightFormat, find_spec
from rag.models.convert import ensure_converted
from rag.models.download import fetch
from rag.models.e5_file import ensure_unpacked
from rag.models.hub.named_models import find_named
from rag.models.hub.repository import HUB_GGUF, HUB_ID
from rag.models.hub.snapshot import fetch_gguf, fetch_model
from rag.models.inspection.gguf_file import require_gguf_chat_model
from rag.models.inspection.model_roles import (
    require_chat_model,
    require_embedder,
    require_entailment,
    require_reranker,
)
from rag.models.inspection.model_source import ModelSource
from rag.runtime.progress import Progress, no_progress


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
        ModelError: the name is unknown, the model cannot be used in this role, or it cannot be fetched.
    """
    if spec := find_spec(name):
        _require_same_role(name, spec.role, role)
        folder = fetch(spec, models, report, offline=offline)
        if spec.packed:
            return ensure_unpacked(folder / spec.packed, folder, report)
        return ensure_converted(folder / spec.gguf, folder, weights, report) if spec.gguf else folder
    if (other := _other_model(name, role, models, report, offline=offline)) is not None:
        home = models / "converted" / _fingerprint(other)
        if role != "generator" or not home.is_dir():  # what was converted had been checked
            require_role(ModelSource(other, name), role)
        if role != "generator" or (
            other.is_dir() and (weights == "bfloat16" or any((other / name).is_file() for name in CONVERTED_INDEXES))
        ):
            return other
        return ensure_converted(other if other.is_dir() else _alone(other, home), home, weights, report)
    known = ", ".join(
        next((alias for alias in spec.aliases if "/" not in alias), spec.name) for spec in CATALOG if spec.role == role
    )
    raise ModelError(
        f"There is no model '{name}'. It can be a name of 'citewell models list' (such as {known}), a folder with the "
        "model's files, a GGUF file, or a hub id such as 'Qwen/Qwen3-4B-Instruct-2507'."
    )


def require_role(source: ModelSource, role: Role) -> None:
    """Check that a folder or GGUF file outside the catalog can be used in a role, before anything of it is loaded.

    Raises:
        ModelError: it cannot; one sentence says why, and what to do.
    """
    if source.path.is_dir():
        checks: dict[Role, Callable[[ModelSource], object]] = {
            "generator": require_chat_model,
            "embedder": require_embedder,
            "reranker": require_reranker,
            "entailment": require_entailment,
        }
        checks[role](source)
    elif source.path.suffix.lower() != ".gguf":
        raise source.refusal("is a file, and neither a model folder nor a GGUF file. Give the folder with config.json.")
    elif role != "generator":
        raise source.refusal(f"is a GGUF file, which is read as a chat model only. Give a folder for the {role}.")
    else:
        require_gguf_chat_model(source)


def _other_model(name: str, role: Role, models: Path, report: Progress, *, offline: bool) -> Path | None:
    """Return the folder or file of a model outside the catalog, local or from the hub; None if it is neither."""
    path = Path(name).expanduser()
    if path.exists():
        return path.resolve()
    if named := find_named(name):
        _require_same_role(name, named.role, role)
        name = named.repo
    if file := HUB_GGUF.fullmatch(name):
        if role != "generator":
            raise ModelError(f"'{name}' is a GGUF file, which can only be a language model, no {role}.")
        return fetch_gguf(file[1], file[2], models, report, offline=offline)
    return fetch_model(name, models, report, offline=offline) if HUB_ID.fullmatch(name) else None


def _require_same_role(name: str, role: Role, wanted: Role) -> None:
    if role != wanted:
        raise ModelError(f"'{name}' is of the role {role}, not {wanted}. See 'citewell models list'.")


def _alone(file: Path, home: Path) -> Path:
    """Return a link to a file in a folder of its own: transformers also reads settings of a tokenizer beside it."""
    link = home / "source" / file.name
    link.parent.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(file)
    except FileExistsError:
        pass
    except OSError:  # Windows lets few users make symbolic links
        link.hardlink_to(file)
    return link


def _fingerprint(model: Path) -> str:
    """Return a name for the conversion of a folder or file, which changes when the files do."""
    paths = model.glob("*.*") if model.is_dir() else [model]
    files = sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
    return f"{model.name}-{hashlib.sha256(repr((str(model), files)).encode()).hexdigest()[:16]}"
