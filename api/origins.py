"""Refuse requests that a browser sends for a foreign page, unless its origin is named (setting `api_origins`)."""

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from api.problems import ProblemError
from serving.listening import is_loopback

_PREFLIGHT_S = 600
_REFUSAL = (
    "This request came from a page of another site. Name its origin in the setting api_origins if it is to be answered."
)


def is_preflight(request: Request) -> bool:
    """Return whether a browser only asks whether it may send a request."""
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


def require_known_origin(request: Request, origins: Collection[str]) -> str:
    """Return the named origin that a request comes from; "" if it comes from no page, or from our own.

    A link may be followed from anywhere: the page that has it cannot read what it leads to.

    Raises:
        ProblemError: it comes from another page.
    """
    split_address(f"//{request.headers.get('host', '')}")
    origin = request.headers.get("origin")
    if origin is not None and origin in origins:
        return origin
    if is_from_another_site(request):
        raise ProblemError(403, _REFUSAL)
    return ""


def is_from_another_site(request: Request) -> bool:
    """Return whether a browser sends a request for a page that is not ours.

    A link may be followed from anywhere: the page that has it cannot read what it leads to.

    Raises:
        ProblemError: the origin is no address.
    """
    headers = request.headers
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    is_own_page = origin is None or _is_own_origin(origin, headers)
    if site is None:  # plain HTTP to another machine: browsers leave it out
        return not is_own_page
    # Where it is sent it decides alone: a proxy may have put its own name in place of the host that was asked.
    is_link = request.method in ("GET", "HEAD") and headers.get("sec-fetch-mode") == "navigate" and origin is None
    return site not in ("same-origin", "none") and not is_link


def is_for_this_machine(request: Request, names: Collection[str] = ()) -> bool:
    """Return whether the host is loopback, literally, or one of the `names` that were given to this machine.

    A foreign page can make its own name lead here, but none of these.

    Raises:
        ProblemError: the host is no address.
    """
    host = split_address(f"//{request.headers.get('host', '')}").hostname or ""
    return is_loopback(host) or host in {name.lower() for name in names}


def _is_own_origin(origin: str, headers: Headers) -> bool:
    """Return whether a page of this origin is one of the host that it asks.

    Raises:
        ProblemError: the origin is no address.
    """
    host = split_address(origin).netloc
    return bool(host) and host == headers.get("host")


def split_address(address: str) -> SplitResult:
    """Return the parts of an address in a header.

    Raises:
        ProblemError: it is none, as `http://[`. Nothing further on could read it.
    """
    try:
        return urlsplit(address)
    except ValueError as error:
        raise ProblemError(403, "The Host or the Origin of this request is no address.") from error


def preflight(origin: str, request: Request) -> Response:
    """Return the permission for a page of a named origin."""
    asked = request.headers.get("access-control-request-headers", "")
    headers = {
        "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
        "Access-Control-Max-Age": str(_PREFLIGHT_S),
        **({"Access-Control-Allow-Headers": asked} if asked else {}),
        **allowing(origin),
    }
    return Response(status_code=204, headers=headers)


def allowing(origin: str) -> dict[str, str]:
    """Return the headers that let a page of this origin read a response; none without an origin."""
    exposed = "Retry-After, Location, Mcp-Session-Id"
    if not origin:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin", "Access-Control-Expose-Headers": exposed}
