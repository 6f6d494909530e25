"""The route of questions to go on with after an answer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.services import Services
from serving.kept_answers import KeptAnswers
from web.chat.answer_jobs import AnswerJobs
from web.chat.follow_ups import follow_ups
from web.chat.search_scope import documents_to_search
from web.routes.endpoint import data, endpoint


class FollowUpRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, jobs: AnswerJobs) -> None:
        self._services = services
        self._jobs = jobs
        self._answers = KeptAnswers(services)

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [Route("/follow-ups", endpoint(self.listing), methods=["GET"])]

    def listing(self, request: Request, owner: str) -> Response:
        """Return questions that go on from the last answer of a conversation; none while somebody waits for one."""
        id_ = request.query_params.get("conversation", "")
        if self._jobs.are_running:
            return data({"questions": []})
        excluded = self._services.conversations.excluded(id_, owner)
        within = documents_to_search(self._services, owner, excluded)
        return data({"questions": follow_ups(self._services, self._answers.answers(id_, owner), within)})
