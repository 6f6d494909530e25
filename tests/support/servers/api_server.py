"""Serve the API from this process, on a free port, with a scripted model and documents of several owners."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import httpx

from api import standalone
from api.key import Key
from api.key_store import KeyStore
from api.standalone import RunningApi
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import WordEmbedder
from tests.support.scripted_app import ObedientGenerator
from tests.support.stored_texts import stored

NOW = "2026-01-01T00:00:00+00:00"


@contextmanager
def scripted_services(script: str = "The entry fee is 20 euros.", **settings: Any) -> Iterator[Services]:
    """Yield services whose model says `script`, or what follows "Repeat:" in a question."""
    with Services(load_settings(**{"port": 0, "max_file_mb": 1, **settings})) as services:
        services.__dict__["embedder"] = WordEmbedder()
        services.__dict__["generator"] = ObedientGenerator(script, 0)
        yield services


@contextmanager
def serving_api(services: Services) -> Iterator[RunningApi]:
    """Serve the API, and stop it at the end."""
    running = standalone.start(services)
    try:
        yield running
    finally:
        running.stop()


def client(running: RunningApi, key: str = "", **more: Any) -> httpx.Client:
    """Return a client of the API, with a key if one is given."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.Client(base_url=running.url.rstrip("/"), headers=headers, timeout=30, **more)


@contextmanager
def abandoned(running: RunningApi, path: str, body: object) -> Iterator[None]:
    """Send a request, and hang up at the end of the block, whatever has been answered by then."""
    address = urlsplit(running.url)
    with closing(HTTPConnection(str(address.hostname), address.port)) as connection:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        yield


def make_key(services: Services, name: str = "program", **values: Any) -> str:
    """Make a key, and return its text."""
    return KeyStore(services.settings.library).add(replace(Key(id="", name=name, created_at=NOW), **values))


def store_document(services: Services, name: str, text: str, *, owner: str = "", collection: str | None = None) -> int:
    """Store a document of one page and one chunk, and return its id."""
    origin = {"source": f"/{owner}/{name}", "sha256": f"sha of {owner} {name}"}
    return stored(services.library, name, text, label="i", owner=owner, collection=collection, **origin)


def store_usual_documents(services: Services) -> None:
    """Store two documents of the shell's, one of them in a collection, and one of ann's."""
    store_document(services, "fees.txt", "The entry fee is 20 euros.")
    store_document(services, "birds.txt", "The heron is a grey bird.", collection="nature")
    store_document(services, "anns.txt", "The secret word is marzipan.", owner="ann")
