"""The documents that a conversation's questions are asked of."""

from collections.abc import Set

from rag.errors import QuestionError
from rag.interfaces import Library
from serving.ownership import documents_of


def documents_to_search(library: Library, owner: str, excluded: Set[int]) -> frozenset[int] | None:
    """Return the ids of the documents to search; None for all there are.

    A signed-in user's are always listed: others may upload their first while the question is being answered.

    Raises:
        QuestionError: there is none.
    """
    own = frozenset(document.id for document in documents_of(library, owner))
    others = len(own) < len(library.names())
    if own and own <= excluded:
        raise QuestionError("No source is chosen. Choose at least one on the left, then ask again.")
    if others and not own:
        raise QuestionError("Nothing to ask yet: you have no documents. Upload a document on the left.")
    return own - excluded if owner or excluded or others else None
