"""A library with documents of two users, and clients of our routes that ask in a user's name."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from ingest.pipeline import open_ingestor
from ingest.refresh import Refresher
from ingest.web.web_ingestor import WebIngestor
from rag.services import Services
from rag.settings import load_settings
from serving.local_uploads import LocalUploads
from serving.page_images import PageImages
from serving.thread_turns import ThreadTurns
from serving.uploads import Uploads
from tests.support.fakes import WordEmbedder
from tests.support.kept_answers import ANSWER, kept
from tests.support.servers.api_server import store_document
from web.auth.access import USER
from web.idle_refresh import BackgroundRefresh

T = TypeVar("T")


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(load_settings(max_file_mb=1, web_private_hosts=("127.0.0.1",))) as made:
        made.__dict__.update(embedder=WordEmbedder())
        store(made, "anns.txt", "The entry fee is 20 euros.", "ann")
        store(made, "bobs.txt", "Dogs bark.", "bob")
        yield made


@pytest.fixture
def talk(services: Services) -> str:
    """Store a conversation of ann's with one answer."""
    created = services.conversations.create("ann", "The fee?")
    services.conversations.add(created.id, "ann", kept(ANSWER, 1, 2))
    return created.id


@pytest.fixture
def uploads(services: Services) -> Uploads:
    ingestor = open_ingestor(services)
    return LocalUploads(
        ingestor, WebIngestor(ingestor, services.settings), services.settings.library / "files", lambda: None
    )


@pytest.fixture
def refresh(services: Services) -> BackgroundRefresh:
    """Return a background refresh that is not started."""
    return BackgroundRefresh(Refresher(services, open_ingestor(services)), lambda: False)


class SeenTurns(ThreadTurns):
    """Turns that note whose they were."""

    def __init__(self) -> None:
        super().__init__(8, 2)
        self.users: list[str] = []

    async def run(self, user: str, call: Callable[..., T], *arguments: Any, **named: Any) -> T:
        self.users.append(user)
        return await super().run(user, call, *arguments, **named)


def unrendered(turns: ThreadTurns | None = None) -> PageImages:
    """Return images of pages without what renders them."""
    images = PageImages.__new__(PageImages)
    images.turns = turns or ThreadTurns(8, 2)
    return images


def store(services: Services, name: str, text: str, owner: str) -> int:
    return store_document(services, name, text, owner=owner)


def id_of(services: Services, owner: str) -> int:
    (document,) = services.library.documents(owner)
    return document.id


def client(routes: Sequence[BaseRoute], user: str = "ann") -> TestClient:
    return TestClient(signed_in(routes, user))


def signed_in(routes: Sequence[BaseRoute], user: str) -> ASGIApp:
    """Return an app of routes that a user has signed in to."""
    app = Starlette(routes=routes)

    async def as_user(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, USER: user} if scope["type"] == "http" else scope, receive, send)

    return as_user
