"""The description is true: it has every address, and whatever is sent by it or against it, no answer breaks it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis import GenerationMode
from starlette.routing import Route

from api.openai.openai_description import OPERATIONS
from api.openai.openai_face import PREFIX, openai_face
from api.standalone import RunningApi
from tests.api.rest.test_description import CHECKS, tried
from tests.support.servers.api_server import scripted_services, serving_api, store_usual_documents

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "2"))
"""Requests to each address, valid and not; `make schemas` sends more."""

UPLOAD = "POST /v1/files"
"""In a form everything is text: nothing has a wrong type. Each one is read as a document, which takes a while."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """Yield a server with two documents of the shell's, one in a collection, and one of ann's."""
    library = tmp_path_factory.mktemp("described") / "library"
    with scripted_services(library=library) as services:
        store_usual_documents(services)
        with serving_api(services) as started:
            yield started


@pytest.fixture(scope="module")
def described(running: RunningApi) -> Any:
    return schemathesis.openapi.from_url(f"{running.url}v1/openapi.json")


def test_every_address_is_described_and_no_other(running: RunningApi) -> None:
    routes = [route for route in openai_face(running.backend).app.routes if isinstance(route, Route)]  # type: ignore[attr-defined]
    served = {
        (method, route.path.replace(":path", "").removeprefix(PREFIX))
        for route in routes
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served == {*OPERATIONS, ("GET", "/openapi.json")}


ASKED = [{"role": "user", "content": "What is the entry fee?"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/chat/completions", {"messages": ASKED}),
        ("/chat/completions", {"messages": ASKED, "citewell": {"sources": True}, "temperature": None}),
        ("/chat/completions", {"messages": ASKED, "model": "citewell/tasks"}),
        ("/chat/completions", {"messages": ASKED, "stream": True, "stream_options": {"include_usage": True}}),
        ("/responses", {"input": "What is the entry fee?"}),
        ("/responses", {"input": "What is the entry fee?", "stream": True}),
        ("/embeddings", {"input": ["heron", "fee"]}),
        ("/embeddings", {"input": "heron", "encoding_format": "base64"}),
    ],
)
def test_what_is_answered_is_as_described(described: Any, path: str, body: dict[str, Any]) -> None:
    case = described[f"/v1{path}"]["POST"].Case(body=body)
    response = case.call()
    assert response.status_code == 200, response.text
    case.validate_response(response, checks=CHECKS)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_the_description(described: Any, mode: GenerationMode) -> None:
    assert tried(described, mode, EXAMPLES, UPLOAD) == len(OPERATIONS)
