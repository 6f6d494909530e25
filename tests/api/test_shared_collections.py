"""Programs reach what is shared with their user, as far as it is shared; those of a third user nothing of it."""

from collections.abc import Iterator

import httpx
import pytest

from api.standalone import RunningApi
from serving.auth_file import Users
from serving.ownership import shares_of
from tests.api.mcp.mcp_clients import over_http, values_of
from tests.conftest import GOOD_PASSWORD
from tests.support.servers.api_server import client, make_key, scripted_services, serving_api, store_document

SECRET = "The secret word is marzipan."


@pytest.fixture
def running(users: Users) -> Iterator[RunningApi]:
    """Yield a server with a document of ann's in the collection Plans, which bob has one of too."""
    for name in ("bob", "eve"):
        users.add(name, GOOD_PASSWORD)
    with scripted_services(SECRET, auth_file=users.path) as services:
        make_key(services, "first", owner="ann")
        with serving_api(services) as started:
            store_document(services, "secret.txt", SECRET, owner="ann", collection="Plans")
            store_document(services, "bobs.txt", "Dogs bark at night.", owner="bob", collection="Plans")
            store_document(services, "eves.txt", "Cats sleep by day.", owner="eve")
            yield started


def program(running: RunningApi, name: str, **limits: str | bool) -> httpx.Client:
    return client(running, make_key(running.backend.services, f"{name} {sorted(limits)}", owner=name, **limits))


def reads(running: RunningApi) -> list[str]:
    (secret,) = running.backend.services.library.documents("ann")
    page = f"/api/v1/documents/{secret.id}"
    return [page, f"{page}/pages", f"{page}/pages/1", f"{page}/pages/1/view", f"/v1/files/file-{secret.id}"]


async def mcp_search(running: RunningApi, at: httpx.Client) -> str:
    async with over_http(running, at.headers["Authorization"].removeprefix("Bearer ")) as mcp:
        return str(values_of(await mcp.call_tool("search", {"query": "secret word"})))


async def everything(running: RunningApi, at: httpx.Client) -> str:
    """Return all that a program gets without naming a document."""
    texts = [at.get(each).text for each in ("/api/v1/documents", "/api/v1/collections", "/v1/files", "/v1/models")]
    texts.append(at.post("/api/v1/search", json={"query": "secret word"}).text)
    texts.append(at.post("/api/v1/asks", json={"question": "What is the secret word?", "within": {}}).text)
    return "\n".join([*texts, await mcp_search(running, at)])


async def test_a_program_reads_what_is_shared_with_its_user_and_a_third_ones_does_not(running: RunningApi) -> None:
    services = running.backend.services
    with program(running, "bob") as bob, program(running, "eve") as eve:
        assert [bob.get(each).status_code for each in reads(running)] == [404] * 5
        assert "secret.txt" not in await everything(running, bob)
        shares_of(services).share_collection("ann", "Plans", "bob", "reader")
        assert [bob.get(each).status_code for each in reads(running)] == [200] * 5
        assert "secret.txt" in bob.post("/api/v1/search", json={"query": "secret word"}).text
        assert "secret.txt" in await mcp_search(running, bob)
        (secret,) = services.library.documents("ann")
        assert bob.delete(f"/api/v1/documents/{secret.id}").status_code == 404
        assert bob.patch(f"/api/v1/documents/{secret.id}", json={"collection": ""}).status_code == 404
        assert bob.delete(f"/v1/files/file-{secret.id}").status_code == 404
        assert "secret.txt" not in await everything(running, eve)
        assert [eve.get(each).status_code for each in reads(running)] == [404] * 5
        stores = bob.get("/v1/vector_stores").json()["data"]
        assert [(each["name"], each["file_counts"]["total"]) for each in stores] == [("Plans", 1)], "his own alone"
        shares_of(services).withdraw_collection("ann", "Plans", "bob")
        assert "secret.txt" not in await everything(running, bob)
        assert [document.collection for document in services.library.documents("ann")] == ["Plans"]


def test_a_key_of_a_collection_reaches_nothing_of_the_same_name_of_others(running: RunningApi) -> None:
    shares_of(running.backend.services).share_collection("ann", "Plans", "bob", "editor")
    with program(running, "bob", collection="Plans") as part:
        assert [part.get(each).status_code for each in reads(running)] == [404] * 5
        listed = part.get("/api/v1/documents").json()["documents"]
        assert [each["name"] for each in listed] == ["bobs.txt"]


def test_an_editor_removes_by_a_key_that_may_write_and_a_readers_account_does_not(
    running: RunningApi, users: Users
) -> None:
    services = running.backend.services
    shares_of(services).share_collection("ann", "Plans", "bob", "editor")
    (secret,) = services.library.documents("ann")
    users.set_role("bob", "reader")
    with program(running, "bob") as bob, program(running, "bob", read_only=True) as reading:
        assert bob.delete(f"/api/v1/documents/{secret.id}").status_code == 403
        assert bob.post("/api/v1/documents", files={"file": ("a.txt", b"A.")}).status_code == 403
        assert bob.post("/api/v1/conversations", json={}).status_code == 201, "asking is no change of documents"
        users.set_role("bob", "editor")
        assert reading.delete(f"/api/v1/documents/{secret.id}").status_code == 403
        assert bob.delete(f"/api/v1/documents/{secret.id}").status_code == 204
    assert services.library.documents("ann") == []
    assert shares_of(services).collections_of("ann") == [], "a collection begun under this name is another one"
