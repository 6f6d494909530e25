"""The `citewell` command: parse, call, print. Heavy imports wait until a command needs them."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

import cli_answers
import cli_bench
import cli_conversations
import cli_eval
import cli_ingest
import cli_library
import cli_models
import cli_users
from cli_common import AuthFileOption, JsonOption, LibraryOption, ModelOption, ParallelOption, open_services, print_json
from rag.errors import CitewellError, QuestionError

if TYPE_CHECKING:
    from rag.factory import Services

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask questions of your own documents, on your own machine. Every sentence comes with its source.",
)
app.add_typer(cli_bench.app, name="bench")
app.add_typer(cli_conversations.app, name="conversations")
app.add_typer(cli_eval.app, name="eval")
app.add_typer(cli_models.app, name="models")
app.add_typer(cli_library.app, name="library")
app.add_typer(cli_users.app, name="users")
app.command()(cli_answers.verify)
app.command()(cli_ingest.ingest)


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options before the command. `--debug` is read by `main`, which must know it even if parsing fails."""


@app.command()
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
    import console
    from rag.serialise import answer_json
    from rag.types import Answer, Token

    answer: Answer | None = None
    with console.reporting() as report:
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
            console.print_token(event.text)
    assert answer is not None  # noqa: S101  ask() ends with an Answer
    if as_json:
        print_json(answer_json(answer, services.provenance()))
    else:
        console.print_verdict(answer)


@app.command()
def serve(
    library: LibraryOption = None,
    model: ModelOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; beyond loopback with --auth-file only.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free.")] = None,
    auth_file: AuthFileOption = None,
    share: Annotated[bool | None, typer.Option("--share", help="Make a public link; with --auth-file only.")] = None,
    tensor_parallel: ParallelOption = None,
) -> None:
    """Serve the chat to your browser, at http://127.0.0.1:7860 by default."""
    import app as web
    import console

    with console.reporting() as report:
        services = open_services(
            report,
            library=library,
            model=model,
            host=host,
            port=port,
            auth_file=auth_file,
            share=share,
            tensor_parallel=tensor_parallel,
        )
        running = web.start(services)
    console.out.print(f"Citewell is at [bold]{running.url}[/]  (Ctrl-C stops it)")
    if running.public_url:
        console.out.print(f"Everybody who can sign in reaches it at [bold]{running.public_url}[/]")
    running.wait()


def _chosen(
    services: "Services", question: str, user: str, names: Sequence[str], collections: Sequence[str]
) -> frozenset[int] | None:
    """Ids of the documents to ask, all of one owner; None for all there are."""
    from rag.selection import select

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


def main() -> None:
    """Run the command; an error is a sentence, unless `--debug` asks for the traceback."""
    debug = "--debug" in sys.argv
    try:
        app()
    except CitewellError as error:
        if debug:
            raise
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("stopped.", 130)
    except BrokenPipeError:  # the reader of our output has gone: nothing is left to say
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
    import console

    console.print_error(message)
    sys.exit(code)


if __name__ == "__main__":
    main()
