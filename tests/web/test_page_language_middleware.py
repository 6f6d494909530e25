"""The page comes with its language, its direction and the texts of its scripts; nothing else is touched."""

import json
import re

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from web.page_language import gettext
from web.page_language_middleware import PageLanguage
from web.rendering.page_theme import current_theme

PAGE = '<!doctype html>\n<html\n\tlang="en"\n>\n<head><title>Gradio lang="en"</title></head><body></body></html>'


def page(_: Request) -> StreamingResponse:
    return StreamingResponse(iter([PAGE[:30].encode(), PAGE[30:].encode()]), media_type="text/html")


def missing(_: Request) -> HTMLResponse:
    return HTMLResponse(PAGE, 404)


def said(_: Request) -> PlainTextResponse:
    return PlainTextResponse(gettext("Sources"))


def themed(_: Request) -> PlainTextResponse:
    return PlainTextResponse(current_theme())


def client(path_page: object = page) -> TestClient:
    routes = [Route("/", path_page), Route("/other", page), Route("/said", said), Route("/themed", themed)]  # type: ignore[arg-type]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(PageLanguage)]))


def test_the_page_has_its_language_before_anything_runs() -> None:
    answer = client().get("/", headers={"Accept-Language": "ar"})
    assert '<html\n\tlang="ar" dir="rtl"' in answer.text
    assert answer.text.count('lang="en"') == 1, "only the root's is replaced"
    assert answer.headers["content-language"] == "ar"
    assert answer.headers["vary"] == "Accept-Language, Cookie"
    texts = re.search(r'id="cw-messages" data-language="ar">(.*?)</script>', answer.text)
    assert texts
    assert json.loads(texts[1])["New conversation"] == "محادثة جديدة"
    assert answer.text.index("first-paint.js") < answer.text.index("</head>")


def test_other_pages_and_failures_are_as_they_were() -> None:
    assert client().get("/other", headers={"Accept-Language": "de"}).text == PAGE
    assert client(missing).get("/", headers={"Accept-Language": "de"}).text == PAGE


def test_what_a_handler_says_is_in_the_language_of_its_request() -> None:
    asking = client()
    assert asking.get("/said", headers={"Accept-Language": "de"}).text == "Quellen"
    assert asking.get("/said", headers={"Cookie": "citewell-language=es"}).text == "Fuentes"
    assert asking.get("/said").text == "Sources"


def test_a_handler_knows_the_theme_that_its_browser_has_chosen() -> None:
    asking = client()
    assert asking.get("/themed", headers={"Cookie": "citewell-theme=dark"}).text == "dark"
    assert asking.get("/themed").text == ""
