"""The `citewell` command: parse, call, print. Heavy imports wait until a command needs them."""

import importlib
import json
import sys
import time
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.errors import CitewellError, QuestionError, SettingsError

if TYPE_CHECKING:
    from rag.factory import Services
    from rag.models.fetch import Report
    from rag.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask questions of your own documents, on your own machine. Every sentence comes with its source.",
)
models = typer.Typer(no_args_is_help=True, help="The models: list, fetch, verify.")
library = typer.Typer(no_args_is_help=True, help="The documents in the library: list, remove.")
evaluation = typer.Typer(no_args_is_help=True, help="Measure quality on labelled sets (extra: citewell[eval]).")
app.add_typer(evaluation, name="eval")
app.add_typer(models, name="models")
app.add_typer(library, name="library")

LibraryOption = Annotated[Path | None, typer.Option("--library", help="Folder of the library.")]
ModelOption = Annotated[str | None, typer.Option("--model", help="default, tiny, a local folder, or a hub id.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Options before the command. `--debug` is read by `main`, which must know it even if parsing fails."""


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(help="Files, folders or globs: PDF, txt, md.", metavar="PATH...")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the library. Unchanged files cost nothing; exit code 1 if any file failed."""
    from dataclasses import asdict

    import console
    from ingest.factory import open_ingestor

    started = time.perf_counter()
    results = []
    with console.reporting() as report:
        ingestor = open_ingestor(_services(report, library=library))
        for result in ingestor.ingest(paths, report):
            results.append(result)
            if not as_json:
                console.print_file(result)
    seconds = time.perf_counter() - started
    if as_json:
        _print_json({"files": [asdict(result) for result in results], "seconds": round(seconds, 3)})
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
    as_json: JsonOption = False,
    passages: Annotated[int | None, typer.Option(help="Passages shown to the model.")] = None,
    max_new_tokens: Annotated[int | None, typer.Option(help="Longest answer, in tokens.")] = None,
    temperature: Annotated[float | None, typer.Option(help="0 is greedy; above 0 the answer is sampled.")] = None,
    top_k: Annotated[int | None, typer.Option(help="Sample from the k likeliest tokens; 0: all.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Sample from the likeliest tokens of this mass.")] = None,
    beams: Annotated[int | None, typer.Option(help="Beam search with this many beams.")] = None,
    seed: Annotated[int | None, typer.Option(help="Repeats a sampled answer.")] = None,
    stop: Annotated[list[str] | None, typer.Option(help="Stop before this text; may be given again.")] = None,
) -> None:
    """Answer a question from the library, streamed, with numbered sources under it."""
    import console
    from rag.serialise import answer_json
    from rag.types import Answer, Token

    answer: Answer | None = None
    with console.reporting() as report:
        services = _services(
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
        )
        _require_askable(services, question)  # before a minute of loading
        within = _matching(services, document) if document else None
        assistant = services.assistant
    for event in assistant.ask(question, within=within):
        if isinstance(event, Answer):
            answer = event
        elif isinstance(event, Token) and not as_json:
            console.print_token(event.text)
    assert answer is not None  # noqa: S101  ask() ends with an Answer
    if as_json:
        _print_json(answer_json(answer))
    else:
        console.print_verdict(answer)


@app.command()
def serve(
    library: LibraryOption = None,
    model: ModelOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback only.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0: any that is free.")] = None,
) -> None:
    """Open the chat in the browser's reach: http://127.0.0.1:7860 by default."""
    import app as web
    import console

    with console.reporting() as report:
        running = web.start(_services(report, library=library, model=model, host=host, port=port))
    console.out.print(f"Citewell is at [bold]{running.url}[/]  (Ctrl-C stops it)")
    running.wait()


@models.command("list")
def models_list(as_json: JsonOption = False) -> None:
    """The catalog: what each model is, what it costs, and whether it is on this disk."""
    import console
    from rag.models.catalog import CATALOG
    from rag.models.fetch import is_fetched

    settings = _settings()
    rows = [
        {
            "name": spec.name,
            "aliases": list(spec.aliases),
            "role": spec.role,
            "summary": spec.summary,
            "licence": spec.licence,
            "download_bytes": spec.download_bytes,
            "disk_bytes": spec.disk_bytes,
            "memory_bytes": spec.memory_bytes,
            "fetched": is_fetched(spec, settings.models),
        }
        for spec in CATALOG
    ]
    if as_json:
        _print_json(rows)
        return
    gigabytes = "{:.1f} GB".format
    console.print_table(
        f"Models in {settings.models}",
        ("name", "role", "download", "disk", "memory", "here", "what"),
        (
            (
                f"{spec.name} ({', '.join(spec.aliases)})" if spec.role == "generator" else spec.name,
                spec.role,
                gigabytes(spec.download_bytes / 1e9),
                gigabytes(spec.disk_bytes / 1e9),
                gigabytes(spec.memory_bytes / 1e9),
                "yes" if is_fetched(spec, settings.models) else "no",
                f"{spec.summary}. {spec.licence}",
            )
            for spec in CATALOG
        ),
    )


@models.command("fetch")
def models_fetch(
    names: Annotated[list[str] | None, typer.Argument(help="Models; by default the two that are set.")] = None,
) -> None:
    """Fetch models, check them, and convert them where needed. Says first how much it will download."""
    import console
    from rag.models.catalog import find_spec
    from rag.models.fetch import is_fetched
    from rag.models.locate import locate

    settings = _settings()
    wanted = names or [settings.embedder, settings.model]
    for name in wanted:
        spec = find_spec(name)
        if spec and not is_fetched(spec, settings.models):
            console.err.print(
                f"{spec.name}: {spec.download_bytes / 1e6:,.0f} MB to download, "
                f"{spec.disk_bytes / 1e9:.1f} GB on disk when ready ({spec.licence})"
            )
    for name in wanted:
        spec = find_spec(name)
        role = spec.role if spec else "embedder" if name == settings.embedder else "generator"
        with console.reporting() as report:
            folder = locate(name, role, settings.models, report, offline=settings.offline)
        console.out.print(f"{name}: ready in {folder}")


@models.command("verify")
def models_verify(
    names: Annotated[list[str] | None, typer.Argument(help="Catalog models; by default all that are here.")] = None,
) -> None:
    """Hash the files of fetched models again; exit code 1 if one has changed."""
    import console
    from rag.errors import ModelError
    from rag.models.catalog import CATALOG, find_spec
    from rag.models.fetch import is_fetched, verify

    settings = _settings()
    for name in names or [spec.name for spec in CATALOG if is_fetched(spec, settings.models)]:
        spec = find_spec(name)
        if spec is None:
            raise ModelError(f"'{name}' is not in the catalog, so there is no hash to check it against.")
        with console.reporting() as report:
            verify(spec, settings.models, report)
        console.out.print(f"{spec.name}: every file matches its sha256")


@library.command("list")
def library_list(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """The documents in the library."""
    from dataclasses import asdict

    import console

    documents = _services(library=library).library.documents()
    if as_json:
        _print_json([asdict(document) for document in documents])
        return
    console.print_table(
        f"{len(documents)} documents",
        ("id", "name", "pages", "chunks", "added", "source"),
        ((str(d.id), d.name, str(d.pages), str(d.chunks), d.added_at[:10], d.source) for d in documents),
    )


@library.command("remove")
def library_remove(
    ids: Annotated[list[int], typer.Argument(help="Ids as 'citewell library list' shows them.", metavar="ID...")],
    library: LibraryOption = None,
) -> None:
    """Remove documents with all that belongs to them. The files themselves are left alone."""
    import console
    from rag.errors import LibraryError

    store = _services(library=library).library
    missing = [id_ for id_ in ids if not store.remove(id_)]
    console.out.print(f"{len(ids) - len(missing)} removed")
    if missing:
        raise LibraryError(f"No document has id {', '.join(map(str, missing))}. See 'citewell library list'.")


@evaluation.command("retrieval")
def eval_retrieval(
    folder: Annotated[Path, typer.Argument(help="A set in BEIR's layout: corpus, queries, qrels.", metavar="DIR")],
    split: Annotated[str | None, typer.Option(help="Split of queries and qrels, such as test.")] = None,
    mode: Annotated[list[str] | None, typer.Option(help="dense, keyword or hybrid; by default all three.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Rank a labelled set's documents: nDCG, recall, MRR and milliseconds, dense, keyword and hybrid."""
    from dataclasses import asdict

    import console

    retrieval = _evaluation("retrieval")
    labelled = _evaluation("beir").read_set(folder, split)
    with console.reporting() as report:
        result = retrieval.evaluate(labelled, _settings(), report, mode or list(retrieval.MODES))
    if as_json:
        _print_json(asdict(result))
        return
    rate = "indexed earlier" if result.documents_per_s is None else f"{result.documents_per_s:.0f} documents/s"
    title = f"{result.set}: {result.documents:,} documents, {result.queries:,} queries, {rate}"
    console.print_table(
        title,
        ("mode", *retrieval.MEASURES, "p50 ms", "p95 ms"),
        (
            (o.mode, *(f"{value:.4f}" for value in o.measures.values()), f"{o.p50_ms:.0f}", f"{o.p95_ms:.0f}")
            for o in result.outcomes
        ),
    )


@evaluation.command("chunking")
def eval_chunking(
    folder: Annotated[Path, typer.Argument(help="A folder with corpora/*.md and questions_df.csv.", metavar="DIR")],
    passages: Annotated[int, typer.Option(help="Chunks retrieved for a question.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """Compare retrieved chunks with labelled excerpts, character by character: recall, precision, IoU."""
    from dataclasses import asdict

    import console

    chunking = _evaluation("chunking")
    with console.reporting() as report:
        result = chunking.evaluate(folder, _settings(), report, passages)
    if as_json:
        _print_json(asdict(result))
        return
    console.print_table(
        f"{result.set}: {result.questions} questions, {result.chunks:,} chunks, {result.passages} retrieved",
        ("recall %", "precision %", "IoU %"),
        [(f"{result.recall:.1f}", f"{result.precision:.2f}", f"{result.iou:.2f}")],
    )


def _evaluation(name: str) -> Any:
    """A module of the evaluation package, whose metrics are an extra."""
    try:
        return importlib.import_module(f"evaluation.{name}")
    except ModuleNotFoundError as error:
        if error.name != "ir_measures":
            raise
        raise SettingsError("Evaluation needs an extra: pip install 'citewell[eval]'.") from error


def _settings(**flags: Any) -> "Settings":
    from rag.settings import load_settings

    return load_settings(**flags)


def _services(report: "Report | None" = None, **flags: Any) -> "Services":
    from rag.factory import Services
    from rag.models.fetch import silent

    return Services(_settings(**flags), report or silent)


def _require_askable(services: "Services", question: str) -> None:
    if not question.strip():
        raise QuestionError('The question is empty. Type what you want to know: citewell ask "…"')
    if not services.library.documents():
        raise QuestionError(
            "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH...' first, for example "
            "'citewell ingest data/documents'."
        )


def _matching(services: "Services", patterns: list[str]) -> frozenset[int]:
    """Ids of the documents whose name matches one of the patterns, whatever the case."""
    names = services.library.names()
    found: set[int] = set()
    for pattern in patterns:
        matching = {id_ for id_, name in names.items() if fnmatch(name.lower(), pattern.lower())}
        if not matching:
            raise QuestionError(f"No document matches '{pattern}'. 'citewell library list' shows their names.")
        found |= matching
    return frozenset(found)


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


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
