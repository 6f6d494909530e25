"""Select the documents that a question is restricted to, by name and collection (pure)."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from rag.errors import QuestionError
from rag.types import Document


def select(
    documents: Sequence[Document], names: Sequence[str] = (), collections: Sequence[str] = ()
) -> frozenset[int] | None:
    """Return the ids of the documents with one of the names and in one of the collections; None if neither is given.

    Names may be patterns with `*` and `?`; case does not matter.

    Raises:
        QuestionError: a name or collection matches nothing, or no document matches both.
    """
    if not names and not collections:
        return None
    for name in names:
        if not any(_is_named(document, name) for document in documents):
            raise QuestionError(f"No document matches '{name}'. 'citewell library list' shows their names.")
    for collection in collections:
        if not any(_is_in(document, collection) for document in documents):
            known = ", ".join(sorted({f"'{document.collection}'" for document in documents if document.collection}))
            hint = f"There are {known}." if known else "Make one with 'citewell ingest --collection NAME PATH...'."
            raise QuestionError(f"There is no collection '{collection}'. {hint}")
    chosen = frozenset(
        document.id
        for document in documents
        if (not names or any(_is_named(document, name) for name in names))
        and (not collections or any(_is_in(document, collection) for collection in collections))
    )
    if not chosen:
        raise QuestionError("No document has one of these names and is in one of these collections.")
    return chosen


def _is_named(document: Document, pattern: str) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in (document.name, *document.also))


def _is_in(document: Document, collection: str) -> bool:
    return document.collection.lower() == collection.strip().lower()
