"""`citewell serve`: serve the chat to a browser."""

from typing import Annotated

import typer

from cli.options import AuthFileOption, LibraryOption, ModelOption, ParallelOption, open_services


def serve(
    library: LibraryOption = None,
    model: ModelOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; beyond loopback with --auth-file only.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free.")] = None,
    auth_file: AuthFileOption = None,
    share: Annotated[bool | None, typer.Option("--share", help="Make a public link; with --auth-file only.")] = None,
    tensor_parallel: ParallelOption = None,
) -> None:
    """Serve the chat to your browser, at http://127.0.0.1:7860 by default."""
    from cli import output
    from web import server

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
        running = server.start(services)
    output.out.print(f"Citewell is at [bold]{running.url}[/]  (Ctrl-C stops it)")
    if running.public_url:
        output.out.print(f"Everybody who can sign in reaches it at [bold]{running.public_url}[/]")
    running.wait()
