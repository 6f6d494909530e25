"""Routes of the chat beside Gradio's events: a question is told while it is typed, and others go on from its answer."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.services import Services
from serving.stored_answers import KeptAnswers
from web.chat.answer_jobs import AnswerJobs
from web.chat.follow_ups import follow_ups
from web.chat.reading_ahead import ReadingAhead
from web.chat.search_scope import documents_to_search
from web.chat.state import tab_state
from web.routes.endpoint import data, endpoint, json_endpoint


class ChatRoutes:
    """Routes over the library of these services, and over what reads ahead."""

    def __init__(self, services: Services, jobs: AnswerJobs, reading: ReadingAhead) -> None:
        self._services = services
        self._jobs = jobs
        self._reading = reading
        self._answers = KeptAnswers(services)

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/read-ahead", json_endpoint(self.read_ahead), methods=["POST"]),
            Route("/follow-ups", endpoint(self.follow_ups), methods=["GET"]),
        ]

    def read_ahead(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Begin to read for a question; return whether it is worth telling of the next one."""
        question = sent.get("question")
        if isinstance(question, str) and question.strip():
            self._reading.begin(question, tab_state(sent.get("tab")), owner)
        return data({"on": self._reading.is_on})

    def follow_ups(self, request: Request, owner: str) -> Response:
        """Return questions that go on from the last answer of a conversation; none while somebody waits for one."""
        id_ = request.query_params.get("conversation", "")
        if self._jobs.are_running:
            return data({"questions": []})
        excluded = self._services.conversations.excluded(id_, owner)
        within = documents_to_search(self._services, owner, excluded)
        return data({"questions": follow_ups(self._services, self._answers.answers(id_, owner), within)})
