"""Routes of the source guide: what a document is, its overview, and questions that it answers."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.services import Services
from rag.text.facets import EDITABLE
from rag.types import Document
from serving.ownership import readable_document
from web.chat.answer_jobs import AnswerJobs
from web.chat.overview_jobs import OverviewJobs
from web.chat.suggestions import document_questions
from web.kept_texts import kind_shown, language_shown
from web.rendering.quotes_html import extent, fact_name
from web.routes.document_overview import overview_html
from web.routes.endpoint import data, endpoint

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
        overview = overview_html(library, document)
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
        text = request.query_params.get("seen", "0")
        seen = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
        is_writing = self._overviews.is_writing(document, owner)  # before the look: the last view must not be missed
        view, number = self._overviews.latest(document, owner, seen, _WAIT_S)
        return data({"html": view or "", "seen": number, "writing": is_writing})

    def stop(self, request: Request, owner: str) -> Response:
        """Stop writing the overview of a document."""
        self._overviews.stop(self._document(request, owner), owner)
        return data({})

    def _document(self, request: Request, owner: str) -> Document:
        return readable_document(self._services, owner, request.path_params["id"])
