"""An app with accounts, which tells what it routes."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from api.application import Api
from api.backend import Backend
from tests.support.servers.api_server import scripted_services, store_document
from web import server

SECRET = "The secret word is marzipan."


def routed(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every method with every path, with something in place of what is variable in it."""
    for context in iter_route_contexts(list(routes)):
        path = prefix + re.sub(r"\{[^}]*\}", "1", context.path or "")
        if isinstance(context.original_route, Mount):
            yield "GET", f"{path}/main.js"
            yield from routed(context.original_route.routes or [], path)
        elif path:
            for method in context.methods or ("GET", "POST"):
                yield method, path


def main(users: str, target: str) -> None:
    """Serve until stopped; the address is the first line of output.

    Every method and path that it routes is written to the file `target` as JSON: Gradio's, ours, and those of the API.
    """
    apis: list[Api] = []

    def noted(backend: Backend) -> Api:
        apis.append(Api(backend))
        return apis[-1]

    server.__dict__["Api"] = noted
    with scripted_services(auth_file=users) as services:
        store_document(services, "secret.txt", SECRET, owner="ann")
        running = server.start(services)
        found = set(routed(running.blocks.app.routes))
        for face, _ in apis[0]._faces:
            found |= {(method, path) for path in face.paths for method in ("GET", "POST")}
            found |= set(routed(getattr(face.app, "routes", [])))
        Path(target).write_text(json.dumps(sorted(found)))
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        running.wait()
