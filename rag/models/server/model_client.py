"""The client that models behind the OpenAI protocol are asked by: of one server, or of several with the same model."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from rag.models.server.server_failures import Failures
from rag.runtime.progress import CancelEvent
from rag.types.server_model import ServerModel

Json = dict[str, Any]


class ModelClient(Protocol):
    """Send requests to the model that a setting names. Every method raises a `CitewellError` where it fails."""

    @property
    def server(self) -> ServerModel:
        """The model, with the address of its server, or of the first of several."""

    @property
    def failures(self) -> Failures:
        """Errors of answers that are not as they should be."""

    def close(self) -> None:
        """Close the connections that are kept open."""

    def post(self, path: str, body: Json) -> Json:
        """Return the answer to a request below the API's address."""

    def find(self, path: str, body: Json | None = None) -> Json | None:
        """Return what an address below the server's root answers; None if the server does not have it."""

    def models(self) -> list[Json]:
        """Return the models that the server lists."""

    def chat(self, body: Json, cancelled: CancelEvent) -> AbstractContextManager[Iterator[Json]]:
        """Open a streamed answer; its pieces end when it is left. Raises a `CancelledError` once `cancelled` is set."""
