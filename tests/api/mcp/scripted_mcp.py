"""Serve the tools over pipes with a scripted model, as `citewell mcp` does, with its flags.

It prints a line where a careless library would, which must not reach the client.
"""

import sys
from typing import Any

import typer

from cli import options
from cli.commands import mcp as command


def _services(report: Any = None, **flags: Any) -> Any:
    """Return services with a model that prints to standard output while it writes."""
    from rag.services import Services
    from rag.settings import load_settings
    from tests.support.fakes import WordEmbedder
    from tests.support.scripted_app import ObedientGenerator

    class Talkative(ObedientGenerator):
        def stream(self, *arguments: Any, **named: Any) -> Any:
            sys.stdout.write("this is not the protocol\n")
            sys.stdout.flush()
            return super().stream(*arguments, **named)

    services = Services(load_settings(**flags), report)
    services.__dict__["embedder"] = WordEmbedder()
    services.__dict__["generator"] = Talkative("The entry fee is 20 euros.", 0)
    return options.cleanup.enter_context(services)


if __name__ == "__main__":
    setattr(command, "open_services", _services)  # noqa: B010  what the command imports by name
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(command.mcp)
    with options.cleanup:
        app()
