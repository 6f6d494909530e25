"""Load models when a tool first needs them, and tell the client how far that is."""

from threading import Lock

from api.backend import Backend
from api.mcp.deferred import Deferred
from api.mcp.tool import Report, Use

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
