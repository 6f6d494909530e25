"""The parts that all faces share: one of each in a server."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from api.authentication import Authentication
from api.event_streams import EventStreams
from api.rates import Rates
from rag.runtime.heaps import freeze_loaded, thaw_loaded
from rag.services import Services
from rag.understanding.planner import plan
from serving.answer_turns import AnswerTurns
from serving.page_images import PageImages
from serving.thread_turns import ThreadTurns
from serving.uploads import Uploads

_SEARCHES, _SEARCHES_OF_A_USER = 8, 2
"""Searches and embeddings at once: each computes, and more would only share the processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The parts of one server. `ready` is set when the models are loaded; nothing is answered before."""

    services: Services
    uploads: Uploads
    page_images: PageImages
    authentication: Authentication
    rates: Rates
    turns: AnswerTurns
    followed: Counter[str] = field(default_factory=Counter)
    """Jobs that each user's programs follow now."""

    searches: ThreadTurns = field(default_factory=lambda: ThreadTurns(_SEARCHES, _SEARCHES_OF_A_USER))
    streams: EventStreams = field(default_factory=EventStreams)
    ready: Event = field(default_factory=Event)


def load_models(backend: Backend, stop: Callable[[], object]) -> None:
    """Load the models now, not at the first question; if that fails, `stop` the server."""
    try:
        backend.services.assistant  # noqa: B018
        plan("What does it say?")  # what reads questions is loaded by the first one
    except BaseException:
        stop()
        raise
    freeze_loaded()
    backend.services.on_close(thaw_loaded)
    backend.ready.set()


def open_backend(
    services: Services, uploads: Uploads, page_images: PageImages, authentication: Authentication
) -> Backend:
    """Return the parts of a server, without its models."""
    settings = services.settings
    return Backend(
        services=services,
        uploads=uploads,
        page_images=page_images,
        authentication=authentication,
        rates=Rates(),
        turns=AnswerTurns(settings.answers_at_once, settings.answers_waiting),
    )
