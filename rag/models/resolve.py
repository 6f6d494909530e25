"""Resolve a model's name (catalog or hub name, local folder or GGUF file) to a folder that can be loaded."""

import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import CATALOG, CONVERTED_INDEXES, Role, WeightFormat, find_spec
from rag.models.catalog_models import fetch
from rag.models.convert import converted_folders, ensure_converted
from rag.models.e5_file import ensure_unpacked
from rag.models.fetched_models import folder_of
from rag.models.folder_access import not_writable
from rag.models.gguf_file import require_gguf_chat_model
from rag.models.model_folder import (
    require_chat_model,
    require_embedder,
    require_entailment,
    require_reranker,
)
from rag.models.model_source import ModelSource
from rag.models.named_models import canonical_name, find_named
from rag.models.snapshot import HUB_GGUF, HUB_ID, fetch_gguf, fetch_model
from rag.runtime.progress import Progress, no_progress

_CONVERTED = "converted"
"""Folder with the converted forms of models outside the catalog."""

_FOLDER_CHECKS: dict[Role, Callable[[ModelSource], object]] = {
    "generator": require_chat_model,
    "embedder": require_embedder,
    "reranker": require_reranker,
    "entailment": require_entailment,
}


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
        if role == "generator":
            return _resolve_chat_model(ModelSource(other, name), models, report, weights)
        _require_role(ModelSource(other, name), role)
        return other
    known = ", ".join(
        next((alias for alias in spec.aliases if "/" not in alias), spec.name) for spec in CATALOG if spec.role == role
    )
    raise ModelError(
        f"There is no model '{name}'. It can be a name of 'citewell models list' (such as {known}), a folder with the "
        "model's files, a GGUF file, or a hub id such as 'Qwen/Qwen3-4B-Instruct-2507'."
    )


def conversions_of(name: str, models: Path) -> list[Path]:
    """Return the folders on this disk that a catalog or hub model is loaded from instead of its own."""
    if spec := find_spec(name):
        return converted_folders(models / spec.name)
    fetched = folder_of(canonical_name(name), models)
    homes = [conversion_home(model, models) for model in (fetched, *fetched.glob("*.gguf"))]
    return [folder for home in homes for folder in converted_folders(home)]


def all_conversions(models: Path) -> list[Path]:
    """Return the folders on this disk that models outside the catalog are loaded from, those of own files included."""
    return [folder for home in sorted((models / _CONVERTED).glob("*")) for folder in converted_folders(home)]


def _resolve_chat_model(source: ModelSource, models: Path, report: Progress, weights: WeightFormat) -> Path:
    """Return the folder to load a chat model outside the catalog from, converted if needed."""
    path = source.path
    with _readable(source):
        is_converted = any((path / name).is_file() for name in CONVERTED_INDEXES)
        home = conversion_home(path, models)
    if is_converted:
        raise source.refusal(
            "holds weights in Citewell's own format, which it loads only where it has made them itself. Name the "
            "folder or the GGUF file that they were made from."
        )
    is_new = not home.is_dir()
    if is_new:  # what was converted had been checked
        _require_role(source, "generator")
    if path.is_dir() and weights == "bfloat16":
        return path
    folder = ensure_converted(path if path.is_dir() else _alone(path, home), home, weights, report)
    if is_new:
        _remove_older(path, home)
    return folder


@contextmanager
def _readable(source: ModelSource) -> Iterator[None]:
    """Turn a permission that is missing inside into the sentence that says so of the model."""
    try:
        yield
    except PermissionError as error:
        raise source.unreadable(Path(error.filename or source.path).name) from error


def _require_role(source: ModelSource, role: Role) -> None:
    """Check that a folder or GGUF file outside the catalog can be used in a role, before anything of it is loaded.

    Raises:
        ModelError: it cannot, or may not be read; one sentence says why, and what to do.
    """
    with _readable(source):
        if source.path.is_dir():
            _FOLDER_CHECKS[role](source)
        elif source.path.suffix.lower() != ".gguf":
            raise source.refusal(
                "is a file, and neither a model folder nor a GGUF file. Give the folder with config.json."
            )
        elif role != "generator":
            raise source.refusal(f"is a GGUF file, which is read as a chat model only. Give a folder for the {role}.")
        else:
            require_gguf_chat_model(source)


def _other_model(name: str, role: Role, models: Path, report: Progress, *, offline: bool) -> Path | None:
    """Return the folder or file of a model outside the catalog, local or from the hub; None if it is neither."""
    path = Path(name).expanduser()
    with _readable(ModelSource(path, name)):
        if path.exists():
            return path.resolve()
    if named := find_named(name):
        _require_same_role(name, named.role, role)
        name = named.repo
    if file := HUB_GGUF.fullmatch(name):
        if role != "generator":
            raise ModelError(f"'{name}' is a GGUF file, which can only be a language model, no {role}.")
        return fetch_gguf(file[1], file[2], models, report, offline=offline)
    return fetch_model(name, models, report, offline=offline, role=role) if HUB_ID.fullmatch(name) else None


def _require_same_role(name: str, role: Role, wanted: Role) -> None:
    if role != wanted:
        raise ModelError(f"'{name}' is of the role {role}, not {wanted}. See 'citewell models list'.")


def _alone(file: Path, home: Path) -> Path:
    """Return a link to a file in a folder of its own: transformers also reads settings of a tokenizer beside it."""
    link = home / "source" / file.name
    if link.is_file():  # the folder may be only readable
        return link
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        _link(link, file)
    except OSError as error:
        raise not_writable(link.parent, error) from error
    return link


def _link(link: Path, file: Path) -> None:
    try:
        link.symlink_to(file)
    except FileExistsError:
        pass
    except OSError:  # Windows lets few users make symbolic links
        link.hardlink_to(file)


def conversion_home(model: Path, models: Path) -> Path:
    """Return the folder for what is converted of a folder or file; it is another when the files change.

    What a version control or an editor keeps there does not count: it changes when the model does not.
    """
    paths = list(filter(_counts, model.iterdir())) if model.is_dir() else [model]
    files = sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in paths)
    before = models / _CONVERTED / f"{model.name}-{_hash((str(model), files))}"  # the name that older versions gave
    return before if before.is_dir() else before.with_name(f"{_name_of_path(model)}-{_hash(files)}")


def _counts(path: Path) -> bool:
    return "." in path.name and not path.name.startswith(".") and path.is_file()


def _remove_older(model: Path, home: Path) -> None:
    """Remove what was converted of a model before its files changed."""
    ours = re.compile(re.escape(_name_of_path(model)) + "-[0-9a-f]{16}")
    for other in home.parent.iterdir():
        if ours.fullmatch(other.name) and other != home:
            shutil.rmtree(other, ignore_errors=True)


def _name_of_path(model: Path) -> str:
    return f"{model.name}-{_hash(str(model))[:8]}"


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]
