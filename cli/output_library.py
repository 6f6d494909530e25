"""What `citewell library` prints."""

from collections.abc import Sequence

from cli.output import count, out, print_table, shown
from rag.types import Document, LedgerEntry, PageRecord

_LISTED_PAGES = 200


def print_ledger(rows: Sequence[tuple[LedgerEntry, Document | None]]) -> None:
    """Every source, with its document or the reason why there is none."""
    ready = [(entry, document) for entry, document in rows if entry.state == "ready" and document]
    rest = [(entry, document) for entry, document in rows if not (entry.state == "ready" and document)]
    owners = any(entry.owner for entry, _ in rows)
    print_table(
        count(len({document.id for _, document in ready}), "document"),
        ("id", "name", *(["owner"] if owners else []), "collection", "pages", "chunks", "added", "source"),
        (
            (
                str(document.id),
                entry.name,
                *([entry.owner] if owners else []),
                document.collection,
                str(document.pages),
                str(document.chunks),
                document.added_at[:10],
                entry.source,
            )
            for entry, document in ready
        ),
    )
    if rest:
        out.print()
        print_table(
            f"{count(len(rest), 'source')} not taken in",
            ("id", "name", *(["owner"] if owners else []), "why", "source"),
            (
                (
                    str(document.id) if document else "-",
                    entry.name,
                    *([entry.owner] if owners else []),
                    _why(entry, document),
                    entry.source,
                )
                for entry, document in rest
            ),
        )


def print_document(entry: LedgerEntry, document: Document | None, pages: Sequence[PageRecord]) -> None:
    """One source, its document and the pages of that."""
    facts = {
        "name": entry.name,
        "source": entry.source,
        "owner": entry.owner,
        "state": entry.state if entry.state == "ready" else _why(entry, document),
        "note": entry.note,
        "size": f"{entry.size:,} bytes" if entry.size else "",
        "sha256": entry.sha256,
        "since": entry.at,
        "id": str(document.id) if document else "",
        "also": ", ".join(document.also) if document else "",
        "collection": document.collection if document else "",
        "chunks": f"{document.chunks:,}" if document else "",
    }
    for name, value in facts.items():
        if value:
            out.print(f"[bold]{name:<11}[/]{shown(value)}")
    if pages:
        out.print()
        print_table(
            count(len(pages), "page"),
            ("page", "label", "state", "characters", "note"),
            ((str(p.number), p.label, p.state, f"{p.characters:,}", p.note) for p in pages[:_LISTED_PAGES]),
        )
        if len(pages) > _LISTED_PAGES:
            out.print(f"… and {len(pages) - _LISTED_PAGES:,} more (--json lists them all)")


def print_findings(findings: Sequence[str], documents: int, chunks: int, interrupted: Sequence[LedgerEntry]) -> None:
    """Whether the library is sound, and what was being read when a run stopped."""
    for finding in findings:
        out.print(f"[red]wrong[/]     {shown(finding)}")
    if findings:
        out.print(
            "If an index is wrong, 'citewell library verify --repair' builds it anew. If the library itself is, "
            "restore it from a backup, or remove the documents named and ingest them again."
        )
    else:
        out.print(
            f"[green]sound[/]     {count(documents, 'document')}, {count(chunks, 'chunk')}: ledger, pages, chunks, "
            "vectors and both indexes agree"
        )
    for entry in interrupted:
        out.print(f"[yellow]unfinished[/] {shown(entry.name)}: a run stopped while it was read. Ingest it again.")


def _why(entry: LedgerEntry, document: Document | None) -> str:
    why = "a run stopped while it was read; ingest it again" if entry.state == "reading" else entry.reason
    return f"{why} (its earlier version answers)" if document else why
