"""Names that a shell may complete beside commands and options: of collections and models, read without loading any.

A name is offered only if every shell takes it as it stands: it goes into a command line unquoted.
"""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from rag.errors import CitewellError

if TYPE_CHECKING:
    from rag.settings import Settings

COMPLETE_VARIABLE = "_CITEWELL_COMPLETE"
"""Set by the scripts of `citewell completion` when they ask for completions."""

_PLAIN = re.compile(r"[\w.+@/][\w.+@/-]*")


def complete_collections(context: typer.Context, incomplete: str) -> list[str]:
    """Return the collections of the shell's documents, or of those of a user."""
    settings = _settings(context)
    if settings is None or not settings.library.is_dir():
        return []
    from rag.services import Services

    try:
        with Services(settings) as services:
            documents = services.library.documents(context.params.get("user") or "")
    except CitewellError:  # the command that is being typed will say it
        return []
    return _offered((document.collection for document in documents), incomplete)


def complete_models(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of language models: those that Citewell knows, and others on this disk."""
    from rag.models.fetched_models import fetched_generators
    from rag.models.named_models import NAMED_MODELS

    settings = _settings(context)
    try:
        fetched = fetched_generators(settings.models) if settings else []
    except CitewellError:  # the command that is being typed will say it
        fetched = []
    return _offered([*fetched, *(model.name for model in NAMED_MODELS if model.role == "generator")], incomplete)


def _settings(context: typer.Context) -> "Settings | None":
    from rag.settings import load_settings

    try:
        return load_settings(library=context.params.get("library"))
    except CitewellError:  # the command that is being typed will say it
        return None


def _offered(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete) and _PLAIN.fullmatch(name)})
