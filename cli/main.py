"""The `citewell` command. Heavy imports wait until a command needs them."""

import os
import sys
from typing import Annotated

import typer

from cli.commands import (
    ask,
    audit,
    bench,
    chat,
    completion,
    conversations,
    doctor,
    evaluate,
    ingest,
    job_queue,
    keys,
    library,
    mcp,
    models,
    plan,
    queue_worker,
    serve,
    users,
    verify,
)
from cli.options import cleanup
from cli.shell_completion import COMPLETE_VARIABLE
from rag.errors import CitewellError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask questions of your own documents, on your own machine. Every sentence comes with its source.",
)
app.add_typer(bench.app, name="bench")
app.add_typer(conversations.app, name="conversations")
app.add_typer(evaluate.app, name="eval")
app.add_typer(job_queue.app, name="jobs")
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")
app.add_typer(library.app, name="library")
app.add_typer(users.app, name="users")
app.command()(ask.ask)
app.command()(audit.audit)
app.command()(chat.chat)
app.command()(completion.completion)
app.command()(doctor.doctor)
app.command()(ingest.ingest)
app.command()(mcp.mcp)
app.command()(plan.plan)
app.command()(serve.serve)
app.command()(verify.verify)
app.command()(queue_worker.worker)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from rag.settings import program_version

        typer.echo(f"citewell {program_version()}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,  # noqa: ARG001
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Show the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options before the command. `main` reads `--debug` itself, since parsing may fail."""
    context.call_on_close(cleanup.close)


def main() -> None:
    """Run the command. Errors are printed as one sentence; `--debug` shows the traceback."""
    debug = "--debug" in sys.argv
    if COMPLETE_VARIABLE in os.environ:
        from typer._completion_classes import completion_init  # typer has no public name for it

        completion_init()
    try:
        app()
    except CitewellError as error:
        if debug:
            raise
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("stopped.", 130)
    except BrokenPipeError:  # the program reading our output has ended
        sys.exit(141)
    except Exception as error:
        if debug:
            raise
        _fail(
            f"something unexpected went wrong: {type(error).__name__}: {error}. 'citewell --debug …' shows where; "
            "please report it.",
            70,
        )


def _fail(message: str, code: int = 1) -> None:
    from cli import output

    output.print_error(message)
    sys.exit(code)
