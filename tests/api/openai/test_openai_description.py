"""The description is true: it has every address, and whatever is sent by it or against it, no answer breaks it."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from openai import OpenAI
from schemathesis import Case, GenerationMode
from starlette.routing import Route

from api.openai.openai_description import OPERATIONS, describe_face
from api.openai.openai_face import PREFIX, openai_face
from api.standalone import RunningApi
from tests.api.openai.openai_clients import openai_client
from tests.api.rest.test_description import CHECKS
from tests.support.servers.api_server import scripted_services, serving_api, store_document

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))
"""Requests to each address, valid and not; `make schemas` sends more."""

UPLOAD = "POST /v1/files"
"""In a form everything is text: nothing has a wrong type. Each one is read as a document, which takes a while."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """Yield a server with two documents of the shell's, one in a collection, and one of ann's."""
    library = tmp_path_factory.mktemp("described") / "library"
    with scripted_services(library=library) as services:
        store_document(services, "fees.txt", "The entry fee is 20 euros.")
        store_document(services, "birds.txt", "The heron is a grey bird.", collection="nature")
        store_document(services, "anns.txt", "The secret word is marzipan.", owner="ann")
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


def test_what_may_be_left_out_may_be_null() -> None:
    fields = describe_face("/v1")["components"]["schemas"]["ChatFields"]["properties"]
    assert {"type": "null"} in fields["temperature"]["anyOf"]
    assert "anyOf" not in fields["messages"]


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


def test_files_and_stores_are_as_described(described: Any, running: RunningApi) -> None:
    with openai_client(running) as client:
        store = _store_of(client, "nature")
        file = client.files.list(order="asc").data[0].id
    for method, path, ids, body in (
        ("GET", "/files/{file_id}", {"file_id": file}, None),
        ("GET", "/files/{file_id}/content", {"file_id": file}, None),
        ("GET", "/vector_stores/{id}", {"id": store}, None),
        ("POST", "/vector_stores/{id}", {"id": store}, {"name": "nature"}),
        ("POST", "/vector_stores/{id}/search", {"id": store}, {"query": "heron"}),
        ("GET", "/vector_stores/{id}/files", {"id": store}, None),
        ("POST", "/vector_stores/{id}/file_batches", {"id": store}, {"file_ids": [file]}),
        ("GET", "/vector_stores/{id}/files/{file_id}", {"id": store, "file_id": file}, None),
        ("GET", "/vector_stores/{id}/files/{file_id}/content", {"id": store, "file_id": file}, None),
        ("DELETE", "/vector_stores/{id}/files/{file_id}", {"id": store, "file_id": file}, None),
        ("GET", "/responses/{id}", {"id": "resp_1"}, None),
    ):
        sent = {} if body is None else {"body": body}
        described[f"/v1{path}"][method].Case(path_parameters=ids, **sent).call_and_validate(checks=CHECKS)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_breaks_the_description(described: Any, mode: GenerationMode) -> None:
    tried = set()
    for found in described.get_all_operations():
        operation = found.ok()
        tried.add(operation.label)
        try:
            _try(operation, mode)
        except Unsatisfiable:
            assert mode == GenerationMode.NEGATIVE, operation.label  # there is nothing that it refuses
    assert len(tried) == len(OPERATIONS)


def _store_of(client: OpenAI, name: str) -> str:
    return next(store.id for store in client.vector_stores.list() if store.name == name)


def _try(operation: Any, mode: GenerationMode) -> None:
    """Send requests to one operation."""
    is_upload = operation.label == UPLOAD
    checks = [check for check in CHECKS if not is_upload or check.__name__ != "negative_data_rejection"]

    @seed(1)
    @settings(
        max_examples=2 if is_upload else EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def no_breach(case: Case[Any]) -> None:
        case.call_and_validate(checks=checks)

    no_breach()
