"""What the command's files share: options, settings from flags, JSON output."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.runtime.progress import Progress, no_progress

if TYPE_CHECKING:
    from rag.services import Services
    from rag.settings import Settings

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.")]
ModelOption = Annotated[str | None, typer.Option("--model", help="default, tiny, a local folder, or a hub id.")]
ParallelOption = Annotated[
    int | None, typer.Option("--tensor-parallel", help="Processes that share the model, as one per GPU.")
]
AuthFileOption = Annotated[Path | None, typer.Option("--auth-file", help="File of the users who may sign in.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]

opened = ExitStack()
"""What the running command has opened; it is closed when the command ends, however it does."""


def load(**flags: Any) -> "Settings":
    """Settings from the file, the environment and these flags; None was not given."""
    from rag.settings import load_settings

    return load_settings(**flags)


def open_services(report: Progress | None = None, **flags: Any) -> "Services":
    """Return the parts of Citewell for these flags; nothing is loaded yet. They are closed when the command ends."""
    from rag.services import Services

    settings = load(**flags)
    if settings.tensor_parallel > 1:
        from rag.generation import tensor_parallel

        tensor_parallel.launch(settings.tensor_parallel, ["-m", __package__ or "cli", *sys.argv[1:]])
        report = report if tensor_parallel.rank() == 0 else no_progress
    return opened.enter_context(Services(settings, report or no_progress))


def print_json(value: object) -> None:
    """A value as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
