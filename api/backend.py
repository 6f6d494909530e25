"""The parts that all faces share: one of each in a server."""

from dataclasses import dataclass, field
from threading import Event

from api.callers.authentication import Authentication
from api.limits.answer_queue import AnswerQueue
from api.limits.rates import Rates
from rag.services import Services
from serving.page_images import PageImages
from serving.uploads import Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The parts of one server. `ready` is set when the models are loaded; nothing is answered before."""

    services: Services
    uploads: Uploads
    page_images: PageImages
    authentication: Authentication
    rates: Rates
    queue: AnswerQueue
    ready: Event = field(default_factory=Event)


def open_backend(
    services: Services, uploads: Uploads, page_images: PageImages, authentication: Authentication
) -> Backend:
    """Return the parts of a server. Its models are loaded by whoever sets `ready`."""
    settings = services.settings
    return Backend(
        services=services,
        uploads=uploads,
        page_images=page_images,
        authentication=authentication,
        rates=Rates(),
        queue=AnswerQueue(settings.answers_at_once, settings.answers_waiting),
    )
