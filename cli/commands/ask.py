"""`citewell ask`: answer one question at the shell."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import (
    BeamsOption,
    JsonOption,
    LibraryOption,
    MaxNewTokensOption,
    ModelOption,
    ParallelOption,
    PassagesOption,
    SeedOption,
    StopOption,
    TemperatureOption,
    TopKOption,
    TopPOption,
    open_services,
    print_json,
)
from rag.errors import QuestionError

if TYPE_CHECKING:
    from rag.services import Services
    from rag.types import Answer, Event

QuestionArgument = Annotated[str, typer.Argument(help="What you want to know.", metavar="QUESTION")]
DocumentOption = Annotated[
    list[str] | None, typer.Option(help="Answer only from documents of this name or pattern; may be repeated.")
]
CollectionOption = Annotated[list[str] | None, typer.Option(help="Answer only from this collection; may be repeated.")]
UserOption = Annotated[
    str, typer.Option(help="Answer from the documents of this user of the app, not from the shell's own.")
]


def ask(
    question: QuestionArgument,
    library: LibraryOption = None,
    model: ModelOption = None,
    document: DocumentOption = None,
    collection: CollectionOption = None,
    user: UserOption = "",
    as_json: JsonOption = False,
    passages: PassagesOption = None,
    max_new_tokens: MaxNewTokensOption = None,
    temperature: TemperatureOption = None,
    top_k: TopKOption = None,
    top_p: TopPOption = None,
    beams: BeamsOption = None,
    seed: SeedOption = None,
    stop: StopOption = None,
    tensor_parallel: ParallelOption = None,
) -> None:
    """Answer a question from your documents, streamed, with numbered sources under it."""
    from cli import output
    from rag.exports.answer_json import answer_json

    lengths = {"passages": passages, "max_new_tokens": max_new_tokens, "stop": tuple(stop) if stop else None}
    decoding = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "beams": beams, "seed": seed}
    with output.show_progress() as report:
        services = open_services(
            report, library=library, model=model, tensor_parallel=tensor_parallel, **lengths, **decoding
        )
        within = _select_documents(services, question, user, document or (), collection or ())
        assistant = services.assistant  # after the cheap errors above: this may load for a minute
    answer = _stream(assistant.ask(question, within=within), silent=as_json)
    if as_json:
        print_json(answer_json(answer, services.provenance()))
    else:
        output.print_verdict(answer)


def _stream(events: "Iterable[Event]", *, silent: bool) -> "Answer":
    """Print the tokens as they come, and return the answer that ends them."""
    from cli import output
    from rag.types import Answer, Token

    answer: Answer | None = None
    for event in events:
        if isinstance(event, Answer):
            answer = event
        elif isinstance(event, Token) and not silent:
            output.print_token(event.text)
    assert answer is not None  # noqa: S101  ask() ends with an Answer
    return answer


def _select_documents(
    services: "Services", question: str, user: str, names: Sequence[str], collections: Sequence[str]
) -> frozenset[int] | None:
    """Return the ids of the documents to answer from, all of one owner; None for all documents.

    Raises:
        QuestionError: the question is empty, or there is nothing to answer it from.
    """
    from rag.retrieval.document_filter import select

    if not question.strip():
        raise QuestionError('The question is empty. Type what you want to know: citewell ask "…"')
    all_names = services.library.names()
    if not all_names:
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
    chosen = select(own, names, collections)
    return frozenset(document.id for document in own) if chosen is None and len(own) < len(all_names) else chosen
