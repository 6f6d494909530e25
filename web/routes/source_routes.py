"""Routes of the sources pane: listing, uploads, web pages, removal, collections, and what a document is.

Whoever has no document at hand may take the sample, where this copy of Citewell has its samples.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import web
from ingest.formats import SUFFIXES
from ingest.sources.web_address import MAX_LENGTH, canonical, without_password
from rag.errors import DocumentError, QuestionError, SettingsError
from rag.services import Services
from rag.text.facets import EDITABLE, KINDS, checked_facts
from rag.text.message_catalogues import to_translate
from serving.ownership import (
    delete_documents,
    editable_document,
    editable_documents,
    move_documents,
    own_document,
    own_documents,
    readable_document,
    require_editor,
    upload_of,
)
from serving.received_files import (
    announced_length,
    file_name,
    path_name,
    place_for,
    receive,
    require_library,
    stored_copy,
)
from serving.upload_progress import Upload
from serving.uploads import Uploads
from web.idle_refresh import BackgroundRefresh, RefreshState
from web.page_language import decimal, gettext
from web.routes.endpoint import PRIVATE, data, endpoint, json_endpoint
from web.routes.source_listing import SourceListing, address_of
from web.stored_texts import reason_shown

SAMPLE = Path(web.__file__).parent.parent / "data" / "documents" / "debian-social-contract.md"
_MAX_PASSWORD_CHARACTERS = 1000

_STEPS = {
    "fetching": (to_translate("fetching"), *(to_translate("fetching {size} MB"),) * 2),
    "reading": (
        to_translate("reading"),
        to_translate("reading page {done}"),
        to_translate("reading page {done} of {total}"),
    ),
    "embedding": (*(to_translate("embedding"),) * 2, to_translate("embedding {done} of {total}")),
}
"""What is said of a step before anything of it is done, of how much is done, and of how much in all."""

MAX_MANY = 500
"""Documents that one request may move or remove."""


class SourceRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, uploads: Uploads, refresh: BackgroundRefresh) -> None:
        self._services = services
        self._uploads = uploads
        self._refresh = refresh
        self._listing = SourceListing(services)

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/sources", endpoint(self.listing), methods=["GET"]),
            Route("/sources", json_endpoint(self.remove_many), methods=["DELETE"]),
            Route("/sources", json_endpoint(self.move_many), methods=["PATCH"]),
            Route("/sources/{id:number}", endpoint(self.remove), methods=["DELETE"]),
            Route("/sources/{id:number}", json_endpoint(self.move), methods=["PATCH"]),
            Route("/sources/{id:number}/facts", endpoint(self.facts), methods=["GET"]),
            Route("/sources/{id:number}/facts", json_endpoint(self.edit_facts), methods=["PATCH"]),
            Route("/sources/{id:number}/refresh", endpoint(self.refresh), methods=["POST"]),
            Route("/sample", endpoint(self.sample), methods=["GET"]),
            Route("/sample", endpoint(self.add_sample), methods=["POST"]),
            Route("/uploads", endpoint(self.receive), methods=["POST"]),
            Route("/uploads/pages", json_endpoint(self.add_page), methods=["POST"]),
            Route("/uploads", endpoint(self.clear), methods=["DELETE"]),
            Route("/uploads/all", endpoint(self.cancel_all), methods=["DELETE"]),
            Route("/uploads/{id:number}", json_endpoint(self.unlock), methods=["POST"]),
            Route("/uploads/{id:number}", endpoint(self.cancel), methods=["DELETE"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:
        """List this user's documents and uploads; null for documents that are as in the listing of the tag `known`."""
        require_library(self._services)
        state = self._refresh.state(owner)
        tag, documents = self._listing.of(owner, state)
        rest = {
            "tag": tag,
            "refresh": _refresh_told(state),
            "uploads": [upload_shown(upload) for upload in self._uploads.of(owner)],
            "largest": self._services.settings.max_file_mb * 1_000_000,
            "suffixes": sorted(SUFFIXES),
        }
        listed = "null" if request.query_params.get("known") == tag else documents
        body = f'{{"documents":{listed},{json.dumps(rest, ensure_ascii=False)[1:]}'
        return Response(body, media_type="application/json", headers=PRIVATE)

    def remove(self, request: Request, owner: str) -> Response:
        """Remove a document with all that belongs to it, including the uploaded file."""
        document = editable_document(self._services, owner, request.path_params["id"])
        delete_documents(self._services, [document])
        return data({})

    def move(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Move a document to another collection."""
        document = own_document(self._services, owner, request.path_params["id"])
        move_documents(self._services, [document], _collection(sent))
        return data({})

    def remove_many(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Remove several documents: all of them, or none if one may not be."""
        documents = editable_documents(self._services, owner, _ids(sent))
        delete_documents(self._services, documents)
        return data({})

    def move_many(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Move several documents to a collection."""
        documents = own_documents(self._services, owner, _ids(sent))
        move_documents(self._services, documents, _collection(sent))
        return data({})

    def facts(self, request: Request, owner: str) -> Response:
        """Return what a document is, which of it the user entered, and the kinds there are."""
        document = readable_document(self._services, owner, request.path_params["id"])
        edited = self._services.library.edited_facts(document.source, document.owner)
        facts = {fact: getattr(document.facts, fact) for fact in EDITABLE}
        return data({"facts": facts, "edited": sorted(edited), "kinds": list(KINDS)})

    def edit_facts(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Enter facts; null takes back what was entered before."""
        document = editable_document(self._services, owner, request.path_params["id"])
        if not all(value is None or isinstance(value, str) for value in sent.values()):
            raise QuestionError("A fact is a text. Type it into its field.")
        self._services.library.edit_facts(document.id, checked_facts(sent))
        self._refresh.look_again()
        return data({})

    async def receive(self, request: Request, owner: str) -> Response:
        """Receive one file, as the body of the request, and queue it for ingestion.

        A file of a dropped folder is named by its path from there on, so that namesakes stay apart.
        """
        await run_in_threadpool(require_editor, self._services, owner)
        name = path_name(request.query_params.get("folder", ""), file_name(request.query_params.get("name", "")))
        limit = self._services.settings.max_file_mb * 1_000_000
        try:
            incoming = await run_in_threadpool(self._place_for, owner, f"upload:{name}")
            path = await receive(request.stream(), announced_length(request), limit, incoming)
        except DocumentError as error:
            rejected = await run_in_threadpool(self._uploads.reject, owner, name, str(error))
            return data(upload_shown(rejected), 413)
        return data(upload_shown(await run_in_threadpool(self._uploads.add, owner, name, path)), 202)

    def _place_for(self, owner: str, source: str) -> Path:
        return place_for(self._services, self._uploads, owner, source)

    def add_page(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Queue the web page at an address, with the quotas of an uploaded file."""
        require_editor(self._services, owner)
        address = str(sent.get("address", ""))[: MAX_LENGTH + 1].strip()
        try:
            address = canonical(address if "://" in address else f"https://{address}")
            self._place_for(owner, address)
        except DocumentError as error:
            return data(upload_shown(self._uploads.reject(owner, without_password(address), str(error))), 413)
        return data(upload_shown(self._uploads.add_page(owner, address)), 202)

    def sample(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Return the sample's name; "" where there is none."""
        return data({"name": SAMPLE.name if SAMPLE.is_file() else ""})

    def add_sample(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Add a copy of the sample to the user's documents, like an uploaded file."""
        require_editor(self._services, owner)
        if not SAMPLE.is_file():
            raise SettingsError(gettext("There is no sample document here. Add one of your own."))
        incoming = self._place_for(owner, f"upload:{SAMPLE.name}")
        with SAMPLE.open("rb") as sample:
            copy = stored_copy(sample, incoming)
        return data(upload_shown(self._uploads.add(owner, SAMPLE.name, copy)), 202)

    def refresh(self, request: Request, owner: str) -> Response:
        """Queue a web page again, to be replaced if it has changed."""
        document = editable_document(self._services, owner, request.path_params["id"])
        address = address_of(document)
        if not address:
            raise SettingsError(f"'{document.name}' is no web page. To refresh a file, add it again.")
        require_library(self._services)
        return data(upload_shown(self._uploads.add_page(document.owner, address, sender=owner)), 202)

    def unlock(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Queue an encrypted file again, with its password."""
        upload = upload_of(self._uploads, owner, request.path_params["id"])
        password = str(sent.get("password", ""))[:_MAX_PASSWORD_CHARACTERS]
        return data(upload_shown(self._uploads.unlock(upload, password)), 202)

    def cancel(self, request: Request, owner: str) -> Response:
        """Stop a file or web page that waits or is being read."""
        self._uploads.cancel(upload_of(self._uploads, owner, request.path_params["id"]))
        return data({}, 202)

    def cancel_all(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Stop all files and web pages that wait or are being read."""
        self._uploads.cancel_all(owner)
        return data({}, 202)

    def clear(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Clear the finished uploads from the list."""
        self._uploads.clear_finished(owner)
        return data({})


def _ids(sent: Mapping[str, Any]) -> set[int]:
    """Return the ids of the documents that were sent.

    Raises:
        SettingsError: they are no list of ids, or too many.
    """
    ids = sent.get("ids")
    if not isinstance(ids, list) or not all(type(id_) is int for id_ in ids):
        raise SettingsError("Send the documents as a list of their ids.")
    if len(ids) > MAX_MANY:
        raise SettingsError(f"At most {MAX_MANY} documents are taken at once: send the others after them.")
    return set(ids)


def _collection(sent: Mapping[str, Any]) -> str:
    return str(sent.get("collection", "")).strip()[:100]


def upload_shown(upload: Upload) -> dict[str, Any]:
    """Return an upload as the page shows it."""
    return {
        "id": upload.id,
        "name": upload.name,
        "state": upload.state,
        "doing": describe_progress(upload),
        "share": upload.share,
        "text": reason_shown(gettext(upload.text)) if upload.text else "",
    }


def describe_progress(upload: Upload) -> str:
    """Describe in words what is being done with an uploaded file."""
    if upload.state != "working":
        return gettext("waiting") if upload.state == "waiting" else upload.state
    size = decimal(upload.done / 1000, 1)  # of a web page, in MB
    begun, at, of = _STEPS.get(upload.stage, (upload.stage,) * 3)
    told = of if upload.total else at if upload.done else begun
    return gettext(told).format(done=upload.done, total=upload.total, size=size)


def _refresh_told(state: RefreshState) -> str:
    """Return how far the reading again is, in words; "" if there is none."""
    if not state.total:
        return ""
    told = gettext("Reading again for tables and sections: {number} of {total}")
    return told.format(number=state.done + 1, total=state.total)
