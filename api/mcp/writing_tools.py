"""The tools `add_document` and `remove_document`, for callers who may write, where the server was told to let them."""

import asyncio
from io import BytesIO
from pathlib import Path

from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.caller import editable_document_of, require_unclaimed
from api.mcp.tool import Arguments, Call, Result, Tool
from ingest.sources.web_address import canonical
from rag.errors import AccessError, DocumentError, QuestionError
from rag.runtime.audit_log import acting
from rag.runtime.file_hash import sha256_of
from rag.types import Document
from serving.ownership import delete_documents, upload_of, withdraw_emptied
from serving.received_files import deleted_if_refused, place_for, stored_copy
from serving.upload_progress import Upload

_LOOK_S = 0.2
_MAX_NAME = 100
_TEXT_SUFFIXES = (".md", ".txt")
_NAME_TAKEN = "A document of this name is in a collection that this key has no access to: choose another."
_ELSEWHERE = "The same text is in the library already, in a collection that this key has no access to."
_FORBIDDEN = set('/\\:*?"<>|')


class AddArguments(Arguments):
    """Arguments of `add_document`."""

    name: str = Field(default="", description="A name for a text, such as 'notes.md'.")
    text: str = Field(default="", description="The text to add, as Markdown or plain text.")
    address: str = Field(default="", description="Or the address of a web page to fetch and add.")


class Added(Result):
    """The result of `add_document`. `note` says what became of it in words, if anything is to be known."""

    document_id: int
    document: str
    note: str


class RemoveArguments(Arguments):
    """Arguments of `remove_document`."""

    document_id: int = Field(ge=1, description="The id of the document.")


class Removed(Result):
    """The result of `remove_document`."""

    document_id: int
    document: str


async def _add(call: Call, given: AddArguments) -> Added:
    if bool(given.address.strip()) == bool(given.text.strip()):
        raise QuestionError("Give either a text with its name, or the address of a web page.")
    if given.text.strip():
        name = _file_name(given.name)
        source = f"upload:{name}"
        upload = await run_in_threadpool(_queued, call, name, given.text)
    else:
        address = given.address.strip()
        source = canonical(address if "://" in address else f"https://{address}")
        upload = await run_in_threadpool(_queued_page, call, source)
    return await _taken_in(call, upload, source)


async def _taken_in(call: Call, upload: Upload, source: str) -> Added:
    """Wait until an upload is in the library. A client that leaves meanwhile does not take it back."""
    uploads, owner, told = call.backend.uploads, call.caller.owner, ""
    while not upload.has_ended:
        if upload.stage and upload.stage != told:
            told = upload.stage
            await call.report(told)
        await asyncio.sleep(_LOOK_S)
        upload = await run_in_threadpool(upload_of, uploads, owner, upload.id)
    if upload.state != "ready":
        raise DocumentError(f"{upload.name} was not added: {upload.text}.")
    document = await run_in_threadpool(_added, call, source)
    return Added(document_id=document.id, document=document.name, note=upload.text)


def _added(call: Call, source: str) -> Document:
    document = call.library.find(source, call.caller.owner)
    if document is None:
        raise DocumentError("It was added, and has been removed since.")
    if call.caller.collection not in (None, document.collection):
        raise DocumentError(_ELSEWHERE)
    return document


def _queued(call: Call, name: str, text: str) -> Upload:
    path = _written(call, text, _place_for(call, f"upload:{name}", name))
    with deleted_if_refused(path):
        sha256 = sha256_of(path)
        elsewhere = AccessError(_ELSEWHERE)
        require_unclaimed(call.backend.services, call.backend.uploads, call.caller, elsewhere, sha256=sha256)
    caller = call.caller
    return call.backend.uploads.add(caller.owner, name, path, collection=caller.collection, sha256=sha256)


def _queued_page(call: Call, address: str) -> Upload:
    _place_for(call, address)
    return call.backend.uploads.add_page(call.caller.owner, address, collection=call.caller.collection)


def _place_for(call: Call, source: str, name: str = "") -> Path:
    """Refuse more documents than a user may have, and to replace one that the caller's collection does not have."""
    owner = call.caller.owner
    withdraw_emptied(call.backend.services, [owner])  # the collection may be begun with what comes
    existing = call.library.find(source, owner)
    taken = AccessError(_NAME_TAKEN)
    if existing and call.caller.collection not in (None, existing.collection):
        raise taken
    require_unclaimed(call.backend.services, call.backend.uploads, call.caller, taken, name=name)
    try:
        return place_for(call.backend.services, call.backend.uploads, owner, source)
    except DocumentError as error:
        raise DocumentError(f"{name or source} was not added: {error}.") from error


def _written(call: Call, text: str, folder: Path) -> Path:
    limit = call.backend.services.settings.max_file_mb * 1_000_000
    data = text.encode(errors="replace")
    if len(data) > limit:
        raise DocumentError(f"The text is larger than the limit of {limit // 1_000_000} MB (setting max_file_mb).")
    return stored_copy(BytesIO(data), folder)


def _file_name(name: str) -> str:
    """Return the name to keep a text by: one that any file system takes, and that says it is text."""
    name = name.strip().strip(".")
    if not name or len(name) > _MAX_NAME or not name.isprintable() or _FORBIDDEN & set(name):
        raise QuestionError(f"A text needs a name of 1 to {_MAX_NAME} characters, without slashes, such as 'notes.md'.")
    return name if name.lower().endswith(_TEXT_SUFFIXES) else f"{name}.md"


def _remove(call: Call, given: RemoveArguments) -> Removed:
    document = editable_document_of(call.backend.services, call.caller, given.document_id)
    with acting(call.caller.owner, key=call.caller.key):  # tools run in a task of their own
        delete_documents(call.backend.services, [document])
    return Removed(document_id=document.id, document=document.name)


ADD_DOCUMENT = Tool(
    name="add_document",
    title="Add a document",
    description=(
        "Add a text, or a web page by its address, to the user's documents. A document of the same name is replaced. "
        "Only on the user's request."
    ),
    arguments=AddArguments,
    result=Added,
    run=_add,
    writes=True,
    destroys=True,
    leaves_machine=True,
)
REMOVE_DOCUMENT = Tool(
    name="remove_document",
    title="Remove a document",
    description=(
        "Remove a document from the library with all that belongs to it, also from stored answers. It cannot be "
        "undone. Only on the user's request."
    ),
    arguments=RemoveArguments,
    result=Removed,
    run=_remove,
    writes=True,
    destroys=True,
)
