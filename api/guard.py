"""Check every request before a face sees it: where it comes from, who sends it, how much they ask, how large it is."""

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.authentication import Authentication
from api.bodies import limited
from api.caller import CALLER
from api.origins import allowing, is_preflight, preflight, require_known_origin
from api.problems import Problem, ProblemResponse, problem_of
from api.rates import Rates
from rag.runtime.audit_log import acting

SIGN_INS = 8
"""Threads in which a face looks who asks: its own, as all others may be taken by work that takes minutes."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
"""What a browser may do with a response: show it, and neither run nor fetch anything but an image of ours."""


class Guard:
    """ASGI middleware before one face. `respond` puts a refusal into the form that the face's clients expect."""

    def __init__(
        self,
        app: ASGIApp,
        authentication: Authentication,
        rates: Rates,
        *,
        origins: tuple[str, ...],
        max_bytes: Callable[[Request], int],
        respond: ProblemResponse,
    ) -> None:
        self._app = app
        self._authentication = authentication
        self._rates = rates
        self._origins = origins
        self._max_bytes = max_bytes
        self._respond = respond
        self._sign_ins = CapacityLimiter(SIGN_INS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":  # no websockets here
            return
        request = Request(scope, receive)
        answer = _Answer(send)
        try:
            answer.origin = require_known_origin(request, self._origins)
            if answer.origin and is_preflight(request):
                await preflight(answer.origin, request)(scope, receive, answer.send)
                return
            caller = await to_thread.run_sync(self._authentication.caller, request, limiter=self._sign_ins)
            self._rates.take_request(caller)
            receive = await limited(request, self._max_bytes(request))
            with acting(caller.owner, request.client.host if request.client else "", caller.key):
                await self._app({**scope, CALLER: caller}, receive, answer.send)
        except Exception as error:  # noqa: BLE001  the face has reported it, or it is reported here
            await self._report(problem_of(error), scope, receive, answer)

    async def _report(self, problem: Problem, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        if not answer.has_begun:
            await self._respond(problem)(scope, receive, answer.send)


class _Answer:
    """The response to one request, with the headers that all have."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.origin = ""
        self.has_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, **allowing(self.origin)}.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "private, no-store")
        await self._send(message)
