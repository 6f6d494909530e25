"""`citewell models`: list, fetch and verify the models."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import JsonOption, print_json, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rag.models.catalog import ModelSpec

app = typer.Typer(no_args_is_help=True, help="The models: list, fetch, verify.")


@app.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """List the catalog: what each model is, what it costs, and whether it is on this disk."""
    from cli import output
    from rag.models.catalog import CATALOG

    folder = read_settings().models
    if as_json:
        print_json([_model_json(spec, folder) for spec in CATALOG])
    else:
        columns = ("name", "role", "download", "disk", "memory", "here", "what")
        output.print_table(f"Models in {folder}", columns, (_model_row(spec, folder) for spec in CATALOG))


def _model_json(spec: "ModelSpec", folder: "Path") -> dict[str, Any]:
    from rag.models.download import is_fetched

    return {
        "name": spec.name,
        "aliases": list(spec.aliases),
        "role": spec.role,
        "summary": spec.summary,
        "licence": spec.licence,
        "download_bytes": spec.download_bytes,
        "disk_bytes": spec.disk_bytes,
        "memory_bytes": spec.memory_bytes,
        "fetched": is_fetched(spec, folder),
    }


def _model_row(spec: "ModelSpec", folder: "Path") -> "Iterable[str]":
    from rag.models.download import is_fetched

    sizes = (f"{size / 1e9:.1f} GB" for size in (spec.download_bytes, spec.disk_bytes, spec.memory_bytes))
    return (
        f"{spec.name} ({', '.join(spec.aliases)})" if spec.role == "generator" else spec.name,
        spec.role,
        *sizes,
        "yes" if is_fetched(spec, folder) else "no",
        f"{spec.summary}. {spec.licence}",
    )


@app.command("fetch")
def models_fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models; by default the two that are set.", metavar="NAME")
    ] = None,
) -> None:
    """Fetch models, check them, and convert them where needed. Shows first how much will be downloaded."""
    from cli import output
    from rag.models.catalog import find_spec
    from rag.models.download import is_fetched
    from rag.models.resolve import resolve_model
    from rag.services import Services

    settings = read_settings()
    weights = Services(settings).weight_format
    wanted = names or [settings.embedder, settings.model]
    for name in wanted:
        spec = find_spec(name)
        if spec and not is_fetched(spec, settings.models):
            output.err.print(
                f"{spec.name}: {spec.download_bytes / 1e6:,.0f} MB to download, "
                f"{spec.disk_bytes / 1e9:.1f} GB on disk when ready ({spec.licence})"
            )
    for name in wanted:
        spec = find_spec(name)
        role = spec.role if spec else "embedder" if name == settings.embedder else "generator"
        with output.show_progress() as report:
            folder = resolve_model(name, role, settings.models, report, offline=settings.offline, weights=weights)
        output.out.print(f"{name}: ready in {folder}")


@app.command("verify")
def models_verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Catalog models; by default all that are here.", metavar="NAME")
    ] = None,
) -> None:
    """Hash the files of fetched models again; exit code 1 if one has changed."""
    from cli import output
    from rag.errors import ModelError
    from rag.models.catalog import CATALOG, find_spec
    from rag.models.download import is_fetched, verify

    settings = read_settings()
    for name in names or [spec.name for spec in CATALOG if is_fetched(spec, settings.models)]:
        spec = find_spec(name)
        if spec is None:
            raise ModelError(
                f"'{name}' is not in the catalog, so there is no hash to check it against. See 'citewell models list'."
            )
        with output.show_progress() as report:
            verify(spec, settings.models, report)
        output.out.print(f"{spec.name}: every file matches its sha256")
