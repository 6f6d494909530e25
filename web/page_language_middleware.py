"""Answer each request in its language and theme, and put into Gradio's page what must be there before its scripts run.

Gradio adds a page's own head by a script, after the first paint: too late for the language and the theme.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.page_language import direction, in_language, language_of, script_messages
from web.rendering.page_theme import in_theme, theme_of
from web.rendering.templates import render

_PAGES = ("/", "")
_GRADIO_LANGUAGE = b'lang="en"'
_HEAD_END = b"</head>"


class PageLanguage:
    """ASGI middleware inside Gradio's own, which compresses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through in its language and theme."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        language = language_of(headers)
        if scope["method"] == "GET" and scope["path"].removeprefix(scope.get("root_path", "")) in _PAGES:
            send = _Page(send, language).send
        with in_language(language), in_theme(theme_of(headers)):
            await self._app(scope, receive, send)


class _Page:
    """A response whose HTML is held back until all of it is there."""

    def __init__(self, send: Send, language: str) -> None:
        self._send = send
        self._language = language
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Send what is no HTML as it is, and HTML with more in its head."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if headers.get("content-type", "").startswith("text/html") and message["status"] == 200:
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._parts.append(message.get("body", b""))
        if message.get("more_body"):
            return
        body = self._translated(b"".join(self._parts))
        headers = MutableHeaders(raw=self._start["headers"])
        headers["content-length"] = str(len(body))
        headers["content-language"] = self._language
        headers.add_vary_header("Accept-Language, Cookie")
        await self._send({**self._start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})

    def _translated(self, page: bytes) -> bytes:
        start = render("page_start.html", messages=script_messages(self._language))
        language = f'lang="{self._language}" dir="{direction(self._language)}"'
        page = page.replace(_GRADIO_LANGUAGE, language.encode(), 1)
        return page.replace(_HEAD_END, start.encode() + _HEAD_END, 1)
