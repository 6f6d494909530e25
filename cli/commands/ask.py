"""`citewell ask`: one question, answered at the shell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LibraryOption, ModelOption, ParallelOption, open_services, print_json
from rag.errors import QuestionError

if TYPE_CHECKING:
    from rag.services import Services


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.", metavar="QUESTION")],
    library: LibraryOption = None,
    model: ModelOption = None,
    document: Annotated[
        list[str] | None, typer.Option(help="Answer only from documents of this name or pattern; may be given again.")
    ] = None,
    collection: Annotated[
        list[str] | None, typer.Option(help="Answer only from this collection; may be given again.")
    ] = None,
    user: Annotated[
        str, typer.Option(help="Answer from the documents of this user of the app, not from the shell's own.")
    ] = "",
    as_json: JsonOption = False,
    passages: Annotated[int | None, typer.Option(help="Passages shown to the model.")] = None,
    max_new_tokens: Annotated[int | None, typer.Option(help="Longest answer, in tokens.")] = None,
    temperature: Annotated[float | None, typer.Option(help="0 is greedy; above 0 the answer is sampled.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Sample from the k likeliest tokens; 0: all.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Sample from the likeliest tokens of this mass.")] = None,
    beams: Annotated[int | None, typer.Option(help="Beam search with this many beams.")] = None,
    seed: Annotated[int | None, typer.Option(help="Repeats a sampled answer.")] = None,
    stop: Annotated[list[str] | None, typer.Option(help="Stop before this text; may be given again.")] = None,
    tensor_parallel: ParallelOption = None,
) -> None:
    """Answer a question from your documents, streamed, with numbered sources under it."""
    from cli import output
    from rag.exports.answer_json import answer_json
    from rag.types import Answer, Token

    answer: Answer | None = None
    with output.reporting() as report:
        services = open_services(
            report,
            library=library,
            model=model,
            passages=passages,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            beams=beams,
            seed=seed,
            stop=tuple(stop) if stop else None,
            tensor_parallel=tensor_parallel,
        )
        within = _chosen(services, question, user, document or (), collection or ())  # before a minute of loading
        assistant = services.assistant
    for event in assistant.ask(question, within=within):
        if isinstance(event, Answer):
            answer = event
        elif isinstance(event, Token) and not as_json:
            output.print_token(event.text)
    assert answer is not None  # noqa: S101  ask() ends with an Answer
    if as_json:
        print_json(answer_json(answer, services.provenance()))
    else:
        output.print_verdict(answer)


def _chosen(
    services: "Services", question: str, user: str, names: Sequence[str], collections: Sequence[str]
) -> frozenset[int] | None:
    """Ids of the documents to ask, all of one owner; None for all there are."""
    from rag.retrieval.document_filter import select

    if not question.strip():
        raise QuestionError('The question is empty. Type what you want to know: citewell ask "…"')
    everybodys = services.library.names()
    if not everybodys:
        raise QuestionError(
            "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH...' first, for example "
            "'citewell ingest data/documents'."
        )
    own = services.library.documents(user)
    if not own and user:
        raise QuestionError(f"User '{user}' has no documents. 'citewell library list' shows who has some.")
    if not own:
        raise QuestionError(
            "Nothing of yours to ask: all documents are of users of the app. Run 'citewell ingest PATH...' first, or "
            "ask one's documents with --user NAME; 'citewell library list' shows whose there are."
        )
    chosen = select(own, names, collections)
    return frozenset(document.id for document in own) if chosen is None and len(own) < len(everybodys) else chosen
