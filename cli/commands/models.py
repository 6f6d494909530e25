"""`citewell models`: what this machine can run and how fast; list, fetch and verify models."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import JsonOption, print_json, read_settings

if TYPE_CHECKING:
    from rag.models.catalog import Role
    from rag.models.inventory import KnownModel
    from rag.models.speed_estimate import Machine, Rates
    from rag.runtime.progress import Progress
    from rag.settings import Settings

app = typer.Typer(help="The models: what this machine can run; list, fetch, verify.")


@app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: JsonOption = False) -> None:
    """Say which language models this machine can run, and how fast each would be, by a measurement of a second."""
    if context.invoked_subcommand is not None:
        return
    from cli import output, output_models
    from rag.models.inventory import known_models
    from rag.models.machine_speed import describe_machine, measure_rates

    settings = read_settings()
    servers = _on_servers(settings)
    known = [model for model in known_models(settings.models) if model.role == "generator"]
    with output.show_progress() as report:
        report("measuring this machine", 0, 0)
        machine = describe_machine()
        rates = None if machine.gpu else measure_rates(machine.weights)
    if as_json:
        rows = [_speed_json(model, machine, rates) for model in known]
        found = {"machine": asdict(machine), "rates": asdict(rates) if rates else None, "models": rows}
        print_json(found | {"servers": servers})
    else:
        for setting, label in servers.items():
            output.out.print(output.printable(f"The {setting} that is set is not on this machine: {label}."))
        output_models.print_speeds(known, machine, rates)


def _on_servers(settings: "Settings") -> dict[str, str]:
    """Return the models of servers that are set, as people are told of them, by the name of the setting."""
    from rag.types.server_model import is_on_server, label_of

    models = {"model": settings.model, "embedder": settings.embedder, "reranker": settings.reranker or ""}
    return {setting: label_of(name) for setting, name in models.items() if is_on_server(name)}


def _speed_json(model: "KnownModel", machine: "Machine", rates: "Rates | None") -> dict[str, Any]:
    from rag.models.speed_estimate import conversion_memory, estimate_speed, fits, is_free, memory_needed

    shape = model.shape
    needed = memory_needed(shape, machine.weights) if shape else None
    speed = estimate_speed(shape, machine.weights, rates) if shape and rates else None
    return {
        **_model_json(model),
        "memory_bytes": needed,
        "conversion_bytes": conversion_memory(shape) if shape else None,
        "fits": None if needed is None else fits(needed, machine),
        "fits_now": None if needed is None else is_free(needed, machine),
        "prefill_tokens_per_second": round(speed.prefill, 1) if speed else None,
        "decode_tokens_per_second": round(speed.decode, 1) if speed else None,
        "answer_seconds": round(speed.answer_seconds, 1) if speed else None,
    }


@app.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """List the models that have a name here or are on this disk: what each is, and what it costs."""
    from cli import output_models
    from rag.models.inventory import known_models

    folder = read_settings().models
    known = known_models(folder)
    if as_json:
        print_json([_model_json(model) for model in known])
    else:
        output_models.print_models(folder, known)


def _model_json(model: "KnownModel") -> dict[str, Any]:
    names = "name aliases role summary licence repo window gated thinks measured download_bytes disk_bytes memory_bytes"
    return {name: getattr(model, name) for name in (*names.split(), "fetched")}


@app.command("fetch")
def models_fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models; by default the two that are set.", metavar="NAME")
    ] = None,
) -> None:
    """Fetch models, check them, and convert them where needed. Shows first how much will be downloaded."""
    from cli import output
    from rag.models.inventory import models_by_name, role_for
    from rag.models.resolve import resolve_model
    from rag.services import Services
    from rag.types.server_model import is_on_server, label_of

    settings = read_settings()
    weights = Services(settings).weight_format
    wanted = names or [settings.embedder, settings.model]
    set_roles: dict[str, Role] = {settings.model: "generator", settings.embedder: "embedder"}
    known = models_by_name(settings.models)
    for name in wanted:
        if (model := known.get(name)) and not model.fetched:
            output.err.print(
                f"{model.name}: {model.download_bytes / 1e6:,.0f} MB to download, "
                f"{model.disk_bytes / 1e9:.1f} GB on disk when ready ({model.licence})"
            )
    for name in wanted:
        if is_on_server(name):
            output.out.print(output.printable(f"{label_of(name)}: on its server, nothing to fetch"))
            continue
        with output.show_progress() as report:
            role = set_roles.get(name) or role_for(name, settings.models, report, offline=settings.offline)
            folder = resolve_model(name, role, settings.models, report, offline=settings.offline, weights=weights)
        output.out.print(f"{name}: ready in {folder}")


@app.command("verify")
def models_verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Fetched models; by default all that are here.", metavar="NAME")
    ] = None,
) -> None:
    """Hash the files of fetched models again, and of what was converted of them; exit code 1 if one has changed."""
    from cli import output
    from rag.models.convert import verify_converted
    from rag.models.resolve import all_conversions, conversions_of

    models = read_settings().models
    seen = set[Path]()
    for name in names or _fetched_names(models):
        with output.show_progress() as report:
            sentence = _verify(name, models, report)
        output.out.print(output.printable(f"{name}: {sentence}"))
        for folder in conversions_of(name, models):
            seen.add(folder)
            with output.show_progress() as report:
                sentence = verify_converted(folder, report)
            output.out.print(output.printable(f"{name}, converted ({folder.name}): {sentence}"))
    for folder in [] if names else [folder for folder in all_conversions(models) if folder not in seen]:
        with output.show_progress() as report:
            sentence = verify_converted(folder, report)
        output.out.print(output.printable(f"{folder.parent.name}, converted ({folder.name}): {sentence}"))


def _fetched_names(folder: Path) -> list[str]:
    from rag.models.catalog import CATALOG
    from rag.models.catalog_models import is_fetched
    from rag.models.fetched_models import fetched_models

    here = [spec.name for spec in CATALOG if is_fetched(spec, folder)]
    return here + [model.name for model in fetched_models(folder)]


def _verify(name: str, folder: Path, report: "Progress") -> str:
    """Return the sentence that says what a model's files were compared with."""
    from rag.errors import ModelError
    from rag.models.catalog import find_spec
    from rag.models.catalog_models import verify
    from rag.models.fetched_models import verify_fetched
    from rag.models.named_models import canonical_name

    if spec := find_spec(name):
        verify(spec, folder, report)
        return "every file matches its sha256"
    repository = canonical_name(name)
    if "/" not in repository.strip("/") or repository.startswith((".", "/", "~")):
        raise ModelError(
            f"'{name}' is not in the catalog, so there is no hash to check it against. See 'citewell models list'."
        )
    commit = verify_fetched(repository, folder, report)
    return f"every file matches the hash that the model hub gave for it at commit {commit[:12]}"
