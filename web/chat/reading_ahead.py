"""Search and read for a question while it is typed: the answer begins sooner, and is the same."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from rag.answering import conversation_settings
from rag.errors import CitewellError
from rag.services import Services
from web.chat.history import ChatHistory
from web.chat.search_scope import documents_to_search
from web.chat.state import Conversation, TabState

log = logging.getLogger(__name__)


class ReadingAhead:
    """Read ahead for one user after the other, as long as nobody is answered; for each only the latest question."""

    def __init__(self, services: Services, is_busy: Callable[[], bool]) -> None:
        self._services = services
        self._is_busy = is_busy
        self._history = ChatHistory(services)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._latest: dict[str, Event] = {}
        self._lock = Lock()

    @property
    def is_on(self) -> bool:
        """True if questions are read ahead (setting `read_ahead`) and what is read can be kept."""
        settings = self._services.settings
        return settings.read_ahead and settings.prefix_cache_mb > 0

    def begin(self, question: str, tab: TabState, owner: str) -> None:
        """Begin to read for a question as it stands so far, and give up the user's earlier one."""
        if not self.is_on or self._is_busy():
            return
        cancelled = Event()
        with self._lock:
            if earlier := self._latest.get(owner):
                earlier.set()
            self._latest[owner] = cancelled
        self._worker.submit(self._read, question, tab, owner, cancelled)

    def close(self) -> None:
        """Stop reading."""
        with self._lock:
            for cancelled in self._latest.values():
                cancelled.set()
        self._worker.shutdown(cancel_futures=True)

    def _read(self, question: str, tab: TabState, owner: str, cancelled: Event) -> None:
        if cancelled.is_set() or self._is_busy():
            return
        try:
            conversation = self._history.open(tab, Conversation(), owner)
            model = str(conversation.settings.get("model", ""))
            if not self._services.is_loaded(model):
                return
            self._services.assistant_of(model).read_ahead(
                question,
                conversation.history,
                within=documents_to_search(self._services, owner, conversation.excluded, conversation.only),
                options=conversation_settings.options(
                    self._services.settings, conversation.settings, self._services.models
                ),
                reader=owner,
                cancelled=cancelled,
            )
        except CitewellError as error:
            log.debug("nothing is read ahead: %s", error)  # the question itself will say so
