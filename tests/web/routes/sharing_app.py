"""The app's own routes behind its sign-in, for several users of one library."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from ingest.pipeline import open_ingestor
from ingest.refresh import Refresher
from ingest.web.web_ingestor import WebIngestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer
from serving.auth_file import Users
from serving.local_uploads import LocalUploads
from serving.page_images import open_page_images
from tests.conftest import GOOD_PASSWORD
from tests.support.fakes import WordEmbedder
from tests.support.kept_answers import ANSWER, FEE, QUOTE, kept
from tests.support.servers.api_server import store_document
from web.auth.login import Login
from web.chat.answer_jobs import AnswerJobs
from web.idle_refresh import BackgroundRefresh
from web.routes.route_table import middleware, routes
from web.watched_folders import WatchedFolders

SECRET = "The secret word is marzipan."


class SharingApp:
    """One app with users; `as_user` signs one of them in."""

    def __init__(self, services: Services, users: Users) -> None:
        self.services = services
        self.users = users
        self.login = Login(users, services.settings)
        ingestor = open_ingestor(services)
        web = WebIngestor(ingestor, services.settings)
        self.uploads = LocalUploads(ingestor, web, services.settings.library / "files", lambda: None)
        refresh = BackgroundRefresh(Refresher(services, ingestor), lambda: False)
        folders = WatchedFolders(services, ingestor)
        own = routes(services, self.uploads, open_page_images(services), folders, AnswerJobs(), refresh, self.login)
        self.app = Starlette(routes=own, middleware=middleware(self.login, services.settings))

    def stranger(self) -> TestClient:
        """Return a client that nobody has signed in."""
        return TestClient(self.app, base_url="http://127.0.0.1:7860", follow_redirects=False)

    def as_user(self, name: str, password: str = GOOD_PASSWORD) -> TestClient:
        """Return the client of a user, who is added if need be."""
        if name not in self.users.names():
            self.users.add(name, password)
        at = self.stranger()
        assert at.post("/login", data={"name": name, "password": password}).status_code == 303
        return at

    def document(self, owner: str, name: str = "secret.txt", text: str = SECRET, collection: str = "Plans") -> int:
        """Store a document, and return its id."""
        return store_document(self.services, name, text, owner=owner, collection=collection)

    def conversation(self, owner: str, document_id: int, *, text: str = SECRET) -> str:
        """Store a conversation with one answer that cites a document, and return its id."""
        created = self.services.conversations.create(owner, "The word?")
        document = self.services.library.document(document_id)
        assert document
        stored = kept(cited_answer(document_id, document.name, text), 1, 2)
        for passage in (*stored["passages"], *stored["kept"]["passages"]):
            passage["sha256"] = document.sha256
        self.services.conversations.add(created.id, owner, stored)
        return created.id


def cited_answer(document_id: int, name: str, text: str) -> Answer:
    """Return an answer that is the text of a document, and cites it."""
    where: dict[str, Any] = {"document": name, "page": 1, "start": 0, "end": len(text)}
    chunk = replace(FEE.chunk, **where, document_id=document_id, text=text, page_label="i", heading="")
    quote = replace(QUOTE, **where, label="i", quote=text)
    sentence = replace(ANSWER.sentences[0], start=0, end=len(text), text=text, citations=(quote,), disputed=())
    return replace(
        ANSWER,
        question="What is the word?",
        text=text,
        sentences=(sentence,),
        passages=(replace(FEE, chunk=chunk),),
        dropped=(),
        nearest=None,
        computed=None,
        tool_calls=(),
    )


@contextmanager
def sharing_app(users: Users) -> Iterator[SharingApp]:
    """Yield an app with the users of an auth file."""
    with Services(load_settings(max_file_mb=1, auth_file=users.path)) as services:
        services.__dict__.update(embedder=WordEmbedder())
        yield SharingApp(services, users)
