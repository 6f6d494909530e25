"""`citewell chat`: a conversation in the terminal."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import (
    LibraryOption,
    MaxNewTokensOption,
    ModelOption,
    PassagesOption,
    SeedOption,
    StrictnessOption,
    TemperatureOption,
    ThinkingOption,
    ThinkingTokensOption,
    TopKOption,
    TopPOption,
    open_services,
)
from cli.question_scope import (
    CollectionOption,
    DocumentOption,
    KindOption,
    LanguageOption,
    UserOption,
    YearOption,
    askable_documents,
)
from rag.errors import SettingsError

if TYPE_CHECKING:
    from cli.chat_session import ChatSession

ContinueOption = Annotated[bool, typer.Option("--continue", help="Go on with the conversation that came last.")]
ConversationOption = Annotated[
    str, typer.Option("--conversation", metavar="ID", help="Go on with this one; 'citewell conversations list'.")
]


def chat(
    continue_: ContinueOption = False,
    conversation: ConversationOption = "",
    library: LibraryOption = None,
    model: ModelOption = None,
    document: DocumentOption = None,
    collection: CollectionOption = None,
    kind: KindOption = None,
    year: YearOption = None,
    language: LanguageOption = None,
    user: UserOption = "",
    passages: PassagesOption = None,
    strictness: StrictnessOption = None,
    max_new_tokens: MaxNewTokensOption = None,
    temperature: TemperatureOption = None,
    top_k: TopKOption = None,
    top_p: TopPOption = None,
    seed: SeedOption = None,
    thinking: ThinkingOption = None,
    thinking_tokens: ThinkingTokensOption = None,
) -> None:
    """Talk with your documents: questions and follow-ups, kept like the conversations of the app. /help lists more."""
    from cli import output
    from cli.chat_session import ChatSession
    from rag.retrieval.document_filter import select

    if continue_ and conversation:
        raise SettingsError("--continue and --conversation exclude each other. Leave one of them out.")
    flags = {"passages": passages, "strictness": strictness, "max_new_tokens": max_new_tokens, "top_k": top_k}
    flags |= {"temperature": temperature, "top_p": top_p, "seed": seed, "thinking_tokens": thinking_tokens}
    with output.show_progress() as report:
        services = open_services(report, library=library, model=model, thinking=thinking, **flags)
        own = askable_documents(services, user)
        within = select(
            own, document or (), collection or (), kinds=kind or (), years=year or (), languages=language or ()
        )
        chosen = {name: value for name, value in flags.items() if value is not None}
        session = ChatSession(services, user, within, chosen | ({"model": ""} if model else {}))
        _open(session, conversation, latest=continue_)
    _converse(session, shows_thinking=bool(thinking))


def _open(session: "ChatSession", conversation: str, *, latest: bool) -> None:
    """Go on with a conversation if one is named, and load its model."""
    if conversation:
        session.open(conversation)
    elif latest:
        session.open_latest()
    session.load()


def _converse(session: "ChatSession", *, shows_thinking: bool) -> None:
    from cli import output, output_answers, slash_commands
    from cli.chat_loop import converse
    from cli.line_input import TypedLines, piped_lines

    if session.answers:
        output_answers.print_answer(session.answers[-1], session.links)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.Exit(0 if converse(session, piped_lines(), shows_thinking=shows_thinking) else 1)
    output.err.print("[dim]Ask; /help lists commands, Ctrl-C stops an answer, Ctrl-D leaves.[/]")
    lines = TypedLines(slash_commands.names())
    lines.remember([answer.question for answer in session.answers])
    converse(session, iter(lines.read, None), shows_thinking=shows_thinking)
