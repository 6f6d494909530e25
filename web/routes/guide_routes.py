"""Routes of the source guide: what a document is, its overview, and questions that it answers."""

import logging
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import LibraryError
from rag.exports.conversation_record import answer_of
from rag.interfaces import Library
from rag.services import Services
from rag.text.facets import EDITABLE
from rag.types import Document
from serving.ownership import readable_document
from web.chat.answer_jobs import AnswerJobs
from web.chat.overview_jobs import OverviewJobs
from web.chat.suggestions import document_questions
from web.rendering.answer_html import answer_markdown
from web.rendering.inert_html import inert_html
from web.rendering.quotes_html import extent, fact_name
from web.routes.endpoint import data, endpoint, number_in
from web.stored_texts import kind_shown, language_shown

log = logging.getLogger(__name__)

_WAIT_S = 5.0
"""A tab that follows an overview asks again after so long, if nothing new was written."""


class GuideRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, jobs: AnswerJobs) -> None:
        self._services = services
        self._jobs = jobs
        self._overviews = OverviewJobs(services, jobs)

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        overview = "/guide/{id:number}/overview"
        return [
            Route("/guide/{id:number}", endpoint(self.show), methods=["GET"]),
            Route(overview, endpoint(self.begin), methods=["POST"]),
            Route(overview, endpoint(self.follow), methods=["GET"]),
            Route(overview, endpoint(self.stop), methods=["DELETE"]),
        ]

    def show(self, request: Request, owner: str) -> Response:
        """Return what is known of a document. `begin` says whether to write its overview without being asked."""
        document = self._document(request, owner)
        library = self._services.library
        overview = _kept_overview(library, document)
        is_writing = self._overviews.is_writing(document, owner)
        is_idle = self._services.settings.overviews != "off" and not self._jobs.are_running
        known = {fact: getattr(document.facts, fact) for fact in EDITABLE}
        facts = known | {"kind": kind_shown(known["kind"]), "language": language_shown(known["language"])}
        return data(
            {
                "document": document.name,
                "extent": extent(document),
                "facts": {fact_name(fact): value for fact, value in facts.items() if value},
                "overview": overview,
                "begin": not overview and document.chunks > 0 and (is_writing or is_idle),
                "questions": document_questions(library, document),
            }
        )

    def begin(self, request: Request, owner: str) -> Response:
        """Begin to write the overview of a document."""
        self._overviews.begin(self._document(request, owner), owner)
        return data({}, 202)

    def follow(self, request: Request, owner: str) -> Response:
        """Return the overview as far as it is written, once there is more of it than the tab has `seen`."""
        document = self._document(request, owner)
        is_writing = self._overviews.is_writing(document, owner)  # before the look: the last view must not be missed
        view, number = self._overviews.latest(document, owner, number_in(request, "seen"), _WAIT_S)
        return data({"html": view or "", "seen": number, "writing": is_writing})

    def stop(self, request: Request, owner: str) -> Response:
        """Stop writing the overview of a document."""
        self._overviews.stop(self._document(request, owner), owner)
        return data({})

    def _document(self, request: Request, owner: str) -> Document:
        return readable_document(self._services, owner, request.path_params["id"])


def _kept_overview(library: Library, document: Document) -> str:
    """Return the latest overview with its citations, and when it was made, as HTML; "" if none is kept.

    One that is damaged is only logged: a new one can be written.
    """
    try:
        kept = library.overviews(document.id)
        if not kept:
            return ""
        answer = answer_of(kept[0].record, {document.sha256: document.id})
    except LibraryError as error:
        log.warning("the overview of a document is not shown: %s", error)
        return ""
    return inert_html(answer_markdown(replace(answer, kept_from=kept[0].made_at, language=kept[0].language)))
