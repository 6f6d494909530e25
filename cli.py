"""The `citewell` command: parse, call, print. Heavy imports wait until a command needs them."""

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

import cli_answers
import cli_bench
import cli_conversations
import cli_eval
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
library = typer.Typer(no_args_is_help=True, help="The documents in the library: list, remove.")
app.add_typer(cli_bench.app, name="bench")
app.add_typer(cli_conversations.app, name="conversations")
app.add_typer(cli_eval.app, name="eval")
app.add_typer(cli_models.app, name="models")
app.add_typer(library, name="library")
app.add_typer(cli_users.app, name="users")
app.command()(cli_answers.verify)


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options before the command. `--debug` is read by `main`, which must know it even if parsing fails."""


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs: PDF, txt, md.", metavar="PATH...")],
    library: LibraryOption = None,
    collection: Annotated[
        str | None, typer.Option(help="Put the documents into this collection; '' takes them out of theirs.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the library. Unchanged files cost nothing; exit code 1 if any file failed."""
    from dataclasses import asdict

    import console
    from ingest.factory import open_ingestor

    started = time.perf_counter()
    results = []
    with console.reporting() as report:
        ingestor = open_ingestor(open_services(report, library=library), collection and collection.strip())
        for result in ingestor.ingest(paths, report):
            results.append(result)
            if not as_json:
                console.print_file(result)
    seconds = time.perf_counter() - started
    if as_json:
        print_json({"files": [asdict(result) for result in results], "seconds": round(seconds, 3)})
    else:
        console.print_summary(results, seconds)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    library: LibraryOption = None,
    model: ModelOption = None,
    document: Annotated[
        list[str] | None, typer.Option(help="Answer only from documents of this name or pattern; may be given again.")
    ] = None,
    collection: Annotated[
        list[str] | None, typer.Option(help="Answer only from this collection; may be given again.")
    ] = None,
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
    """Answer a question from the library, streamed, with numbered sources under it."""
    import console
    from rag.selection import select
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
        _require_askable(services, question)  # before a minute of loading
        within = select(services.library.documents(), document or (), collection or ())
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
    """Open the chat in the browser's reach: http://127.0.0.1:7860 by default."""
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


@library.command("list")
def library_list(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """The documents in the library."""
    from dataclasses import asdict

    import console

    documents = open_services(library=library).library.documents()
    if as_json:
        print_json([asdict(document) for document in documents])
        return
    console.print_table(
        f"{len(documents)} documents",
        ("id", "name", "collection", "pages", "chunks", "added", "source"),
        ((str(d.id), d.name, d.collection, str(d.pages), str(d.chunks), d.added_at[:10], d.source) for d in documents),
    )


@library.command("remove")
def library_remove(
    ids: Annotated[list[int], typer.Argument(help="Ids as 'citewell library list' shows them.", metavar="ID...")],
    library: LibraryOption = None,
) -> None:
    """Remove documents with all that belongs to them. The files themselves are left alone."""
    import console
    from rag.errors import LibraryError

    store = open_services(library=library).library
    missing = [id_ for id_ in ids if not store.remove(id_)]
    console.out.print(f"{len(ids) - len(missing)} removed")
    if missing:
        raise LibraryError(f"No document has id {', '.join(map(str, missing))}. See 'citewell library list'.")


def _require_askable(services: "Services", question: str) -> None:
    if not question.strip():
        raise QuestionError('The question is empty. Type what you want to know: citewell ask "…"')
    if not services.library.documents():
        raise QuestionError(
            "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH...' first, for example "
            "'citewell ingest data/documents'."
        )


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
