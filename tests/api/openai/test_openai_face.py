"""Whatever is sent to any address, the answer is one of OpenAI's or a sentence, and never a fault of ours."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.openai.openai_face import openai_face
from api.standalone import RunningApi
from rag.services import Services
from tests.api.openai.openai_clients import ASKED, messages
from tests.support.servers.api_server import client, make_key

BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {
        "model": "citewell",
        "messages": messages(ASKED),
        "stream": False,
        "stream_options": {"include_usage": False},
        "temperature": 0.5,
        "top_p": 0.5,
        "max_tokens": 5,
        "max_completion_tokens": 5,
        "seed": 1,
        "stop": ["#"],
        "n": 1,
        "citewell": {"sources": False, "passages": 3, "strictness": 0.5, "fresh": True},
    },
    "/v1/responses": {
        "model": "citewell",
        "input": ASKED,
        "instructions": "Be brief.",
        "tools": [{"type": "file_search", "vector_store_ids": []}],
        "include": [],
        "metadata": {"a": "b"},
        "max_output_tokens": 5,
        "stream": False,
    },
    "/v1/embeddings": {
        "model": "citewell/embeddings",
        "input": ["a"],
        "encoding_format": "float",
        "dimensions": 48,
        "input_type": "query",
    },
    "/v1/vector_stores": {"name": "pets", "file_ids": []},
    "/v1/vector_stores/vs_bmF0dXJl": {"name": "nature"},
    "/v1/vector_stores/vs_bmF0dXJl/search": {"query": "heron", "max_num_results": 3, "ranking_options": {}},
    "/v1/vector_stores/vs_bmF0dXJl/files": {"file_id": "file-2"},
    "/v1/vector_stores/vs_bmF0dXJl/file_batches": {"file_ids": ["file-2"], "files": []},
}
WRONG: list[Any] = [[], {}, [[]], [{}], [None], "", "x", 0, -1, 1e308, 2**70, True, {"a": {"b": 1}}, "\x00", "😀"]
FIELDS = [(path, field) for path, body in BODIES.items() for field in body]

FUZZED = st.sampled_from(["messages", "input", "tools", "stop", "citewell", "other"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def at(running: RunningApi) -> Iterator[httpx.Client]:
    with client(running) as opened:
        yield opened


def require_a_sentence(response: httpx.Response) -> None:
    """Check that a response is a success, or an error that says what is wrong."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        error = response.json()["error"]
        assert error.keys() == {"message", "type", "param", "code"}
        assert len(error["message"]) > 10
        assert error["message"][-1] in ".)"


@pytest.mark.parametrize("path", BODIES)
def test_the_bodies_below_are_answered(at: httpx.Client, path: str) -> None:
    assert at.post(path, json=BODIES[path]).status_code == 200


@pytest.mark.parametrize(("path", "field"), FIELDS)
def test_a_wrong_value_of_any_field_is_a_bad_request(at: httpx.Client, path: str, field: str) -> None:
    for value in WRONG:
        response = at.post(path, json={**BODIES[path], field: value})
        require_a_sentence(response)
        assert response.status_code in (200, 400, 404), (field, value, response.text)


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
@given(
    values=st.dictionaries(st.sampled_from(["messages", "input", "tools", "stop", "citewell", "other"]), json_values)
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_answered_or_refused(at: httpx.Client, path: str, values: dict[str, Any]) -> None:
    require_a_sentence(at.post(path, json={**BODIES[path], **values}))


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"model": "\\ud800"}', b"[" * 200, b'{"a":' * 70],
)
def test_what_is_no_json_object_is_a_bad_request(at: httpx.Client, path: str, content: bytes) -> None:
    response = at.post(path, content=content, headers={"Content-Type": "application/json"})
    require_a_sentence(response)
    assert response.status_code == 400


def test_metadata_with_half_a_character_is_refused(at: httpx.Client) -> None:
    body = json.dumps({**BODIES["/v1/responses"], "metadata": {"a": "\ud800"}}).encode()
    assert at.post("/v1/responses", content=body, headers={"Content-Type": "application/json"}).status_code == 400


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/nothing", "/v1/completions", "/v1/models/", "/v1/files/", "/v1/models/x/y"]
)
def test_an_unknown_address_is_not_found(at: httpx.Client, path: str) -> None:
    response = at.get(f"/v1{path}")
    require_a_sentence(response)
    assert response.status_code == 404


def test_a_method_that_an_address_does_not_take_is_said(at: httpx.Client) -> None:
    response = at.get("/v1/chat/completions")
    require_a_sentence(response)
    assert response.status_code == 405


def test_a_key_is_needed_from_another_host_and_the_error_is_openais(at: httpx.Client) -> None:
    response = at.get("/v1/models", headers={"Host": "evil.example"})
    require_a_sentence(response)
    assert response.status_code == 403


def test_the_face_answers_under_its_prefix_only(services: Services, running: RunningApi) -> None:
    face = openai_face(running.backend)
    assert face.answers("/v1/models")
    assert not face.answers("/v1x")
    assert not face.answers("/api/v1/documents")


def test_only_an_upload_may_be_large(running: RunningApi, services: Services, at: httpx.Client) -> None:
    large = b"x" * 1_900_000
    refused = at.post("/v1/vector_stores", content=b'{"name": "' + large * 3 + b'"}')
    require_a_sentence(refused)
    assert refused.status_code == 413
    key = {"Authorization": f"Bearer {make_key(services)}"}
    assert at.post("/v1/files", files={"file": ("a.txt", b"It is small.")}, headers=key).status_code == 200
