"""The tools for the one program that has started this process: its parts, and the caller in place of a key."""

from functools import partial

from starlette.requests import Request

from api.backend import Backend, open_backend
from api.callers.authentication import Authentication
from api.callers.caller import CALLER, Caller
from api.keys.key_store import KeyStore
from api.mcp.lazy_models import LazyModels, LoadingState
from api.mcp.tool_set import ToolSet
from ingest.pipeline import open_ingestor
from ingest.sandbox.worker import open_worker
from ingest.upkeep.removal import UPLOADS, purge_in_background
from ingest.web.web_ingestor import WebIngestor
from rag.services import Services
from rag.settings import Settings
from serving.listening import is_loopback
from serving.page_images import PageImages
from serving.uploads import Uploads


def open_local_tools(services: Services, state: LoadingState, caller: Caller) -> ToolSet:
    """Return the tools. `state` is the progress of these services; models load when a tool needs them."""
    backend = _backend(services)
    models = LazyModels(backend, state)
    return ToolSet(backend, models.wait, lambda caller: not caller.read_only, local_request(services.settings, caller))


def _backend(services: Services) -> Backend:
    """Return the parts. What another server on this library is still receiving is left alone."""
    folder = services.settings.library / UPLOADS
    ingestor = open_ingestor(services)
    web = WebIngestor(ingestor, services.settings)
    uploads = Uploads(ingestor, web, folder, partial(purge_in_background, services))
    images = PageImages(folder, open_worker(services))
    return open_backend(services, uploads, images, Authentication(KeyStore(services.settings.library), None))


def local_request(settings: Settings, caller: Caller) -> Request:
    """Return a request in place of those that this connection has none of.

    The addresses of pages are those of the app on this machine: `citewell serve` shows them, if it runs.
    """
    host = settings.host if is_loopback(settings.host) else "127.0.0.1"
    port = settings.port or type(settings).model_fields["port"].default
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", address.encode())],
        CALLER: caller,
    }
    return Request(scope)
