"""The documents that a conversation's questions are asked of."""

from collections.abc import Set

from rag.errors import QuestionError
from rag.services import Services
from serving.ownership import readable_documents
from web.page_language import gettext


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
