"""Options that choose the documents a question is answered from, and what they choose."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.shell_completion import complete_collections
from rag.errors import QuestionError

if TYPE_CHECKING:
    from rag.services import Services
    from rag.types import Document

DocumentOption = Annotated[
    list[str] | None, typer.Option(help="Answer only from documents of this name or pattern; may be repeated.")
]
CollectionOption = Annotated[
    list[str] | None,
    typer.Option(help="Answer only from this collection; may be repeated.", autocompletion=complete_collections),
]
KindOption = Annotated[
    list[str] | None,
    typer.Option(help="Answer only from documents of this kind (report, 10-K, contract); may be repeated."),
]
YearOption = Annotated[
    list[str] | None,
    typer.Option(help="Answer only from documents of this year, or of a range (2015-2018); may be repeated."),
]
LanguageOption = Annotated[
    list[str] | None, typer.Option(help="Answer only from documents in this language (en, de); may be repeated.")
]
UserOption = Annotated[
    str, typer.Option(help="Answer from the documents of this user of the app, not from the shell's own.")
]


def askable_documents(services: "Services", user: str) -> "list[Document]":
    """Return the documents of one owner.

    Raises:
        QuestionError: there is none to answer a question from.
    """
    if not services.library.names():
        raise QuestionError(
            "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH...' first, for example "
            "'citewell ingest data/documents'."
        )
    own = services.library.documents(user)
    if not own and user:
        raise QuestionError(f"User '{user}' has no documents. 'citewell library list' shows who has some.")
    if not own:
        raise QuestionError(
            "None of the documents is yours: all belong to users of the app. Run 'citewell ingest PATH...' first, or "
            "ask a user's documents with --user NAME; 'citewell library list' shows whose there are."
        )
    return own


def only_own(services: "Services", own: "list[Document]") -> frozenset[int] | None:
    """Return the ids of one owner's documents; None if all documents are theirs."""
    return frozenset(document.id for document in own) if len(own) < len(services.library.names()) else None
