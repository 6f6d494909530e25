"""Print what `citewell library` shows: the ledger, one document, the findings of a check."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from pathlib import Path

from cli.output import count, out, print_table, printable
from rag.runtime.shown_path import shown
from rag.text.facets import facts_line
from rag.types import Document, LedgerEntry, PageRecord

_LISTED_PAGES = 200


def print_ledger(rows: Sequence[tuple[LedgerEntry, Document | None]]) -> None:
    """Print every source, with its document or the reason there is none."""
    ready = [(entry, document) for entry, document in rows if entry.state == "ready" and document]
    rest = [(entry, document) for entry, document in rows if not (entry.state == "ready" and document)]
    owner = ["owner"] if any(entry.owner for entry, _ in rows) else []
    collection = ["collection"] if any(document.collection for _, document in ready) else []
    print_table(
        count(len({document.id for _, document in ready}), "document"),
        ("id", "name", "what it is", *owner, *collection, "pages", "chunks", "added", "source"),
        (_ready_row(entry, document, {*owner, *collection}) for entry, document in ready),
    )
    if rest:
        out.print()
        print_table(
            f"{count(len(rest), 'source')} not ingested",
            ("id", "name", *owner, "why", "source"),
            (
                (
                    str(document.id) if document else "-",
                    entry.name,
                    *([entry.owner] if owner else []),
                    _reason(entry, document),
                    _place(entry),
                )
                for entry, document in rest
            ),
        )


def _ready_row(entry: LedgerEntry, document: Document, shown: AbstractSet[str]) -> tuple[str, ...]:
    return (
        str(document.id),
        entry.name,
        facts_line(document.facts),
        *([entry.owner] if "owner" in shown else []),
        *([document.collection] if "collection" in shown else []),
        str(document.pages),
        str(document.chunks),
        document.added_at[:10],
        _place(entry),
    )


def _place(entry: LedgerEntry) -> str:
    """Return where a source is: its address, or its folder alone, as its name stands beside it."""
    path = Path(entry.source)
    if not path.is_absolute() or path.name != entry.name:
        return entry.source
    if path.is_relative_to(Path.cwd()):
        return str(path.parent.relative_to(Path.cwd()))
    return shown(path.parent)


def print_document(entry: LedgerEntry, document: Document | None, pages: Sequence[PageRecord]) -> None:
    """Print one source, its document and its pages."""
    known = {
        "name": entry.name,
        "source": entry.source,
        "owner": entry.owner,
        "state": entry.state if entry.state == "ready" else _reason(entry, document),
        "note": entry.note,
        "size": f"{entry.size:,} bytes" if entry.size else "",
        "sha256": entry.sha256,
        "since": entry.at,
        "id": str(document.id) if document else "",
        "also": ", ".join(document.also) if document else "",
        "what it is": facts_line(document.facts) if document else "",
        "collection": document.collection if document else "",
        "chunks": f"{document.chunks:,}" if document else "",
    }
    for name, value in known.items():
        if value:
            out.print(f"[bold]{name:<11}[/]{printable(value)}")
    if pages:
        out.print()
        print_table(
            count(len(pages), "page"),
            ("page", "label", "state", "characters", "note"),
            ((str(p.number), p.label, p.state, f"{p.characters:,}", p.note) for p in pages[:_LISTED_PAGES]),
        )
        if len(pages) > _LISTED_PAGES:
            out.print(f"… and {len(pages) - _LISTED_PAGES:,} more (--json lists them all)")


def print_overview(made_at: str, model: str, text: str) -> None:
    """Print an overview that is kept with a document."""
    out.print(f"\n[bold]overview[/]  [dim]made {printable(made_at[:10])} by {printable(model)}[/]")
    for line in text.splitlines():
        out.print(printable(line))


def print_facts(document: Document, edited: AbstractSet[str], *, will_be_read_again: bool) -> None:
    """Print what a document is, and which of it a person entered."""
    out.print(f"[bold]{'name':<13}[/]{printable(document.name)}")
    for name, value in asdict(document.facts).items():
        if value or name in edited:
            note = "  [dim](entered)[/]" if name in edited else ""
            out.print(f"[bold]{name:<13}[/]{printable(value or 'none')}{note}")
    if not any(asdict(document.facts).values()):
        out.print("nothing is known about it; --title, --organisation, --period and --kind say what it is")
    if will_be_read_again:
        out.print("it is read again for the search: by the app while nobody asks, or now by 'citewell library refresh'")


def print_findings(findings: Sequence[str], documents: int, chunks: int, interrupted: Sequence[LedgerEntry]) -> None:
    """Print whether the library is sound, and the files that an interrupted run left unfinished."""
    for finding in findings:
        out.print(f"[red]wrong[/]     {printable(finding)}")
    if findings:
        out.print(
            "If an index is wrong, 'citewell library verify --repair' rebuilds it. If the library itself is, "
            "restore it from a backup, or remove the documents named and ingest them again."
        )
    else:
        out.print(
            f"[green]sound[/]     {count(documents, 'document')}, {count(chunks, 'chunk')}: ledger, pages, chunks, "
            "vectors and both indexes agree"
        )
    for entry in interrupted:
        out.print(f"[yellow]unfinished[/] {printable(entry.name)}: a run stopped while it was read. Ingest it again.")


def _reason(entry: LedgerEntry, document: Document | None) -> str:
    reason = "a run stopped while it was read; ingest it again" if entry.state == "reading" else entry.reason
    return f"{reason} (its earlier version answers)" if document else reason
