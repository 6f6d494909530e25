"""Options that several commands share, settings from flags, and JSON output."""

import json
import logging
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shell_completion import complete_models
from rag.errors import LibraryError, SettingsError, needing_extra
from rag.runtime.progress import Progress, no_progress

if TYPE_CHECKING:
    from rag.services import Services
    from rag.settings import Settings
    from rag.stores.sql_statements import SharedDatabase, SharedPart
    from rag.types import Conversation
    from serving.user_store import UserStore

log = logging.getLogger(__name__)

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.")]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="A name of 'citewell models list', a folder, a GGUF file, a hub id, or openai:NAME@URL of a server.",
        autocompletion=complete_models,
    ),
]
ParallelOption = Annotated[
    int | None, typer.Option("--tensor-parallel", help="Processes that share the model, such as one per GPU.")
]
AuthFileOption = Annotated[Path | None, typer.Option("--auth-file", help="File of the users who may sign in.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]

PassagesOption = Annotated[int | None, typer.Option(help="Passages shown to the model.")]
MaxNewTokensOption = Annotated[int | None, typer.Option(help="Longest answer, in tokens.")]
TemperatureOption = Annotated[float | None, typer.Option(help="0 is greedy; above 0 the answer is sampled.")]
TopKOption = Annotated[int | None, typer.Option(help="Sample from the k likeliest tokens; 0: all.")]
TopPOption = Annotated[
    float | None, typer.Option(help="Sample from the likeliest tokens that together have this probability.")
]
BeamsOption = Annotated[int | None, typer.Option(help="Beam search with this many beams.")]
SeedOption = Annotated[int | None, typer.Option(help="Makes a sampled answer repeatable.")]
ThinkingTokensOption = Annotated[
    int | None, typer.Option(help="Longest thinking of a model that thinks, in tokens; 0: none.")
]
ThinkingOption = Annotated[
    bool | None, typer.Option("--thinking", help="Have the model think before it answers, if it can, and show that.")
]
StrictnessOption = Annotated[
    float | None, typer.Option(help="How sure an answer must be, from 0 to 1; below that it is a refusal.")
]
StopOption = Annotated[list[str] | None, typer.Option(help="Stop before this text; may be repeated.")]

cleanup = ExitStack()
"""Closes what the running command has opened when the command ends, however it ends."""


def read_settings(**flags: Any) -> "Settings":
    """Return the settings of the file, the environment and these flags; a flag that is None was not given."""
    from rag.settings import load_settings

    return load_settings(**flags)


def open_services(report: Progress | None = None, **flags: Any) -> "Services":
    """Return the services for these flags. Each part is loaded when first used, and closed when the command ends."""
    from rag.services import Services

    settings = read_settings(**flags)
    if settings.tensor_parallel > 1:
        from rag.generation import tensor_parallel

        tensor_parallel.launch(settings.tensor_parallel, ["-m", __package__ or "cli", *sys.argv[1:]])
        report = report if tensor_parallel.rank() == 0 else no_progress
    return cleanup.enter_context(Services(settings, report or no_progress))


def open_shared(settings: "Settings") -> "Callable[[SharedPart], SharedDatabase | None]":
    """Return the function that gives the parts of the database of accounts, keys and shares; None if they are in files.

    Raises:
        SettingsError: some are still in files, and belong into the database.
        LibraryError: the database cannot be used.
    """
    if settings.database is None:
        return lambda _part: None
    from rag.services import Services
    from serving.known_users import require_in_database

    require_in_database(settings)
    return cleanup.enter_context(Services(settings)).stores.shared


def open_users(settings: "Settings") -> "UserStore | None":
    """Return the users of the database, else of the auth file that is set; None if neither is.

    Raises:
        SettingsError: as `open_shared`.
        LibraryError: the database cannot be used.
    """
    if database := open_shared(settings)("accounts"):
        from serving.stored_users import StoredUsers

        return StoredUsers(database)
    from serving.auth_file import Users

    return Users(settings.auth_file) if settings.auth_file else None


def known_user(settings: "Settings", user: str) -> str:
    """Return the user's name as it is stored, if there are accounts.

    Raises:
        SettingsError: there is no such user.
    """
    from serving.user_store import normalize_name

    user = normalize_name(user)
    users = open_users(settings) if user else None
    if users is not None and user not in users.names():
        raise SettingsError(f"There is no user '{user}'. 'citewell users list' shows their names.")
    return user


def find_conversation(services: "Services", id_: str, owner: str | None) -> "Conversation":
    """Return an owner's conversation, anybody's if the owner is None.

    Raises:
        LibraryError: there is none of this id.
    """
    found = services.conversations.find(id_, owner)
    if found is None:
        raise LibraryError(f"No conversation has id '{id_}'. See 'citewell conversations list'.")
    return found


def warn_of_network_disk(settings: "Settings") -> None:
    """Log a warning if the library's file is on a network disk, where what two programs write may damage it."""
    from observing.network_disks import network_disk

    if settings.database is None and (found := network_disk("library", settings.library)):
        log.warning("%s %s", found.text, found.advice)


def print_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


eval_extra = partial(needing_extra, "eval", "Evaluation needs {}.", "ir_measures", "sklearn")
"""Turn a failed import of a package of the extra `eval` into an error that says how to install it."""
