"""A client with a key of ann's."""

from collections.abc import Iterator

import httpx
import pytest

from api.standalone import RunningApi
from tests.support.servers.api_server import client, make_key


@pytest.fixture
def ann(running: RunningApi) -> Iterator[httpx.Client]:
    with client(running, make_key(running.backend.services, "ann's", owner="ann")) as opened:
        yield opened


def id_of(at: httpx.Client, name: str) -> int:
    """Return the id of a document that a client sees."""
    listed = at.get("/api/v1/documents").json()["documents"]
    return next(int(document["id"]) for document in listed if document["name"] == name)


def events_of(text: str) -> list[tuple[str, str]]:
    """Return the names and data of server-sent events, without comments."""
    frames = [frame for frame in text.split("\n\n") if frame.startswith("event: ")]
    return [(frame.split("\n")[0][len("event: ") :], frame.split("\ndata: ")[1]) for frame in frames]
