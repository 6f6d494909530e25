"""`citewell library`: list, show, verify and remove what is in the library."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import JsonOption, LibraryOption, open_services, print_json
from rag.errors import LibraryError

if TYPE_CHECKING:
    from rag.interfaces import Library
    from rag.types import Document, LedgerEntry

app = typer.Typer(no_args_is_help=True, help="The documents in the library: list, show, verify, remove.")


@app.command("list")
def list_(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """List every source that was added, with its document or the reason there is none."""
    from cli import output_library

    store = open_services(library=library).library
    documents = {document.id: document for document in store.documents()}
    rows = [(entry, documents.get(entry.document_id or 0)) for entry in store.ledger()]
    if as_json:
        print_json([_entry_json(entry, document) for entry, document in rows])
    else:
        output_library.print_ledger(rows)


@app.command()
def show(
    which: Annotated[
        str, typer.Argument(help="Id, name or path, as 'citewell library list' shows them.", metavar="ID")
    ],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one document: where it comes from, and the state of each of its pages."""
    from cli import output_library

    store = open_services(library=library).library
    entry = _find(store, which)
    document = store.document(entry.document_id) if entry.document_id is not None else None
    pages = store.page_records(document.id) if document else []
    if as_json:
        print_json({**_entry_json(entry, document), "page_records": [asdict(page) for page in pages]})
    else:
        output_library.print_document(entry, document, pages)


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

    services = open_services(library=library)
    entries = [_find(services.library, name) for name in which]
    ids = list(dict.fromkeys(entry.document_id for entry in entries if entry.document_id is not None))
    with output.show_progress() as report:
        report("removing", 0, 0)
        removal = remove_documents(services, ids)
        forget_sources(services, [entry for entry in entries if entry.document_id is None])
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
    stored = asdict(document) if document else {"id": None, "pages": 0, "chunks": 0, "collection": "", "added_at": ""}
    details = {key: stored[key] for key in ("id", "pages", "chunks", "collection", "added_at")}
    values = asdict(entry)
    del values["document_id"]
    return {"id": details.pop("id"), **values, **details}
