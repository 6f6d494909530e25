"""Upload of a file: it is answered when the document can be asked, since its id is the document's."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.backend import Backend
from api.caller import Caller, caller_of, document_of, require_editing, require_unclaimed
from api.openai.file_objects import PURPOSES, file_json
from api.openai.openai_errors import ParameterError
from api.problems import ProblemError
from rag.errors import AccessError, DocumentError
from rag.runtime.file_hash import sha256_of
from rag.types import Document
from serving.ownership import withdraw_emptied
from serving.received_files import deleted_if_refused, file_name, place_for, receive
from serving.upload_progress import Upload

_MEGABYTE = 1_000_000
_AROUND = _MEGABYTE
"""Bytes of a form around its file."""

_BLOCK = 1 << 20
_MAX_FIELDS = 20
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.5


class FileUpload:
    """The address that files are uploaded to."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def max_bytes(self) -> int:
        """Return the largest body of an upload."""
        return self._backend.services.settings.max_file_mb * _MEGABYTE + _AROUND

    async def create(self, request: Request) -> Response:
        """Receive a file, and wait until it has been read. Its document replaces an upload of the same name."""
        caller = caller_of(request)
        require_editing(caller)
        async with request.form(max_files=1, max_fields=_MAX_FIELDS) as form:
            sent, purpose = form.get("file"), form.get("purpose")
            if not isinstance(sent, UploadFile):
                raise ParameterError("file", "There is no file. Send it as 'file' of a form (multipart/form-data).")
            name = file_name(sent.filename or "")
            upload = await self._receive(caller, name, sent)
        document = await self._document(caller, await self._ended(upload))
        return JSONResponse(file_json(document, str(purpose) if purpose in PURPOSES else PURPOSES[0]))

    async def _receive(self, caller: Caller, name: str, sent: UploadFile) -> Upload:
        backend = self._backend
        limit = backend.services.settings.max_file_mb * _MEGABYTE
        incoming = await run_in_threadpool(self._require_place, caller, name)
        try:
            path = await receive(_blocks(sent), sent.size or 0, limit, incoming)
        except DocumentError as error:
            raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"'{name}' was not read: {error}.") from error
        return await run_in_threadpool(self._queue, caller, name, path)

    def _queue(self, caller: Caller, name: str, path: Path) -> Upload:
        uploads = self._backend.uploads
        with deleted_if_refused(path):
            sha256 = sha256_of(path)
            self._require_no_other(caller, sha256=sha256)
        return uploads.add(caller.owner, name, path, collection=caller.collection, sha256=sha256)

    def _require_place(self, caller: Caller, name: str) -> Path:
        """Return the folder to receive a file in, if it replaces no document that the caller has no access to."""
        services = self._backend.services
        withdraw_emptied(services, [caller.owner])  # the collection may be begun with this file
        try:
            incoming = place_for(services, self._backend.uploads, caller.owner, f"upload:{name}")
        except DocumentError as error:
            raise ParameterError("file", f"'{name}' cannot be added: {error}.") from error
        self._require_no_other(caller, name=name)
        return incoming

    def _require_no_other(self, caller: Caller, *, name: str = "", sha256: str = "") -> None:
        """Check that a key for one collection changes no document of another by its name or content.

        Raises:
            ParameterError: it would.
        """
        called = f"'{name}'" if name else "of this content"
        mend = "Send the file under another name." if name else "A document is in one collection only."
        said = f"There is a document {called} that this key has no access to. {mend}"
        refusal = ParameterError("file", said, status=HTTPStatus.CONFLICT)
        require_unclaimed(self._backend.services, self._backend.uploads, caller, refusal, name=name, sha256=sha256)

    async def _ended(self, upload: Upload) -> Upload:
        """Wait until a file has been read, or cannot be."""
        wait_s = _FIRST_WAIT_S
        while not upload.has_ended:
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            uploads = await run_in_threadpool(self._backend.uploads.of, upload.owner)
            known = next((each for each in uploads if each.id == upload.id), None)
            if known is None:  # read meanwhile, and taken off the list by its owner
                break
            upload = known
        return upload

    async def _document(self, caller: Caller, upload: Upload) -> Document:
        if upload.state in ("failed", "locked"):
            raise ParameterError("file", f"'{upload.name}' cannot be read: {upload.text}.")
        library = self._backend.services.library
        if upload.document_id is not None:
            return await run_in_threadpool(document_of, self._backend.services, caller, upload.document_id)
        document = await run_in_threadpool(library.find, f"upload:{upload.name}", upload.owner)
        if document is None:
            raise AccessError(f"'{upload.name}' has been removed again.")
        return document


async def _blocks(sent: UploadFile) -> AsyncIterator[bytes]:
    while block := await sent.read(_BLOCK):
        yield block
