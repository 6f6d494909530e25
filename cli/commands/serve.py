"""`citewell serve`: serve the chat to a browser and the API to programs, or the API alone."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AuthFileOption, LibraryOption, ModelOption, ParallelOption, open_services
from rag.errors import SettingsError

if TYPE_CHECKING:
    from api.standalone import RunningApi
    from rag.services import Services
    from web.server import RunningApp


def serve(
    library: LibraryOption = None,
    model: ModelOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; beyond loopback with --auth-file, or keys only.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free.")] = None,
    auth_file: AuthFileOption = None,
    share: Annotated[bool | None, typer.Option("--share", help="Make a public link; with --auth-file only.")] = None,
    tensor_parallel: ParallelOption = None,
    api_only: Annotated[bool, typer.Option("--api-only", help="Only the API for programs, without the chat.")] = False,
) -> None:
    """Serve the chat to your browser and the API to programs, at http://127.0.0.1:7860 by default."""
    from cli import output

    if api_only and share:
        raise SettingsError("A public link leads to the chat, and --api-only has none. Leave out one of them.")
    with output.show_progress() as report:
        services = open_services(
            report,
            library=library,
            model=model,
            host=host,
            port=port,
            auth_file=auth_file,
            share=share,
            tensor_parallel=tensor_parallel,
        )
        running = _start_api(services) if api_only else _start_app(services)
    output.out.print(f"Citewell is at [bold]{running.url}[/]  (Ctrl-C stops it)")
    if running.public_url:
        output.out.print(f"Everybody who can sign in reaches it at [bold]{running.public_url}[/]")
    running.wait()


def _start_app(services: "Services") -> "RunningApp":
    from web import server

    return server.start(services)


def _start_api(services: "Services") -> "RunningApi":
    """Start the API without loading Gradio."""
    from api import standalone

    return standalone.start(services)
