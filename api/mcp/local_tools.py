"""The tools for the one program that has started this process: its parts, and the caller in place of a key.

Models load when a tool first needs them, and the client is told how far that is.
"""

from threading import Lock

from starlette.requests import Request

from api.authentication import Authentication
from api.backend import Backend, open_backend
from api.caller import CALLER, Caller
from api.key_store import keys_of
from api.mcp.deferred import Deferred
from api.mcp.tool import Report, Use
from api.mcp.tool_set import ToolSet
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import Settings
from serving.listening import host_in_address, is_loopback
from serving.page_images import open_page_images
from serving.uploads import open_uploads

_TELL_S = 1.0


class LoadingState:
    """The latest progress of whatever is being fetched or loaded: a `Progress` that can be asked."""

    def __init__(self) -> None:
        self.text = "loading the models"

    def __call__(self, what: str, done: int, total: int) -> None:
        """Note the progress."""
        self.text = f"{what}: {100 * done // total} %" if total else what


class LazyModels:
    """The models of one process. Each use loads them once; a use that failed tries again."""

    def __init__(self, backend: Backend, state: LoadingState) -> None:
        self._backend = backend
        self._state = state
        self._loading = Lock()
        self._begun: dict[Use, Deferred[None]] = {}

    async def wait(self, use: Use, report: Report) -> None:
        """Return when the models for a use are loaded.

        Raises:
            CitewellError: they cannot be.
        """
        begun = self._begun.get(use)
        if begun is None or begun.has_failed:
            begun = self._begun[use] = Deferred(lambda: self._load(use), "loading")
        while not await begun.is_done_within(_TELL_S):
            await report(self._state.text)
        await begun.get()

    def _load(self, use: Use) -> None:
        services = self._backend.services
        with self._loading:
            if use == "search":
                services.retriever  # noqa: B018  loads the embedder
                services.reranker  # noqa: B018
            else:
                services.assistant  # noqa: B018
                self._backend.ready.set()


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
    images = open_page_images(services, begins=False)
    return open_backend(services, uploads, images, Authentication(keys_of(services), None))


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
