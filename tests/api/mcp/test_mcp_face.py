"""The face over HTTP is behind the guard, and a session belongs to who began it."""

import httpx

from api.key_store import KeyStore
from api.standalone import RunningApi
from rag.services import Services
from tests.api.mcp.mcp_clients import ERAS, INITIALIZE, over_http, values_of
from tests.support.servers.api_server import make_key

HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
LIST = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}


async def test_clients_of_both_eras_are_served(running: RunningApi) -> None:
    for era in ERAS:
        async with over_http(running, mode=era) as opened:
            assert (opened.protocol_version >= "2026") is (era == "auto")
            assert values_of(await opened.call_tool("list_documents", {}))["total"] == 2


def test_a_revoked_or_unknown_key_is_refused(at: httpx.Client, services: Services) -> None:
    revoked = make_key(services)
    known = at.post("/mcp", json=INITIALIZE, headers={**HEADERS, "Authorization": f"Bearer {revoked}"})
    assert known.status_code == 200
    KeyStore(services.settings.library).revoke("program")
    for key in (revoked, "cw_nothing"):
        refused = at.post("/mcp", json=INITIALIZE, headers={**HEADERS, "Authorization": f"Bearer {key}"})
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_requests_from_elsewhere_are_refused_but_with_a_key_any_host_leads_here(
    at: httpx.Client, services: Services
) -> None:
    key = {"Authorization": f"Bearer {make_key(services)}", "Host": "citewell.example"}
    for headers, status in (
        ({"Host": "evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Content-Type": "text/plain"}, 400),
        (key, 200),
    ):
        assert at.post("/mcp", json=INITIALIZE, headers={**HEADERS, **headers}).status_code == status, headers


def test_a_session_is_of_no_use_to_another_key(at: httpx.Client, services: Services) -> None:
    ann, bob = (
        {**HEADERS, "Authorization": f"Bearer {make_key(services, owner, owner=owner)}"} for owner in ("ann", "bob")
    )
    session = {"Mcp-Session-Id": at.post("/mcp", json=INITIALIZE, headers=ann).headers["mcp-session-id"]}
    assert at.post("/mcp", json=LIST, headers={**ann, **session}).status_code == 200
    assert at.post("/mcp", json=LIST, headers={**bob, **session}).status_code == 404
    assert at.post("/mcp", json=LIST, headers={**HEADERS, **session}).status_code == 404


def test_who_connects_again_and_again_takes_nobodys_place(at: httpx.Client, services: Services) -> None:
    ann, bob = (
        {**HEADERS, "Authorization": f"Bearer {make_key(services, owner, owner=owner)}"} for owner in ("ann", "bob")
    )

    def begin(caller: dict[str, str]) -> dict[str, str]:
        begun = at.post("/mcp", json=INITIALIZE, headers=caller)
        return {**caller, "Mcp-Session-Id": begun.headers["mcp-session-id"]}

    kept, *others = (begin(ann) for _ in range(20))
    assert at.post("/mcp", json=LIST, headers=kept).status_code == 200
    more = [begin(ann) for _ in range(5)]
    asked = [at.post("/mcp", json=LIST, headers=each).status_code for each in (kept, *others, *more)]
    assert asked == [200, *[404] * 5, *[200] * 19], "the least recently used ones have ended"
    assert at.post("/mcp", json=LIST, headers=begin(bob)).status_code == 200
    assert at.delete("/mcp", headers=more[-1]).status_code == 200
    assert begin(ann)
