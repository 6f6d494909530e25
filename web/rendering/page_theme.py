"""The theme chosen in the app, for pages without scripts: a cookie names it, and the page is made in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

COOKIE = "citewell-theme"
_THEMES = ("light", "dark")

_current: ContextVar[str] = ContextVar("page_theme", default="")


def current_theme() -> str:
    """Return "light" or "dark" if the browser whose page is being made has chosen it, "" if it follows its system."""
    return _current.get()


@contextmanager
def in_theme(theme: str) -> Iterator[None]:
    """Make pages in a theme meanwhile."""
    token = _current.set(theme)
    try:
        yield
    finally:
        _current.reset(token)


def theme_of(headers: Headers) -> str:
    """Return the theme in a request's cookie, "" if there is none."""
    theme = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return theme if theme in _THEMES else ""
