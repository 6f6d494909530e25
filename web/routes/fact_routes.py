"""Routes of what a document is, and of its being read again: shown with the sources, corrected in a dialog."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import QuestionError
from rag.services import Services
from rag.text.facets import EDITABLE, KINDS, checked_facts, facts_line, years_of
from rag.types import Document, DocumentFacts
from serving.ownership import editable_document, readable_document
from web.kept_texts import kind_shown, language_shown
from web.page_language import gettext
from web.routes.endpoint import data, endpoint, json_endpoint
from web.upkeep import BackgroundRefresh, RefreshState


class FactRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, refresh: BackgroundRefresh) -> None:
        self._services = services
        self._refresh = refresh

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/sources/{id:number}/facts", endpoint(self.show), methods=["GET"]),
            Route("/sources/{id:number}/facts", json_endpoint(self.edit), methods=["PATCH"]),
        ]

    def show(self, request: Request, owner: str) -> Response:
        """Return what a document is, which of it the user entered, and the kinds there are."""
        document = readable_document(self._services, owner, request.path_params["id"])
        edited = self._services.library.edited_facts(document.source, document.owner)
        facts = {fact: getattr(document.facts, fact) for fact in EDITABLE}
        return data({"facts": facts, "edited": sorted(edited), "kinds": list(KINDS)})

    def edit(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Enter facts; null takes back what was entered before."""
        document = editable_document(self._services, owner, request.path_params["id"])
        if not all(value is None or isinstance(value, str) for value in sent.values()):
            raise QuestionError("A fact is a text. Type it into its field.")
        self._services.library.edit_facts(document.id, checked_facts(sent))
        self._refresh.look_again()
        return data({"edited": document.id})


def facts_of_source(document: Document, state: RefreshState) -> dict[str, Any]:
    """Return what the list of sources shows of a document, and filters by."""
    facts = document.facts
    return {
        "about": facts_line(_named(facts)),
        "kind": facts.kind,
        "years": sorted(years_of(facts)),
        "language": facts.language,
        "lost": document.id in state.without_source,
        "outdated": document.id in state.outdated,
    }


def _named(facts: DocumentFacts) -> DocumentFacts:
    """Return facts with kind and language as the page calls them; a kind that is not shown stays as it is."""
    kind = facts.kind if facts.kind == "other" else kind_shown(facts.kind)
    return replace(facts, kind=kind, language=language_shown(facts.language))


def describe_refresh(state: RefreshState) -> str:
    """Return how far the reading again is, in words; "" if there is none."""
    if not state.total:
        return ""
    told = gettext("Reading again for tables and sections: {number} of {total}")
    return told.format(number=state.done + 1, total=state.total)
