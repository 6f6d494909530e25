"""All models that have a name here or are on this disk: the catalog's, those of the hub that are named, and others."""

from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.models import catalog_models
from rag.models.catalog import CATALOG, DecoderShape, ModelSpec, Role, find_spec
from rag.models.fetched_models import FetchedModel, fetched_models, is_fetched, role_of
from rag.models.named_models import NAMED_MODELS, NamedModel, find_named
from rag.models.snapshot import HUB_ID, fetch_model
from rag.models.speed_estimate import memory_needed
from rag.models.staging import bytes_under
from rag.runtime.progress import Progress, no_progress

_READER_MEMORY = 300_000_000
"""Memory that an embedder or a cross-encoder needs beside its weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """One model as a person chooses it. Sizes are those of int8 weights for a language model, 0 where unknown.

    `measured`: this project has run the model and published figures (`benchmarks/RESULTS.md`).
    """

    name: str
    aliases: tuple[str, ...] = ()
    role: Role
    summary: str
    licence: str
    repo: str | None
    window: int | None = None
    shape: DecoderShape | None = None
    download_bytes: int = 0
    disk_bytes: int = 0
    memory_bytes: int = 0
    gated: bool = False
    thinks: bool = False
    measured: bool = False
    fetched: bool = False


def known_models(models: Path) -> list[KnownModel]:
    """Return the catalog, then the models of the hub that are named, then other ones of the hub on this disk.

    Raises:
        ModelError: the folder of models may not be entered.
    """
    named = {model.repo for model in NAMED_MODELS}
    try:
        return [
            *(_from_catalog(spec, models) for spec in CATALOG),
            *(_from_hub(model, models) for model in NAMED_MODELS),
            *(_from_disk(model) for model in fetched_models(models) if model.name not in named),
        ]
    except PermissionError as error:
        raise ModelError(
            f"The models in {models} cannot be looked at: {error.strerror}. Run this as the owner of the folder, or "
            "name another with CITEWELL_MODELS."
        ) from error


def models_by_name(models: Path) -> dict[str, KnownModel]:
    """Return the known models by each of their names: their own, that on the hub, and their aliases.

    Raises:
        ModelError: as `known_models`.
    """
    return {name: model for model in known_models(models) for name in (model.name, model.repo, *model.aliases) if name}


def role_for(name: str, models: Path, report: Progress = no_progress, *, offline: bool = False) -> Role:
    """Return the role of a model; one of the hub that nobody named is fetched, since only its files tell.

    Raises:
        ModelError: the model has to be fetched and cannot be.
    """
    if known := find_spec(name) or find_named(name):
        return known.role
    path = Path(name).expanduser()
    if path.exists():
        return role_of(path)
    if HUB_ID.fullmatch(name):
        return role_of(fetch_model(name, models, report, offline=offline))
    return "generator"


def _from_catalog(spec: ModelSpec, models: Path) -> KnownModel:
    return KnownModel(
        name=spec.name,
        aliases=spec.aliases,
        role=spec.role,
        summary=spec.summary,
        licence=spec.licence,
        repo=spec.hub_repo,
        window=spec.window,
        shape=spec.shape,
        download_bytes=spec.download_bytes,
        disk_bytes=spec.disk_bytes,
        memory_bytes=spec.memory_bytes,
        measured=True,
        fetched=catalog_models.is_fetched(spec, models),
    )


def _from_hub(model: NamedModel, models: Path) -> KnownModel:
    size, shape = model.download_bytes, model.shape
    return KnownModel(
        name=model.name,
        role=model.role,
        summary=_summary(model),
        licence=model.licence,
        repo=model.repo,
        window=model.window,
        shape=shape,
        download_bytes=size,
        disk_bytes=size + (shape.parameters if shape else 0),
        memory_bytes=memory_needed(shape, "int8") if shape else size + _READER_MEMORY,
        gated=model.gated,
        thinks=model.thinks,
        fetched=is_fetched(model.repo, models),
    )


def _summary(model: NamedModel) -> str:
    parts = [f"{model.repo} on the hub"]
    if model.remark:
        parts.append(model.remark)
    if model.thinks:
        parts.append("may think before it answers")
    if model.gated:
        parts.append("gated: needs HF_TOKEN")
    return "; ".join(parts)


def _from_disk(model: FetchedModel) -> KnownModel:
    return KnownModel(
        name=model.name,
        role=model.role,
        summary=f"fetched from the hub at commit {model.commit[:12] or 'unknown'}",
        licence="see its page on the hub",
        repo=model.name,
        disk_bytes=bytes_under(model.folder),
        fetched=True,
    )
