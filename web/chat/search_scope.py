"""The documents that a conversation's questions are asked of, and what a refusal says of those left out."""

from collections.abc import Set
from dataclasses import replace

from rag.errors import QuestionError
from rag.services import Services
from rag.text.message_catalogues import messages_in
from rag.types import Answer
from serving.ownership import readable_documents
from web.page_language import gettext

_NAMED = 3
_CANDIDATES = 10


def documents_to_search(
    services: Services, owner: str, excluded: Set[int], only: Set[int] = frozenset()
) -> frozenset[int] | None:
    """Return the ids of the documents to search; None for all there are. With `only`, none of the others is.

    A signed-in user's are always listed: others may upload their first while the question is being answered.

    Raises:
        QuestionError: there is none.
    """
    own = frozenset(document.id for document in readable_documents(services, owner))
    others = len(own) < len(services.library.names())
    if only:
        if not own & only:
            raise QuestionError(gettext("The source that you ask about is not there any more. Ask about another one."))
        return own & only
    if own and own <= excluded:
        raise QuestionError(gettext("No source is chosen. Tick at least one under Sources, then ask again."))
    if others and not own:
        raise QuestionError(gettext("Nothing to ask yet: you have no documents. Add a document under Sources."))
    return own - excluded if owner or excluded or others else None


def with_unticked(answer: Answer, services: Services, owner: str, excluded: Set[int]) -> Answer:
    """Return a refusal with a note of the documents that were left out of the search, the likeliest named.

    Any other answer, and one to a question asked of all documents, is returned as it is.
    """
    if not (answer.abstained and excluded):
        return answer
    names = {each.id: each.name for each in readable_documents(services, owner) if each.id in excluded}
    if not names:
        return answer
    found = services.retriever.retrieve(answer.query or answer.question, _CANDIDATES, frozenset(names))
    likely = list(dict.fromkeys(names[passage.chunk.document_id] for passage in found)) or sorted(names.values())
    note = messages_in(answer.language).ngettext(
        "{number} document was not searched, because it is not ticked or is filtered out: {names}.",
        "{number} documents were not searched, because they are not ticked or are filtered out, among them {names}.",
        len(names),
    )
    said = note.format(number=len(names), names=", ".join(likely[:_NAMED]))
    return replace(answer, notes=(*answer.notes, said))
