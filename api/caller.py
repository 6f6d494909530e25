"""Who calls, and what they may do."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.problems import ProblemError
from rag.errors import CitewellError, DocumentError
from rag.services import Services
from rag.types import Document
from serving import ownership
from serving.received_files import require_no_other
from serving.uploads import Uploads

CALLER = "citewell.caller"
"""Key of a request's caller in its ASGI scope, set by `api.guard`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller: `owner` is whose documents and conversations they reach, "" where there are no accounts.

    `key` is the id of their key, "" without one. A `collection` of None leaves them all that the owner may read; a key
    of a collection reaches the owner's own of that name. Whoever is no editor, by the role of their account, changes no
    documents. The limits are those of the key, a minute; 0 for none.
    """

    owner: str = ""
    key: str = ""
    collection: str | None = None
    read_only: bool = False
    is_editor: bool = True
    requests: int = 0
    tokens: int = 0


def caller_of(connection: HTTPConnection) -> Caller:
    """Return who sends a request. The guard has let nobody else through."""
    caller: Caller = connection.scope[CALLER]
    return caller


def require_writing(caller: Caller) -> None:
    """Refuse a caller who may only read.

    Raises:
        ProblemError: their key is one for reading.
    """
    if caller.read_only:
        raise ProblemError(403, "This key may only read. Use one that was made without --read-only.")


def require_editing(caller: Caller) -> None:
    """Refuse a caller who may not change documents.

    Raises:
        ProblemError: their key is one for reading, or their account a reader's.
    """
    require_writing(caller)
    if not caller.is_editor:
        raise ProblemError(403, "This account may ask and read. An owner of this Citewell gives it the role of editor.")


def documents_of(services: Services, caller: Caller) -> list[Document]:
    """Return the documents that a caller may see, by name."""
    readable = ownership.readable_documents(services, caller.owner)
    return [each for each in readable if _is_reached(each, caller)]


def own_documents_of(services: Services, caller: Caller) -> list[Document]:
    """Return the documents that a caller may see and that are the owner's own, by name."""
    own = services.library.documents(caller.owner)
    return [each for each in own if _is_reached(each, caller)]


def document_of(services: Services, caller: Caller, document_id: int) -> Document:
    """Return one document that a caller may see.

    Raises:
        AccessError: they may not, whether it exists or not.
    """
    document = ownership.readable_document(services, caller.owner, document_id)
    if not _is_reached(document, caller):
        raise ownership.not_theirs()
    return document


def editable_document_of(services: Services, caller: Caller, document_id: int) -> Document:
    """Return one document that a caller may change and remove.

    Raises:
        AccessError: they may not.
        ProblemError: their key is one for reading, or their account a reader's.
    """
    document = document_of(services, caller, document_id)
    require_editing(caller)
    return ownership.editable_document(services, caller.owner, document.id)


def own_document_of(services: Services, caller: Caller, document_id: int) -> Document:
    """Return one document that a caller may move to another collection: the owner's own.

    Raises:
        AccessError: it is not.
    """
    document = document_of(services, caller, document_id)
    return ownership.own_document(services, caller.owner, document.id)


def require_unclaimed(
    services: Services, uploads: Uploads, caller: Caller, refusal: CitewellError, *, name: str = "", sha256: str = ""
) -> None:
    """Refuse a file whose name or content would change a document that a key of one collection does not reach.

    Raises:
        CitewellError: the `refusal`.
    """
    if caller.collection is None:
        return
    try:
        require_no_other(services, uploads, caller.owner, caller.collection, name=name, sha256=sha256)
    except DocumentError as error:
        raise refusal from error


def _is_reached(document: Document, caller: Caller) -> bool:
    return caller.collection is None or (document.owner, document.collection) == (caller.owner, caller.collection)
