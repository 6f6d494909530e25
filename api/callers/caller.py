"""Who calls, and what they may do."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.problems import ProblemError
from rag.interfaces import Library
from rag.types import Document
from serving import ownership

CALLER = "citewell.caller"
"""Key of a request's caller in its ASGI scope, set by `api.guard`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller: `owner` is whose documents and conversations they reach, "" where there are no accounts.

    `key` is the id of their key, "" without one. A `collection` of None leaves them all of the owner's documents. The
    limits are those of the key, a minute; 0 for none.
    """

    owner: str = ""
    key: str = ""
    collection: str | None = None
    read_only: bool = False
    requests: int = 0
    tokens: int = 0


def caller_of(connection: HTTPConnection) -> Caller:
    """Return who sends a request. The guard has let nobody else through."""
    caller = connection.scope[CALLER]
    assert isinstance(caller, Caller)  # noqa: S101  what the guard put there
    return caller


def require_writing(caller: Caller) -> None:
    """Refuse a caller who may only read.

    Raises:
        ProblemError: their key is one for reading.
    """
    if caller.read_only:
        raise ProblemError(403, "This key may only read. Use one that was made without --read-only.")


def documents_of(library: Library, caller: Caller) -> list[Document]:
    """Return the documents that a caller may see, by name."""
    return [each for each in ownership.documents_of(library, caller.owner) if _is_in(each, caller.collection)]


def document_of(library: Library, caller: Caller, document_id: int) -> Document:
    """Return one document that a caller may see.

    Raises:
        AccessError: it is not theirs, whether it exists or not.
    """
    document = ownership.document_of(library, caller.owner, document_id)
    if not _is_in(document, caller.collection):
        raise ownership.not_theirs()
    return document


def _is_in(document: Document, collection: str | None) -> bool:
    return collection is None or document.collection == collection
