"""A key reaches its user's documents and nothing else: not one id, and not one address, of anybody else's."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.standalone import RunningApi
from serving.auth_file import Users
from tests.support.servers.api_server import client, make_key, scripted_services, serving_api

PASSWORD = "correct horse battery"
SECRET = "marzipan"


@pytest.fixture
def two(users: Users) -> Iterator[tuple[RunningApi, httpx.Client, httpx.Client]]:
    """Yield a server with two users, and a client of each."""
    users.add("bob", PASSWORD)
    with scripted_services(f"The secret word is {SECRET}.", auth_file=users.path) as services:
        anns, bobs = (make_key(services, name, owner=name) for name in ("ann", "bob"))
        with serving_api(services) as running, client(running, anns) as ann, client(running, bobs) as bob:
            yield running, ann, bob


def everything_of(at: httpx.Client) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Use the API as one user does; return every address that it gave, with its method, and the answer."""
    added = at.post("/api/v1/documents", files={"file": ("secret.txt", f"The secret word is {SECRET}.".encode())})
    job = added.headers["location"]
    document = json.loads(at.get(f"{job}/events").text.split("data: ")[-1])["document_id"]
    begun = f"/api/v1/conversations/{at.post('/api/v1/conversations', json={}).json()['id']}"
    answer = at.post(f"{begun}/asks", json={"question": "What is the secret word?"}).json()
    found = at.post("/api/v1/search", json={"query": "secret"}).json()
    cited = [each["url"] for each in [*answer["citations"], *found["passages"]]]
    assert cited
    page = f"/api/v1/documents/{document}/pages"
    addresses = [f"/api/v1/documents/{document}", page, f"{page}/1", f"{page}/1/image", begun, job, f"{job}/events"]
    requests = [("GET", address) for address in [*addresses, *cited]]
    requests += [("PATCH", addresses[0]), ("DELETE", addresses[0]), ("DELETE", begun)]
    requests += [("POST", f"{begun}/asks"), ("POST", f"{job}/password")]
    return requests, answer


BODIES = {"PATCH": {"collection": ""}, "asks": {"question": "What?"}, "password": {"password": "x"}}


def test_every_address_list_search_and_answer_of_one_user_is_nothing_to_another(
    two: tuple[RunningApi, httpx.Client, httpx.Client],
) -> None:
    running, ann, bob = two
    requests, answer = everything_of(ann)
    with client(running) as stranger, client(running, make_key(running.backend.services, "shell's")) as shell:
        for method, address in requests:
            body = BODIES.get(method) or BODIES.get(address.rsplit("/", 1)[-1])
            for other in (bob, shell):
                refused = other.request(method, address, json=body)
                assert refused.status_code == 404, (method, address, refused.text)
                assert SECRET not in refused.text
            assert stranger.request(method, address, json=body).status_code == 401, (method, address)
    for method, address in requests[:7]:
        assert ann.request(method, address).status_code == (404 if address.endswith("image") else 200), address
    assert answer["citations"][0]["document"] == "secret.txt"

    bob.post("/api/v1/documents", files={"file": ("dogs.txt", b"Dogs bark at night.")})
    bob.get("/api/v1/jobs/2/events")
    sent = {"question": "What is the secret word?", "within": {}}
    texts = [
        *(bob.get(f"/api/v1/{each}").text for each in ("documents", "jobs", "collections", "conversations")),
        bob.post("/api/v1/search", json={"query": "secret word"}).text,
        bob.post("/api/v1/asks", json={**sent, "stream": True}).text.split("event: token")[0],
        bob.post("/api/v1/asks", json={**sent, "within": {"names": ["secret.txt"]}}).text,
    ]
    assert all("dogs.txt" in text for text in (texts[0], texts[4], texts[5]))
    assert [text for text in texts[:-1] if re.search(SECRET, text) or "secret.txt" in text] == []
    assert "No document matches" in texts[-1]
