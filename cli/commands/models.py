"""`citewell models`: list, fetch, verify."""

from typing import Annotated

import typer

from cli.options import JsonOption, load, print_json

app = typer.Typer(no_args_is_help=True, help="The models: list, fetch, verify.")


@app.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """The catalog: what each model is, what it costs, and whether it is on this disk."""
    from cli import output
    from rag.models.catalog import CATALOG
    from rag.models.download import is_fetched

    settings = load()
    rows = [
        {
            "name": spec.name,
            "aliases": list(spec.aliases),
            "role": spec.role,
            "summary": spec.summary,
            "licence": spec.licence,
            "download_bytes": spec.download_bytes,
            "disk_bytes": spec.disk_bytes,
            "memory_bytes": spec.memory_bytes,
            "fetched": is_fetched(spec, settings.models),
        }
        for spec in CATALOG
    ]
    if as_json:
        print_json(rows)
        return
    gigabytes = "{:.1f} GB".format
    output.print_table(
        f"Models in {settings.models}",
        ("name", "role", "download", "disk", "memory", "here", "what"),
        (
            (
                f"{spec.name} ({', '.join(spec.aliases)})" if spec.role == "generator" else spec.name,
                spec.role,
                gigabytes(spec.download_bytes / 1e9),
                gigabytes(spec.disk_bytes / 1e9),
                gigabytes(spec.memory_bytes / 1e9),
                "yes" if is_fetched(spec, settings.models) else "no",
                f"{spec.summary}. {spec.licence}",
            )
            for spec in CATALOG
        ),
    )


@app.command("fetch")
def models_fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Models; by default the two that are set.", metavar="NAME")
    ] = None,
) -> None:
    """Fetch models, check them, and convert them where needed. Says first how much it will download."""
    from cli import output
    from rag.models.catalog import find_spec
    from rag.models.download import is_fetched
    from rag.models.resolve import resolve_model
    from rag.services import Services

    settings = load()
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
        with output.reporting() as report:
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

    settings = load()
    for name in names or [spec.name for spec in CATALOG if is_fetched(spec, settings.models)]:
        spec = find_spec(name)
        if spec is None:
            raise ModelError(
                f"'{name}' is not in the catalog, so there is no hash to check it against. See 'citewell models list'."
            )
        with output.reporting() as report:
            verify(spec, settings.models, report)
        output.out.print(f"{spec.name}: every file matches its sha256")
