"""Every face is behind the guard, and what is nobody's address is said in a problem."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import application
from api.asking.assistant_events import answered
from api.asking.question import Question
from api.backend import Backend
from api.callers.caller import caller_of
from api.face import Face
from api.limits.bodies import json_object
from api.problems import report_errors
from rag.services import Services
from tests.support.servers.api_server import client, make_key, serving_api

RUNNING: list[bool] = []


def asking_face(backend: Backend) -> Face:
    async def ask(request: Request) -> Response:
        asked = Question(text=(await json_object(request))["question"])
        answer = await answered(backend, caller_of(request), asked, request)
        return JSONResponse({"text": answer.text, "abstained": answer.abstained} if answer else {})

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        RUNNING.append(True)
        yield
        RUNNING.clear()

    app = Starlette(routes=[Route("/asking", ask, methods=["POST"])])
    report_errors(app)
    return Face(paths=("/asking",), app=app, lifespan=lifespan)


@pytest.fixture
def at(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr(application, "FACES", (asking_face,))
    with serving_api(services) as running, client(running) as opened:
        yield opened


def test_a_face_answers_under_its_own_paths_only(at: httpx.Client) -> None:
    assert (
        at.post("/asking", json={"question": "What is the entry fee?"}).json()["text"] == "The entry fee is 20 euros."
    )
    for path in ("/askings", "/", "/asking/more", "/api/v1x"):
        refused = at.get(path)
        assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json"), path


def test_a_face_runs_what_it_needs_while_the_server_runs(services: Services, at: httpx.Client) -> None:
    assert at.get("/health").status_code == 200
    assert RUNNING == [True]


def test_a_key_asks_as_its_user(at: httpx.Client, services: Services) -> None:
    asked = {"question": "Repeat: The secret word is marzipan."}
    key = {"Authorization": f"Bearer {make_key(services, owner='ann')}"}
    assert at.post("/asking", json=asked, headers=key).json()["abstained"] is False
    assert at.post("/asking", json=asked).json()["abstained"] is True


def test_an_error_is_the_sentence_that_the_command_prints(at: httpx.Client) -> None:
    refused = at.post("/asking", json={"question": " "})
    assert refused.status_code == 422
    assert refused.json() == {
        "type": "about:blank",
        "title": refused.json()["title"],
        "status": 422,
        "detail": "The question is empty. Type what you want to know.",
    }
