"""Whatever is sent to any address, the answer is one of OpenAI's or a sentence, and never a fault of ours."""

import httpx

from api.standalone import RunningApi
from rag.services import Services
from tests.support.servers.api_server import make_key


def require_a_sentence(response: httpx.Response) -> None:
    """Check that a response is a success, or an error that says what is wrong."""
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        error = response.json()["error"]
        assert error.keys() == {"message", "type", "param", "code"}
        assert len(error["message"]) > 10
        assert error["message"][-1] in ".)"


NO_OBJECTS = (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"model": "\\ud800"}')


def test_what_is_no_json_object_is_a_bad_request(at: httpx.Client) -> None:
    for path in ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/vector_stores"]:
        for content in (*NO_OBJECTS, b"[" * 200, b'{"a":' * 70):
            response = at.post(path, content=content, headers={"Content-Type": "application/json"})
            require_a_sentence(response)
            assert response.status_code == 400, (path, content)


def test_an_unknown_address_a_wrong_method_and_a_foreign_host_are_refused(at: httpx.Client) -> None:
    for path in ("/v1", "/v1/", "/v1/nothing", "/v1/completions", "/v1/models/", "/v1/files/", "/v1/models/x/y"):
        response = at.get(path)
        require_a_sentence(response)
        assert response.status_code == 404, path
    wrong_method = at.get("/v1/chat/completions")
    foreign = at.get("/v1/models", headers={"Host": "evil.example"})
    for response, status in ((wrong_method, 405), (foreign, 403)):
        require_a_sentence(response)
        assert response.status_code == status


def test_only_an_upload_may_be_large(running: RunningApi, services: Services, at: httpx.Client) -> None:
    large = b"x" * 1_900_000
    refused = at.post("/v1/vector_stores", content=b'{"name": "' + large * 3 + b'"}')
    require_a_sentence(refused)
    assert refused.status_code == 413
    key = {"Authorization": f"Bearer {make_key(services)}"}
    assert at.post("/v1/files", files={"file": ("a.txt", b"It is small.")}, headers=key).status_code == 200
