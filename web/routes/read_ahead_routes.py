"""The route that is told of a question while it is typed."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.chat.reading_ahead import ReadingAhead
from web.chat.state import parse_tab_state
from web.routes.endpoint import data, json_endpoint


class ReadAheadRoutes:
    """Routes over what reads ahead."""

    def __init__(self, reading: ReadingAhead) -> None:
        self._reading = reading

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [Route("/read-ahead", json_endpoint(self.begin), methods=["POST"])]

    def begin(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Begin to read for a question; return whether it is worth telling of the next one."""
        question = sent.get("question")
        if isinstance(question, str) and question.strip():
            self._reading.begin(question, parse_tab_state(json.dumps(sent.get("tab"))), owner)
        return data({"on": self._reading.is_on})
