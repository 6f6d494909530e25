"""The tools for the one program that has started this process: its parts, and the caller in place of a key."""

from starlette.requests import Request

from api.access.authentication import Authentication
from api.access.caller import CALLER, Caller
from api.access.key_store import keys_of
from api.backend import Backend, open_backend
from api.mcp.lazy_models import LazyModels, LoadingState
from api.mcp.tool_set import ToolSet
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import Settings
from serving.listening import host_in_address, is_loopback
from serving.page_images import open_page_images
from serving.uploading.uploads import open_uploads


def open_local_tools(services: Services, state: LoadingState, caller: Caller) -> ToolSet:
    """Return the tools. `state` is the progress of these services; models load when a tool needs them."""
    backend = _backend(services)
    models = LazyModels(backend, state)
    return ToolSet(
        backend,
        models.wait,
        lambda caller: not caller.read_only and caller.is_editor,
        local_request(services.settings, caller),
    )


def _backend(services: Services) -> Backend:
    """Return the parts. What another server on this library is still receiving is left alone."""
    ingestor = open_ingestor(services)
    uploads = open_uploads(services, ingestor, resumes=False)
    return open_backend(
        services, uploads, open_page_images(services, begins=False), Authentication(keys_of(services), None)
    )


def local_request(settings: Settings, caller: Caller) -> Request:
    """Return a request in place of those that this connection has none of.

    The addresses of pages are those of the app on this machine: `citewell serve` shows them, if it runs.
    """
    host = settings.host if is_loopback(settings.host) else "127.0.0.1"
    port = settings.port or type(settings).model_fields["port"].default
    address = f"{host_in_address(host)}:{port}"
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
