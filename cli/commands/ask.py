"""`citewell ask`: answer one question at the shell."""

from typing import Annotated

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
    StrictnessOption,
    TemperatureOption,
    ThinkingOption,
    ThinkingTokensOption,
    TopKOption,
    TopPOption,
    open_services,
    print_json,
)
from cli.question_scope import (
    CollectionOption,
    DocumentOption,
    KindOption,
    LanguageOption,
    UserOption,
    YearOption,
    askable_documents,
    only_own,
)
from rag.errors import QuestionError

QuestionArgument = Annotated[str, typer.Argument(help="What you want to know.", metavar="QUESTION")]
FreshOption = Annotated[
    bool,
    typer.Option(
        "--fresh", help="Write a new answer, even where the overview of a document is kept, from all that was found."
    ),
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
    strictness: StrictnessOption = None,
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
    from cli import answer_display, output, output_answers
    from cli.source_links import SourceLinks
    from rag.answering.ask_options import AskOptions
    from rag.exports.answer_json import answer_json
    from rag.retrieval.document_filter import select

    if not question.strip():
        raise QuestionError('The question is empty. Type what you want to know: citewell ask "…"')
    lengths = {"passages": passages, "max_new_tokens": max_new_tokens, "stop": tuple(stop) if stop else None}
    lengths |= {"thinking": thinking, "thinking_tokens": thinking_tokens}
    decoding = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "beams": beams, "seed": seed}
    with output.show_progress() as report:
        services = open_services(
            report,
            library=library,
            model=model,
            tensor_parallel=tensor_parallel,
            strictness=strictness,
            **lengths,
            **decoding,
        )
        own = askable_documents(services, user)
        chosen = select(
            own, document or (), collection or (), kinds=kind or (), years=year or (), languages=language or ()
        )
        within = only_own(services, own) if chosen is None else chosen
        assistant = services.assistant  # after the cheap errors above: this may load for a minute
    options = AskOptions(fresh=fresh)
    if as_json:
        answer = assistant.answer(question, within=within, options=options)
        print_json(answer_json(answer, services.provenance()))
        return
    events = assistant.ask(question, within=within, options=options)
    links = SourceLinks(services.library)
    output_answers.print_verdict(answer_display.stream(events, links, shows_thinking=bool(thinking)), links)
