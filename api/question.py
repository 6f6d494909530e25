"""A question as a program asks it, and what it may be answered from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from api.caller import Caller, documents_of
from rag.answering import conversation_settings
from rag.answering.ask_options import AskOptions
from rag.errors import QuestionError
from rag.retrieval.document_filter import select
from rag.services import Services
from rag.types import Document, Passage, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Restricts a question to some of the caller's documents: by id, and as the flags of `citewell ask` do.

    `excluded` are ids that are left out whatever else is chosen.
    """

    ids: frozenset[int] | None = None
    names: Sequence[str] = ()
    collections: Sequence[str] = ()
    kinds: Sequence[str] = ()
    years: Sequence[str] = ()
    languages: Sequence[str] = ()
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question. `history` are the turns before it; `chosen` are settings of `rag.answering.conversation_settings`.

    With `fresh` it is not answered by a kept overview, nor from a part of what was found. `instructions` go below the
    system prompt. Passages that are `brought` along are sources beside those of the documents.
    """

    text: str
    history: Sequence[Turn] = ()
    selection: Selection = Selection()
    chosen: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = False
    instructions: str = ""
    brought: tuple[Passage, ...] = ()

    @property
    def model(self) -> str:
        """The name of the model that is to answer; "" for the one that is set."""
        return str(self.chosen.get("model", ""))


def options_of(services: Services, question: Question) -> AskOptions:
    """Return the options of `Assistant.ask` that a question chooses.

    Raises:
        SettingsError: a value cannot be used.
    """
    chosen = AskOptions()
    if question.chosen:
        chosen = conversation_settings.options(services.settings, question.chosen, services.models)
    return replace(chosen, fresh=question.fresh, instructions=question.instructions, brought=question.brought)


def documents_for(services: Services, caller: Caller, selection: Selection) -> frozenset[int] | None:
    """Return the ids of the documents to search; None for all there are.

    They are listed wherever there are accounts or keys: others may add their first while a question is answered.

    Raises:
        QuestionError: nothing matches the selection, or the caller has no documents.
    """
    own = documents_of(services, caller)
    everything = frozenset(document.id for document in own)
    if not own:
        raise QuestionError("Nothing to ask yet: there are no documents. Add one first.")
    chosen = _selected(own, selection)
    searched = (everything if chosen is None else chosen) - selection.excluded
    if not searched:
        raise QuestionError("No document is chosen: all are left out. Choose at least one.")
    is_alone = not caller.owner and not caller.key and len(own) == len(services.library.names())
    return None if is_alone and searched == everything else searched


def _selected(own: Sequence[Document], selection: Selection) -> frozenset[int] | None:
    if selection.ids is not None:
        unknown = selection.ids - {document.id for document in own}
        if unknown:
            raise QuestionError(f"There is no document {min(unknown)}. Choose among those that are listed.")
        own = [document for document in own if document.id in selection.ids]
    chosen = select(
        own,
        selection.names,
        selection.collections,
        kinds=selection.kinds,
        years=selection.years,
        languages=selection.languages,
    )
    return selection.ids if chosen is None else chosen
