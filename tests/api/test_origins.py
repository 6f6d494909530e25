"""A page of another site gets no answer unless its origin is named; a link from there may be followed."""

import pytest
from starlette.requests import Request

from api.origins import allowing, is_for_this_machine, is_preflight, preflight, require_known_origin
from api.problems import ProblemError

NAMED = "https://chat.example"


def request(method: str = "GET", **headers: str) -> Request:
    sent = {"host": "127.0.0.1:7860", **{name.replace("_", "-"): value for name, value in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return Request({"type": "http", "method": method, "path": "/", "query_string": b"", "headers": raw})


@pytest.mark.parametrize(
    "sent",
    [
        request(),
        request("POST", origin="http://127.0.0.1:7860"),
        request("POST", origin="http://127.0.0.1:7860", sec_fetch_site="same-origin"),
        request(sec_fetch_site="none"),
        request(sec_fetch_site="cross-site", sec_fetch_mode="navigate"),
    ],
)
def test_programs_our_own_page_and_links_are_answered(sent: Request) -> None:
    assert require_known_origin(sent, (NAMED,)) == ""


@pytest.mark.parametrize(
    "sent",
    [
        request("POST", origin="https://evil.example"),
        request(origin="null"),
        request(origin=""),
        request("POST", origin="http://127.0.0.1:7861", sec_fetch_site="same-site"),
        request(sec_fetch_site="cross-site", sec_fetch_mode="no-cors"),
        request("POST", sec_fetch_site="cross-site", sec_fetch_mode="navigate"),
        request("POST", origin=NAMED + ".evil.example"),
    ],
)
def test_pages_of_other_sites_are_refused(sent: Request) -> None:
    with pytest.raises(ProblemError, match="api_origins") as refused:
        require_known_origin(sent, (NAMED,))
    assert refused.value.problem.status == 403


@pytest.mark.parametrize("sent", [request(origin="http://["), request(host="["), request(host="[::1", origin=NAMED)])
def test_what_is_no_address_is_refused(sent: Request) -> None:
    with pytest.raises(ProblemError, match="is no address") as refused:
        require_known_origin(sent, (NAMED,))
    assert refused.value.problem.status == 403


def test_a_page_of_a_named_origin_may_send_and_read() -> None:
    sent = request(
        "OPTIONS",
        origin=NAMED,
        access_control_request_method="POST",
        access_control_request_headers="authorization",
        sec_fetch_site="cross-site",
    )
    assert require_known_origin(sent, (NAMED,)) == NAMED
    assert is_preflight(sent)
    allowed = preflight(NAMED, sent).headers
    assert (allowed["access-control-allow-origin"], allowed["vary"]) == (NAMED, "Origin")
    assert allowed["access-control-allow-headers"] == "authorization"
    assert "access-control-allow-credentials" not in allowed
    assert allowing("") == {}


def test_this_machine_is_known_by_its_own_names_and_those_of_the_settings_alone() -> None:
    for own in ("127.0.0.1:7860", "localhost", "[::1]:80"):
        assert is_for_this_machine(request(host=own)), own
    for given in ("papers.home.arpa:7860", "PAPERS.home.arpa"):
        assert is_for_this_machine(request(host=given), ("Papers.home.arpa",)), given
        assert not is_for_this_machine(request(host="x" + given), ("Papers.home.arpa",)), given
    for foreign in ("evil.example", "127.0.0.1.evil.example:7860", "", "192.168.1.5"):
        assert not is_for_this_machine(request(host=foreign)), foreign
    with pytest.raises(ProblemError):
        is_for_this_machine(request(host="["))
