"""Routes of what a document is, and of its being read again: shown with the sources, corrected in a dialog."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import QuestionError
from rag.services import Services
from rag.text.facets import EDITABLE, KINDS, checked_facts, facts_line, years_of
from rag.types import Document
from serving.ownership import document_of
from web.routes.endpoint import data, endpoint, json_object
from web.upkeep import BackgroundRefresh, RefreshState


class FactRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, refresh: BackgroundRefresh) -> None:
        self._services = services
        self._refresh = refresh

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/sources/{id:int}/facts", endpoint(self.show), methods=["GET"]),
            Route("/sources/{id:int}/facts", endpoint(self.edit), methods=["PATCH"]),
        ]

    def show(self, request: Request, owner: str) -> Response:
        """Return what a document is, which of it the user entered, and the kinds there are."""
        document = document_of(self._services.library, owner, request.path_params["id"])
        edited = self._services.library.edited_facts(document.source, owner)
        facts = {fact: getattr(document.facts, fact) for fact in EDITABLE}
        return data({"facts": facts, "edited": sorted(edited), "kinds": list(KINDS)})

    async def edit(self, request: Request, owner: str) -> Response:
        """Enter facts; null takes back what was entered before."""
        library = self._services.library
        document = document_of(library, owner, request.path_params["id"])
        entered = await json_object(request)
        if not all(value is None or isinstance(value, str) for value in entered.values()):
            raise QuestionError("A fact is a text. Type it into its field.")
        library.edit_facts(document.id, checked_facts(entered))
        self._refresh.look_again()
        return data({"edited": document.id})


def facts_of_source(document: Document, state: RefreshState) -> dict[str, Any]:
    """Return what the list of sources shows of a document, and filters by."""
    facts = document.facts
    return {
        "about": facts_line(facts),
        "kind": facts.kind,
        "years": sorted(years_of(facts)),
        "language": facts.language,
        "lost": document.id in state.without_source,
    }


def describe_refresh(state: RefreshState) -> str:
    """Return how far the reading again is, in words; "" if there is none."""
    return f"Reading again for tables and sections: {state.done + 1} of {state.total}" if state.total else ""
