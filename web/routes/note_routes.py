"""Routes of the notes pane, over each user's own notes."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import AccessError, ConflictError, SettingsError
from rag.exports.note_records import find_quote, quoted, selected
from rag.services import Services
from rag.types import Note
from serving.ownership import readable_document, readable_documents
from web.chat.briefings import briefing_question
from web.page_language import gettext
from web.rendering.notes_file import export_notes
from web.rendering.notes_html import shown_note
from web.rendering.quote_images import QuoteImages
from web.routes.conversation_routes import asked_form, download
from web.routes.endpoint import data, endpoint, in_turn, json_endpoint

_MAX_TITLE_CHARACTERS = 200
_MAX_TEXT_CHARACTERS = 50_000
_MAX_NOTES = 1_000
_FILE_NAME = "Notes"


class NoteRoutes:
    """Routes over the library of these services; `quote_images` are for exports."""

    def __init__(self, services: Services, quote_images: QuoteImages) -> None:
        self._services = services
        self._quote_images = quote_images

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/notes", endpoint(self.listing), methods=["GET"]),
            Route("/notes", json_endpoint(self.create), methods=["POST"]),
            Route("/notes/file", endpoint(in_turn(self._quote_images.turns, self.file)), methods=["GET"]),
            Route("/notes/briefing", json_endpoint(self.briefing), methods=["POST"]),
            Route("/notes/{id}", json_endpoint(self.edit), methods=["PATCH"]),
            Route("/notes/{id}", endpoint(self.delete), methods=["DELETE"]),
            Route("/notes/{id}/place", json_endpoint(self.move), methods=["PUT"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """List the user's notes in their order."""
        documents = self._documents(owner)
        return data({"notes": [shown_note(note, documents) for note in self._services.notes.notes(owner)]})

    def create(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Store a note: of an answer or a selection of it, of a quote on a page, or with the user's own words."""
        if len(self._services.notes.notes(owner)) >= _MAX_NOTES:
            raise SettingsError(f"There are {_MAX_NOTES:,} notes, and more is not kept. Delete some first.")
        if "conversation" in sent:
            record = self._record_of_answer(sent, owner)
        elif "document" in sent:
            record = self._record_of_quote(sent, owner)
        else:
            record = None
        title, text = _words(sent)
        note = self._services.notes.create(owner, title, text, record)
        return self._shown(note, owner, 201)

    def _record_of_answer(self, sent: Any, owner: str) -> dict[str, Any]:
        exchanges = self._services.conversations.exchanges(str(sent["conversation"]), owner)
        found = next((each.record for each in exchanges if each.number == sent.get("answer")), None)
        if found is None:
            raise AccessError(gettext("This answer is not there (any more)."))
        if "selection" not in sent:
            return dict(found)
        record = selected(found, str(sent["selection"]))
        if record is None:
            raise SettingsError(gettext("No sentence of this answer has these words. Select some of its text."))
        return record

    def _record_of_quote(self, sent: Any, owner: str) -> dict[str, Any]:
        library = self._services.library
        id_, number = (sent.get(name) for name in ("document", "page"))
        if not isinstance(id_, int) or not isinstance(number, int):
            raise SettingsError("Name the document and its page by their numbers.")
        document = readable_document(self._services, owner, id_)
        page = library.page(document.id, number) if 1 <= number <= document.pages else None
        if page:
            place = find_quote(page, str(sent.get("quote", ""))) or _cited_place(sent, len(page.text))
            if place:
                return quoted(document, page, *place, self._services.provenance())
        raise SettingsError(gettext("These words do not stand on this page (any more). Select some of its text."))

    def edit(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Edit a note that is still as the user saw it; otherwise nothing changes, and the stored one is sent."""
        id_ = request.path_params["id"]
        title, text = _words(sent)
        version = sent.get("version")
        try:
            note = self._services.notes.edit(id_, owner, title, text, version if isinstance(version, int) else 0)
        except ConflictError as error:
            stored = self._find(id_, owner)
            return data({"error": str(error), "note": shown_note(stored, self._documents(owner))}, 409)
        if note is None:
            raise _not_there()
        return self._shown(note, owner)

    def delete(self, request: Request, owner: str) -> Response:
        """Delete a note."""
        if not self._services.notes.delete(request.path_params["id"], owner):
            raise _not_there()
        return data({})

    def move(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Put a note at another place in the order."""
        place = sent.get("place")
        if not isinstance(place, int):
            raise SettingsError("Name the place of the note by its number, from 0.")
        if not self._services.notes.move(request.path_params["id"], owner, place):
            raise _not_there()
        return data({})

    def briefing(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Return the question of a briefing about some notes, and the documents that they quote."""
        ids = sent.get("notes")
        chosen = [note for note in self._services.notes.notes(owner) if isinstance(ids, list) and note.id in ids]
        documents = self._documents(owner)
        quoted_ids = {id_ for note in chosen for id_ in shown_note(note, documents)["documents"]}
        return data({"question": briefing_question(chosen), "documents": sorted(quoted_ids)})

    def file(self, request: Request, owner: str) -> Response:
        """Export the notes as a file to download."""
        form = asked_form(request)
        notes = self._services.notes.notes(owner)
        made_with = self._services.provenance().citewell
        images = self._quote_images.of(readable_documents(self._services, owner))
        text = export_notes(form, notes, _FILE_NAME, made_with, images)
        return download(text, _FILE_NAME, form)

    def _shown(self, note: Note, owner: str, status: int = 200) -> Response:
        return data(shown_note(note, self._documents(owner)), status)

    def _find(self, id_: str, owner: str) -> Note:
        found = self._services.notes.find(id_, owner)
        if found is None:
            raise _not_there()
        return found

    def _documents(self, owner: str) -> dict[str, int]:
        return {each.sha256: each.id for each in readable_documents(self._services, owner) if each.sha256}


def _not_there() -> AccessError:
    return AccessError(gettext("This note is not among yours (any more). It may have been deleted in another tab."))


def _words(sent: Any) -> tuple[str, str]:
    """Return the title, as one line, and the text that were sent."""
    title, text = (str(sent.get(name, "")) for name in ("title", "text"))
    if len(text) > _MAX_TEXT_CHARACTERS:
        raise SettingsError(f"A note has at most {_MAX_TEXT_CHARACTERS:,} characters. Write the rest in another one.")
    return " ".join(title.split())[:_MAX_TITLE_CHARACTERS], text


def _cited_place(sent: Any, length: int) -> tuple[int, int] | None:
    """Return the cited words that were shown when the selection is not literally on the page, as in a drawn table."""
    start, end = (sent.get(name) for name in ("start", "end"))
    return (start, end) if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= length else None
