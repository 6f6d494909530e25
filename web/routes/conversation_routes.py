"""Routes of the conversations pane, the settings panel and the palette, over each user's own conversations."""

from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.answering.conversation_settings import problems
from rag.errors import AccessError, SettingsError
from rag.exports.note_records import note_title
from rag.services import Services
from rag.text.message_catalogues import to_translate
from rag.types import Conversation, Thumb
from serving.ownership import own_conversation, readable_documents, shares_of
from serving.stored_answers import KeptAnswers
from web.chat.answer_jobs import AnswerJobs
from web.page_language import gettext
from web.rendering import quotes_html
from web.rendering.cited_figures import cited_figures
from web.rendering.conversation_files import MEDIA_TYPES, Format, export, file_name
from web.rendering.quote_images import QuoteImages
from web.routes.endpoint import PRIVATE, data, endpoint, in_turn, json_endpoint
from web.stored_texts import reason_shown

_MAX_REMARK_CHARACTERS = 2000
_MAX_TEXT_CHARACTERS = 200
_MAX_FOUND = 8
_NO_ANSWER = to_translate("This answer is not there (any more).")


class ConversationRoutes:
    """Routes over the library of these services; `quote_images` are for exports."""

    def __init__(self, services: Services, quote_images: QuoteImages, jobs: AnswerJobs) -> None:
        self._services = services
        self._quote_images = quote_images
        self._jobs = jobs

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        one = "/conversations/{id}"
        return [
            Route("/conversations", endpoint(self.listing), methods=["GET"]),
            Route(one, endpoint(self.show), methods=["GET"]),
            Route(one, json_endpoint(self.rename), methods=["PATCH"]),
            Route(one, endpoint(self.delete), methods=["DELETE"]),
            Route(f"{one}/excluded", json_endpoint(self.exclude), methods=["PUT"]),
            Route(f"{one}/file", endpoint(in_turn(self._quote_images.turns, self.file)), methods=["GET"]),
            Route(f"{one}/answers/{{number:number}}", json_endpoint(self.rate), methods=["PATCH"]),
            Route(f"{one}/answers/{{number:number}}/quotes", endpoint(self.quotes), methods=["GET"]),
            Route("/settings", json_endpoint(self.check), methods=["POST"]),
            Route("/find", endpoint(self.find), methods=["GET"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:
        """List the user's conversations, the latest first; those that contain a text, if one is given."""
        found = self._services.conversations.conversations(
            owner, request.query_params.get("text", "")[:_MAX_TEXT_CHARACTERS]
        )
        listed = [(each, self._jobs.of(owner, each.id) is not None) for each in found]
        worth = [each for each in listed if each[1] or each[0].exchanges or each[0].unanswered]
        return data({"conversations": [_listed(each, is_running=is_running) for each, is_running in worth]})

    def show(self, request: Request, owner: str) -> Response:
        """Return a conversation's settings, and the ids of documents that are not searched in it."""
        found = self._find(request, owner)
        readable = {document.id for document in readable_documents(self._services, owner)}
        excluded = self._services.conversations.excluded(found.id, owner) & readable
        return data({"settings": dict(found.settings), "excluded": sorted(excluded)})

    def exclude(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Store which documents are not searched in a conversation."""
        found = self._find(request, owner)
        ids = sent.get("excluded")
        if not isinstance(ids, list) or not all(isinstance(id_, int) for id_ in ids):
            raise SettingsError("Name documents by their ids.")
        self._services.conversations.exclude(found.id, owner, set(ids))
        return data({})

    def rename(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Give a conversation another name."""
        conversation = self._find(request, owner)
        name = str(sent.get("name", "")).strip()
        if not name:
            raise SettingsError(gettext("A conversation needs a name."))
        self._services.conversations.rename(conversation.id, owner, name)
        return data({})

    def delete(self, request: Request, owner: str) -> Response:
        """Delete a conversation with all that belongs to it."""
        found = self._find(request, owner)
        self._jobs.end(owner, found.id)
        self._services.conversations.delete(found.id, owner)
        shares_of(self._services).forget_conversation(found.id)
        return data({})

    def file(self, request: Request, owner: str) -> Response:
        """Export a conversation as a file to download."""
        conversation = self._find(request, owner)
        form = asked_form(request)
        exchanges = self._services.conversations.exchanges(conversation.id, owner)
        images = self._quote_images.of(readable_documents(self._services, owner))
        text = export(form, conversation, exchanges, self._services.provenance().citewell, images)
        return download(text, conversation.name, form)

    def rate(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:
        """Store the user's rating of an answer."""
        conversation = self._find(request, owner)
        thumb: Thumb = next((each for each in get_args(Thumb) if each == sent.get("thumb")), "")
        number, remark = request.path_params["number"], str(sent.get("remark", ""))[:_MAX_REMARK_CHARACTERS]
        if not self._services.conversations.rate(conversation.id, owner, number, thumb, remark):
            raise AccessError(gettext(_NO_ANSWER))
        return data({})

    def quotes(self, request: Request, owner: str) -> Response:
        """Return the quotes of one answer, the first of a conversation being 1, as HTML."""
        conversation, number = self._find(request, owner), request.path_params["number"]
        answers = KeptAnswers(self._services).answers(conversation.id, owner)
        if not 1 <= number <= len(answers):
            raise AccessError(gettext(_NO_ANSWER))
        answer = answers[number - 1]
        figures = cited_figures(answer, self._services.library)
        return data({"html": quotes_html.quotes(answer, figures, title=gettext("Quotes of an earlier answer"))})

    def check(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Return what is wrong with settings, and store the valid ones if a conversation is named."""
        chosen = sent.get("settings")
        if not isinstance(chosen, dict):
            raise SettingsError("Settings are names with values.")
        invalid = problems(self._services.settings, chosen, self._services.models)
        if id_ := sent.get("conversation"):
            valid = {name: value for name, value in chosen.items() if name not in invalid}
            self._services.conversations.configure(str(id_), owner, valid)
        return data({"problems": {name: reason_shown(why) for name, why in invalid.items()}})

    def find(self, request: Request, owner: str) -> Response:
        """Return a few of the user's conversations and notes that have a text, the latest conversations first."""
        text = " ".join(request.query_params.get("text", "")[:_MAX_TEXT_CHARACTERS].split())
        found = self._services.conversations.conversations(owner, text)
        talks = [each for each in found if each.exchanges or each.unanswered]
        notes = [(note, note_title(note)) for note in self._services.notes.notes(owner)]
        having = [(note, title) for note, title in notes if text.casefold() in f"{title} {note.text}".casefold()]
        return data(
            {
                "conversations": [{"id": each.id, "name": each.name} for each in talks[:_MAX_FOUND]],
                "notes": [{"id": note.id, "name": title} for note, title in having[:_MAX_FOUND]],
            }
        )

    def _find(self, request: Request, owner: str) -> Conversation:
        return own_conversation(self._services, owner, request.path_params["id"])


def _listed(conversation: Conversation, *, is_running: bool) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "name": conversation.name,
        "answers": conversation.exchanges,
        "running": is_running,
        "updated_at": conversation.updated_at,
    }


def asked_form(request: Request) -> Format:
    """Return the form of file that an address asks for.

    Raises:
        SettingsError: there is no such form.
    """
    form: Format | None = next((each for each in get_args(Format) if each == request.query_params.get("form")), None)
    if form is None:
        raise SettingsError(f"Exports are {', '.join(get_args(Format))}.")
    return form


def download(text: str, name: str, form: Format) -> Response:
    """Return a file, to be kept under the name of what is in it."""
    headers = {**PRIVATE, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name(name, form))}"}
    return Response(text, media_type=MEDIA_TYPES[form], headers=headers)
