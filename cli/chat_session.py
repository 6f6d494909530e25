"""The conversation of `citewell chat`: asked with its history, and kept in the library like those of the app."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.options import find_conversation
from cli.source_links import SourceLinks
from rag.answering import conversation_settings
from rag.errors import LibraryError, SettingsError
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.types import Answer, Conversation, Document, Event
from serving.stored_answers import KeptAnswers


class ChatSession:
    """One conversation at a time, of one `owner`.

    `within` are the documents that were chosen, None for those of the conversation; `chosen` are settings that hold in
    every conversation; a model of "" is the one that is set.
    """

    def __init__(
        self,
        services: Services,
        owner: str,
        within: frozenset[int] | None = None,
        chosen: Mapping[str, Any] | None = None,
    ) -> None:
        self.services = services
        self.owner = owner
        self.links = SourceLinks(services.library)
        self._kept = KeptAnswers(services)
        self._within = within
        self._chosen = dict(chosen or {})
        self.new()

    def load(self) -> None:
        """Load the model of this conversation, and what is needed beside it."""
        conversation_settings.options(self.services.settings, self.settings, self.services.models)
        self.services.assistant_of(self.model)

    @property
    def model(self) -> str:
        """The model of this conversation; "" is the one that is set."""
        return str(self.settings.get("model", ""))

    def new(self) -> None:
        """Begin another conversation; it is stored with its first answer."""
        self.id = ""
        self.answers: tuple[Answer, ...] = ()
        self.settings = _given(self._chosen)
        self._excluded = frozenset[int]()
        if self._within is not None:
            self._excluded = frozenset(document.id for document in self._own() if document.id not in self._within)

    def open(self, id_: str) -> Conversation:
        """Go on with a stored conversation, and return it.

        Raises:
            LibraryError: this owner has no such conversation, or it is damaged.
        """
        found = find_conversation(self.services, id_, self.owner)
        self.answers = self._kept.answers(id_, self.owner)
        self.id, self.settings = id_, _given({**found.settings, **self._chosen})
        if self._within is None:
            self._excluded = self.services.conversations.excluded(id_, self.owner)
        if self.answers:
            self.links.show(self.answers[-1].passages)
        return found

    def open_latest(self) -> Conversation:
        """Go on with the conversation that was last answered in, and return it.

        Raises:
            LibraryError: there is none.
        """
        found = self.services.conversations.conversations(self.owner)
        if not found:
            raise LibraryError("There is no conversation to go on with yet. Run 'citewell chat' without --continue.")
        return self.open(found[0].id)

    @property
    def documents(self) -> list[Document]:
        """The documents that are searched, by name."""
        return [document for document in self._own() if document.id not in self._excluded]

    def choose_model(self, name: str) -> None:
        """Have this conversation answered by another model.

        Raises:
            SettingsError: there is no such model on this disk.
        """
        settings = {**self.settings, "model": name}
        if wrong := conversation_settings.problems(self.services.settings, settings, self.services.models):
            raise SettingsError(next(iter(wrong.values())))
        self.services.assistant_of(name)
        self.settings = settings
        if self.id:
            self.services.conversations.configure(self.id, self.owner, settings)

    def ask(self, question: str, cancelled: CancelEvent) -> Iterator[Event]:
        """Yield the events of an answer, and store it before the last.

        Raises:
            CitewellError: the question cannot be answered, or the answer not be stored: it is then in `answers` alone.
        """
        services = self.services
        options = conversation_settings.options(services.settings, self.settings, services.models)
        assistant = services.assistant_of(self.model)
        history = self.answers[-1].turns if self.answers else ()
        for event in assistant.ask(question, history, within=self._searched(), options=options, cancelled=cancelled):
            yield event
            if isinstance(event, Answer):
                self._keep(event)

    def _searched(self) -> frozenset[int] | None:
        """Return the ids of the documents to search; None for all there are."""
        searched = frozenset(document.id for document in self.documents)
        return searched if len(searched) < len(self.services.library.names()) else None

    def _keep(self, answer: Answer) -> None:
        before, self.answers = self.answers, (*self.answers, answer)
        self.links.show(answer.passages)
        store = self.services.conversations
        if not self.id:
            self.id = store.create(self.owner, self.answers[0].question, self.settings).id
            store.exclude(self.id, self.owner, self._excluded)
        try:
            self._kept.append(self.id, self.answers, self.settings, self.owner, after=len(before))
        except LibraryError as error:
            raise LibraryError(f"This answer is not kept. {error}") from error

    def _own(self) -> list[Document]:
        return self.services.library.documents(self.owner)


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings without a model of "", by which none is chosen."""
    return {name: value for name, value in settings.items() if (name, value) != ("model", "")}
