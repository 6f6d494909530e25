"""A user's documents for the sources pane: made once for each state of the library, sent only to those who lack it."""

import json
from collections import OrderedDict
from collections.abc import Set
from dataclasses import replace
from threading import Lock
from typing import Any
from zlib import crc32

from ingest.sources.web_address import is_web_address
from rag.services import Services
from rag.text.facets import facts_line, years_of
from rag.types import Document, DocumentFacts, LedgerEntry
from serving.ownership import readable_documents, shares_of
from serving.share import CollectionShare
from web.idle_refresh import RefreshState
from web.page_language import current_language, gettext
from web.rendering.quotes_html import extent
from web.stored_texts import kind_shown, language_shown, reason_shown

_MAX_KEPT = 8
"""Users and languages whose list is kept: that of 10,000 documents takes 2 MB."""


class SourceListing:
    """Lists of documents as JSON, in the page's language. A tag names their content: who has it is sent no list."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[object, str, str]] = OrderedDict()

    def of(self, owner: str, state: RefreshState) -> tuple[str, str]:
        """Return the tag and the JSON of the documents that a user may read. Values that say nothing are left out."""
        key = owner, current_language()
        shares = shares_of(self._services).collections_for(owner) if owner else []
        mark = (self._services.library.change_mark, state, shares)  # before the rows: one too early is made anew
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept[0] != mark:
            documents = json.dumps(self._documents(owner, state, shares), ensure_ascii=False, separators=(",", ":"))
            kept = mark, f"{crc32(documents.encode()):x}-{len(documents)}", documents
            with self._lock:
                self._kept[key] = kept
                self._kept.move_to_end(key)
                if len(self._kept) > _MAX_KEPT:
                    self._kept.popitem(last=False)
        return kept[1], kept[2]

    def _documents(self, owner: str, state: RefreshState, shares: list[CollectionShare]) -> list[dict[str, Any]]:
        notes: dict[int, list[str]] = {}
        for entry in self._services.library.ledger(owner):
            if entry.document_id is not None:
                notes.setdefault(entry.document_id, []).extend(_notes(entry))
        editable = {(share.owner, share.collection) for share in shares if share.role == "editor"}
        listed = (
            {
                **_document(document, notes.get(document.id, [])),
                **_facts(document, state),
                **_sharing(document, owner, editable),
            }
            for document in readable_documents(self._services, owner)
        )
        return [{key: value for key, value in each.items() if value or key == "id"} for each in listed]


def address_of(document: Document) -> str:
    """Return the address of a web page, "" for a document that is none."""
    return document.source if is_web_address(document.source) else ""


def _notes(entry: LedgerEntry) -> list[str]:
    """Return what the user should know about a source that can be asked."""
    if entry.state == "failed":
        told = gettext("The latest version of {name} could not be read, so the one before it is used: {reason}")
        return [told.format(name=entry.name, reason=reason_shown(entry.reason))]
    return [reason_shown(entry.note)] if entry.note else []


def _document(document: Document, notes: list[str]) -> dict[str, Any]:
    also = gettext("Also as {names}").format(names=", ".join(document.also))
    return {
        "id": document.id,
        "name": document.name,
        "version": f"{document.sha256[:16]} {crc32(document.recipe.encode()):x}",
        "address": address_of(document),
        "notes": [also, *notes] if document.also else notes,
        "extent": extent(document),
        "collection": document.collection,
    }


def _facts(document: Document, state: RefreshState) -> dict[str, Any]:
    """Return what the list of sources shows of a document, and filters by, in the language of the page."""
    facts = document.facts
    return {
        "about": facts_line(_named(facts)),
        "kind": kind_shown(facts.kind),
        "years": sorted(years_of(facts)),
        "language": language_shown(facts.language),
        "lost": document.id in state.without_source,
        "outdated": document.id in state.outdated,
    }


def _named(facts: DocumentFacts) -> DocumentFacts:
    """Return facts with kind and language as the page calls them; a kind that is not shown stays as it is."""
    kind = facts.kind if facts.kind == "other" else kind_shown(facts.kind)
    return replace(facts, kind=kind, language=language_shown(facts.language))


def _sharing(document: Document, user: str, editable: Set[tuple[str, str]]) -> dict[str, Any]:
    """Return whose a document is if it is shared with the user, and whether they may only read it."""
    is_own = document.owner == user
    return {
        "owner": "" if is_own else document.owner,
        "fixed": not is_own and (document.owner, document.collection) not in editable,
    }
