"""`citewell serve`: serve the chat to a browser and the API to programs, or the API alone."""

import signal
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import (
    AuthFileOption,
    LibraryOption,
    ModelOption,
    ParallelOption,
    cleanup,
    open_services,
    read_settings,
    warn_of_network_disk,
)
from rag.errors import SettingsError

if TYPE_CHECKING:
    from api.standalone import RunningApi
    from rag.services import Services
    from rag.settings import Settings
    from web.server import RunningApp


LogFormat = Literal["text", "json"]


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
    log_format: Annotated[
        LogFormat, typer.Option(help="The log on standard error: for people, or a JSON object a line for programs.")
    ] = "text",
    api_only: Annotated[bool, typer.Option("--api-only", help="Only the API for programs, without the chat.")] = False,
) -> None:
    """Serve the chat to your browser and the API to programs, at http://127.0.0.1:7860 by default."""
    from cli import output

    if api_only and share:
        raise SettingsError("A public link leads to the chat, and --api-only has none. Leave out one of them.")
    _prepare(log_format, read_settings())
    cleanup.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, _end))
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
        warn_of_network_disk(services.settings)
        running = _start_api(services) if api_only else _start_app(services)
    if running.public_url:
        output.out.print(f"Everybody who can sign in reaches it at [bold]{running.public_url}[/]")
    running.wait()


def _prepare(log_format: LogFormat, settings: "Settings") -> None:
    """Have threads share heaps, and begin the log, and traces if the environment asks for them."""
    from observing import logs, tracing
    from rag.runtime.heaps import share_heaps

    share_heaps()

    logs.configure(log_format, level=settings.log_level, file=settings.log_file, file_mb=settings.log_file_mb)
    if tracer := tracing.begin():
        cleanup.callback(tracer.close)


def _end(*_: object) -> None:
    """End the program in order, also while it loads the models."""
    raise SystemExit(0)


def _say_address(url: str) -> None:
    from cli import output
    from observing import logs

    logs.adopt_server()
    output.out.print(f"Citewell is at [bold]{url}[/]  (Ctrl-C stops it)")


def _start_app(services: "Services") -> "RunningApp":
    from rag.runtime.heaps import without_searching
    from web.gradio_import import without_type_stubs

    with without_searching(), without_type_stubs():
        from web import server

    return server.start(services, _say_address)


def _start_api(services: "Services") -> "RunningApi":
    """Start the API without loading Gradio."""
    from api import standalone

    return standalone.start(services, _say_address)
