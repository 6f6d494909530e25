"""Load models when a tool first needs them, and tell the client how far that is."""

import asyncio
from concurrent.futures import Future
from threading import Lock, Thread

from api.backend import Backend
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
        self._begun: dict[Use, Future[None]] = {}

    async def wait(self, use: Use, report: Report) -> None:
        """Return when the models for a use are loaded.

        Raises:
            CitewellError: they cannot be.
        """
        loaded = asyncio.wrap_future(self._begin(use))
        while not loaded.done():
            await asyncio.wait({loaded}, timeout=_TELL_S)
            if not loaded.done():
                await report(self._state.text)
        loaded.result()

    def _begin(self, use: Use) -> "Future[None]":
        begun = self._begun.get(use)
        if begun is None or (begun.done() and begun.exception()):
            begun = self._begun[use] = Future()
            # In a thread that dies with the process: a client that has gone does not wait for a download.
            Thread(target=self._work, args=(use, begun), name="loading", daemon=True).start()
        return begun

    def _work(self, use: Use, begun: "Future[None]") -> None:
        try:
            with self._loading:
                self._load(use)
        except BaseException as error:  # noqa: BLE001  raised again where it is waited for
            begun.set_exception(error)
        else:
            begun.set_result(None)

    def _load(self, use: Use) -> None:
        services = self._backend.services
        if use == "search":
            services.retriever  # noqa: B018  loads the embedder
            services.reranker  # noqa: B018
        else:
            services.assistant  # noqa: B018
            self._backend.ready.set()
