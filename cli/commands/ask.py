"""`citewell ask`: answer one question at the shell."""

from collections.abc import Iterable
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
    ThinkingTokensOption,
    TopKOption,
    TopPOption,
    open_services,
    print_json,
)
from rag.errors import QuestionError

if TYPE_CHECKING:
    from rag.services import Services
    from rag.types import Answer, Document, Event

QuestionArgument = Annotated[str, typer.Argument(help="What you want to know.", metavar="QUESTION")]
DocumentOption = Annotated[
    list[str] | None, typer.Option(help="Answer only from documents of this name or pattern; may be repeated.")
]
CollectionOption = Annotated[list[str] | None, typer.Option(help="Answer only from this collection; may be repeated.")]
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
ThinkingOption = Annotated[
    bool | None, typer.Option("--thinking", help="Have the model think before it answers, if it can, and show that.")
]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Write a new answer, even where the overview of a document is kept.")
]
UserOption = Annotated[
    str, typer.Option(help="Answer from the documents of this user of the app, not from the shell's own.")
]


def ask(
    question: QuestionArgument,
    library: LibraryOption = None,
    model: ModelOption = None,
    document: DocumentOption = None,
    collection: CollectionOption = None,
    kind: KindOption = None,
    year: YearOption = None,
    language: LanguageOption = None,
    user: UserOption = "",
    fresh: FreshOption = False,
    as_json: JsonOption = False,
    passages: PassagesOption = None,
    max_new_tokens: MaxNewTokensOption = None,
    temperature: TemperatureOption = None,
    top_k: TopKOption = None,
    top_p: TopPOption = None,
    beams: BeamsOption = None,
    seed: SeedOption = None,
    stop: StopOption = None,
    thinking: ThinkingOption = None,
    thinking_tokens: ThinkingTokensOption = None,
    tensor_parallel: ParallelOption = None,
) -> None:
    """Answer a question from your documents, streamed, with numbered sources under it."""
    from cli import output
    from rag.answering.ask_options import AskOptions
    from rag.exports.answer_json import answer_json
    from rag.retrieval.document_filter import select

    lengths = {"passages": passages, "max_new_tokens": max_new_tokens, "stop": tuple(stop) if stop else None}
    lengths |= {"thinking": thinking, "thinking_tokens": thinking_tokens}
    decoding = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "beams": beams, "seed": seed}
    with output.show_progress() as report:
        services = open_services(
            report, library=library, model=model, tensor_parallel=tensor_parallel, **lengths, **decoding
        )
        own = _askable_documents(services, question, user)
        chosen = select(
            own, document or (), collection or (), kinds=kind or (), years=year or (), languages=language or ()
        )
        within = _only_own(services, own) if chosen is None else chosen
        assistant = services.assistant  # after the cheap errors above: this may load for a minute
    events = assistant.ask(question, within=within, options=AskOptions(fresh=fresh))
    answer = _stream(events, silent=as_json, shows_thinking=bool(thinking))
    if as_json:
        print_json(answer_json(answer, services.provenance()))
    else:
        output.print_verdict(answer)


def _stream(events: "Iterable[Event]", *, silent: bool, shows_thinking: bool) -> "Answer":
    """Print the tokens as they come, after the thinking if that is wanted, and return the answer that ends them."""
    from cli import output
    from rag.grounding.abstention import is_abstention
    from rag.types import Answer, Planned, Thought, Token, ToolCalled

    answer: Answer | None = None
    language = ""
    thinking = output.Thinking(shown=shows_thinking)
    for event in events:
        if isinstance(event, Answer):
            answer = event
        elif isinstance(event, Planned):
            language = event.plan.language
        elif isinstance(event, ToolCalled) and not silent:
            output.print_call(event, language)
        elif isinstance(event, Thought) and not silent:
            thinking.print(event.text)
        elif isinstance(event, Token) and not silent:
            thinking.end()
            if not is_abstention(event.text):  # the verdict says it in the language of the question
                output.print_token(event.text)
    assert answer is not None  # noqa: S101  ask() ends with an Answer
    return answer


def _only_own(services: "Services", own: "list[Document]") -> frozenset[int] | None:
    """Return the ids of one owner's documents; None if all documents are theirs."""
    return frozenset(document.id for document in own) if len(own) < len(services.library.names()) else None


def _askable_documents(services: "Services", question: str, user: str) -> "list[Document]":
    """Return the documents of one owner that the question may be answered from.

    Raises:
        QuestionError: the question is empty, or there is nothing to answer it from.
    """
    if not question.strip():
        raise QuestionError('The question is empty. Type what you want to know: citewell ask "…"')
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
