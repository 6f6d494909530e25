"""Write the overview of a document that somebody looks at, in a thread, for all tabs that wait for it."""

from collections import OrderedDict
from collections.abc import Iterator
from threading import Lock

from rag.answering.overviews import overview_question
from rag.errors import BusyError, CitewellError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer, Document
from web.chat.answer_jobs import AnswerJob, AnswerJobs
from web.chat.answer_view import AnswerView
from web.chat.state import Conversation
from web.rendering import answer_html
from web.rendering.inert_html import inert_html

_KEPT_JOBS = 32
"""Of so many documents the last overview can be followed to its end, whether or not the library keeps it."""


class OverviewJobs:
    """The overviews being written, among the answers of an app: nothing else is begun meanwhile while it is idle."""

    def __init__(self, services: Services, jobs: AnswerJobs) -> None:
        self._services = services
        self._jobs = jobs
        self._latest: OrderedDict[tuple[str, int], AnswerJob[str]] = OrderedDict()
        self._lock = Lock()

    def begin(self, document: Document, owner: str) -> None:
        """Begin to write the overview of a document, unless that is being done."""
        try:
            job = self._jobs.begin(owner, _key(document), lambda cancelled: self._write(document, cancelled))
        except BusyError:
            return
        with self._lock:
            self._latest[owner, document.id] = job
            self._latest.move_to_end((owner, document.id))
            while len(self._latest) > _KEPT_JOBS:
                self._latest.popitem(last=False)

    def is_writing(self, document: Document, owner: str) -> bool:
        """Return whether the overview of a document is being written for this user."""
        return self._jobs.of(owner, _key(document)) is not None

    def latest(self, document: Document, owner: str, seen: int, seconds: float) -> tuple[str | None, int]:
        """Return the latest view, as HTML, and its number, once it is later than number `seen` or after a while.

        None and 0 if no overview of it was begun.
        """
        with self._lock:
            job = self._latest.get((owner, document.id))
        return job.latest(seen, seconds) if job else (None, 0)

    def stop(self, document: Document, owner: str) -> None:
        """Stop writing: the overview ends with what there is of it, and is not kept."""
        if job := self._jobs.of(owner, _key(document)):
            job.stop()

    def _write(self, document: Document, cancelled: CancelEvent) -> Iterator[str]:
        question = overview_question(document)
        assistant = self._services.assistant
        drawn = AnswerView(question, (), assistant.context_tokens, self._services.library)
        try:
            for event in assistant.ask(question, within={document.id}, cancelled=cancelled):
                if drawn.update(event) or isinstance(event, Answer):
                    message = drawn.view(Conversation()).messages[-1]
                    yield inert_html(message["content"])
        except CitewellError as error:
            yield inert_html(answer_html.notice(str(error)))


def _key(document: Document) -> str:
    """Return a name that no conversation has."""
    return f"overview of {document.id}"
