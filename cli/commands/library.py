"""`citewell library`: list, show, describe, refresh, verify, remove and copy what is in the library."""

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.library_copies import backup, copy, expire, restore, salvage
from cli.options import JsonOption, LibraryOption, cleanup, open_services, print_json
from rag.errors import LibraryError

if TYPE_CHECKING:
    from rag.interfaces import Library
    from rag.types import Document, LedgerEntry

_LOOK_S = 1.0
"""A list is not kept waiting for longer by the look for damage."""

app = typer.Typer(
    no_args_is_help=True, help="The documents in the library: list, show, describe, refresh, verify, remove, back up."
)
for _command in (backup, copy, expire, restore, salvage):
    app.command()(_command)

_WHICH = typer.Argument(help="Id, name or path, as 'citewell library list' shows them.", metavar="ID")
_Fact = Annotated[str | None, typer.Option(help="'' for none.")]


@app.command("list")
def list_(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List every source that was added, with its document or the reason there is none."""
    from cli import output_library

    store = open_services(library=library).library
    store.require_sound(_LOOK_S)
    documents = {document.id: document for document in store.documents()}
    rows = [(entry, documents.get(entry.document_id or 0)) for entry in store.ledger()]
    if as_json:
        print_json([_entry_json(entry, document) for entry, document in rows])
    else:
        output_library.print_ledger(rows)


@app.command()
def show(
    which: Annotated[str, _WHICH],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one document: where it comes from, the state of each of its pages, and its overview if one is kept."""
    from cli import output_library
    from rag.exports.kept_overviews import overview_text

    store = open_services(library=library).library
    entry = _find(store, which)
    document = store.document(entry.document_id) if entry.document_id is not None else None
    pages = store.page_records(document.id) if document else []
    overviews = store.overviews(document.id) if document else []
    if as_json:
        shown = [
            {"language": each.language, "model": each.model, "made_at": each.made_at, "text": overview_text(each)}
            for each in overviews
        ]
        records = [asdict(page) for page in pages]
        print_json({**_entry_json(entry, document), "overviews": shown, "page_records": records})
    else:
        output_library.print_document(entry, document, pages)
        for overview in overviews:
            output_library.print_overview(overview.made_at, overview.model, overview_text(overview))


@app.command()
def facts(
    which: Annotated[str, _WHICH],
    library: LibraryOption = None,
    title: _Fact = None,
    organisation: _Fact = None,
    authors: _Fact = None,
    date: Annotated[str | None, typer.Option(help="As 2019-02-28; '' for none.")] = None,
    period: Annotated[str | None, typer.Option(help="What it is about: '2018', 'Q2 2019'; '' for none.")] = None,
    kind: Annotated[str | None, typer.Option(help="Such as report, 10-K, contract, paper; '' for none.")] = None,
    language: Annotated[str | None, typer.Option(help="A code such as en or de; '' for none.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Take back everything that was entered before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a document is, or correct it. What you enter stays when the document is read again."""
    from cli import output_library
    from rag.text.facets import EDITABLE, checked_facts

    values = dict(zip(EDITABLE, (title, organisation, authors, date, period, kind, language), strict=True))
    entered = checked_facts({fact: value for fact, value in values.items() if value is not None})
    store = open_services(library=library).library
    entry = _find(store, which)
    if entry.document_id is None:
        raise LibraryError(f"'{entry.name}' was not ingested. 'citewell library list' says why.")
    changes: dict[str, str | None] = dict.fromkeys(EDITABLE) if reset else {}
    if changes := changes | entered:
        store.edit_facts(entry.document_id, changes)
    document = store.document(entry.document_id)
    edited = store.edited_facts(entry.source, entry.owner)
    if document and as_json:
        print_json(
            {"id": document.id, "name": document.name, "facts": asdict(document.facts), "edited": sorted(edited)}
        )
    elif document:
        output_library.print_facts(document, edited.keys(), will_be_read_again=not document.recipe)


@app.command()
def refresh(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Read again the documents that an earlier version of Citewell read, or whose title you have corrected.

    The app does so by itself. The old version answers until the new one is stored. Exit code 1 if any could not be
    read; it keeps its old version.
    """
    from cli import output_ingest
    from ingest.pipeline import open_ingestor
    from ingest.refresh import Refresher

    with output_ingest.show_progress() as report:
        services = open_services(report, library=library)
        refresher = Refresher(services, open_ingestor(services))
        outdated = refresher.find()
        report.start([file for _, file in outdated.files], services.settings.max_file_mb * 1_000_000)
        results = []
        for result in cleanup.enter_context(closing(refresher.refresh(outdated, report))):
            results.append(result)
            report.file_done()
            if not as_json:
                output_ingest.print_file(result)
    if as_json:
        without = [document.name for document in outdated.without_source]
        print_json({"files": [asdict(result) for result in results], "without_source": without})
    else:
        output_ingest.print_refreshed(results, outdated)
    raise typer.Exit(1 if any(result.status == "failed" for result in results) else 0)


@app.command()
def verify(
    library: LibraryOption = None,
    as_json: JsonOption = False,
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild both indexes from the library.")] = False,
) -> None:
    """Check that ledger, chunks, vectors and both indexes agree. Exit code 1 if they do not."""
    from cli import output, output_library

    services = open_services(library=library)
    store = services.library
    with output.show_progress() as report:
        report("checking the library", 0, 0)
        findings = list(store.findings())
        if store.dimension and not findings:
            if repair:
                services.indexes.rebuild()
            findings = list(services.indexes.findings())
            services.indexes.purge()
    interrupted = [entry for entry in store.ledger() if entry.state == "reading"]
    if as_json:
        print_json(
            {
                "sound": not findings,
                "findings": findings,
                "documents": len(store.documents()),
                "chunks": store.chunk_count(),
                "interrupted": [entry.source for entry in interrupted],
            }
        )
    else:
        output_library.print_findings(findings, len(store.documents()), store.chunk_count(), interrupted)
    raise typer.Exit(1 if findings else 0)


@app.command()
def remove(
    which: Annotated[
        list[str], typer.Argument(help="Ids, names or paths, as 'citewell library list' shows them.", metavar="ID")
    ],
    library: LibraryOption = None,
) -> None:
    """Remove documents with all that belongs to them, also from stored answers. Of files, only uploads are deleted."""
    from cli import output
    from ingest.removal import forget_sources, remove_documents
    from serving.ownership import withdraw_emptied

    services = open_services(library=library)
    entries = [_find(services.library, name) for name in which]
    ids = list(dict.fromkeys(entry.document_id for entry in entries if entry.document_id is not None))
    with output.show_progress() as report:
        report("removing", 0, 0)
        removal = remove_documents(services, ids)
        forget_sources(services, [entry for entry in entries if entry.document_id is None])
    withdraw_emptied(services, (entry.owner for entry in entries))
    redacted = f"; taken out of {output.count(removal.answers, 'kept answer')}" if removal.answers else ""
    output.out.print(f"{len(entries) - len(removal.unknown)} removed{redacted}")


def _find(store: "Library", which: str) -> "LedgerEntry":
    """Return the one entry with this id, source or name.

    Raises:
        LibraryError: no entry has it, or several do.
    """
    entries = store.ledger()
    found = [entry for entry in entries if which.isdecimal() and entry.document_id == int(which)]
    found = found or [entry for entry in entries if entry.source == which] or [e for e in entries if e.name == which]
    documents = {entry.document_id for entry in found}
    if not found:
        lookup = f"has id {which}" if which.isdecimal() else f"is called '{which}'"
        raise LibraryError(f"No document {lookup}. See 'citewell library list'.")
    if len(found) > 1 and (len(documents) > 1 or documents == {None}):
        raise LibraryError(f"{len(found)} sources are called '{which}'. Give the id or the path of the one you mean.")
    return found[0]


def _entry_json(entry: "LedgerEntry", document: "Document | None") -> dict[str, Any]:
    stored = (
        asdict(document)
        if document
        else {"id": None, "pages": 0, "chunks": 0, "collection": "", "added_at": "", "facts": {}}
    )
    details = {key: stored[key] for key in ("id", "pages", "chunks", "collection", "added_at", "facts")}
    values = asdict(entry)
    del values["document_id"]
    return {"id": details.pop("id"), **values, **details}
