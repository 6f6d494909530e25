"""Verification: an exported answer or conversation, checked against the documents as they are now."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.backend import Backend
from api.caller import Caller, documents_of
from api.problems import ProblemError
from api.rest.common import BackendOf, CallerOf, Shown, problems
from rag.exports.answer_schema import AnswerExport, read_exports
from rag.exports.verification import Kind, Verification, verify

router = APIRouter(prefix="/verify", tags=["verify"])

_MAX_CHARACTERS = 200_000
_MAX_PASSAGES = 1_000
_EXPORTS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/AnswerExport"},
                        {"$ref": "#/components/schemas/ConversationExport"},
                    ]
                }
            }
        },
    }
}


class FindingShown(Shown):
    """A difference. `sentence` and `answer` count from 1; a `sentence` of 0 is about a document."""

    kind: Kind
    message: str
    document: str
    sentence: int
    answer: int


class Verified(Shown):
    """The differences found, and how much was checked. It `holds` if nothing differs."""

    holds: bool
    findings: list[FindingShown]
    answers: int
    sentences: int
    quotes: int
    documents: int


@router.post("", responses=problems(422), openapi_extra=_EXPORTS)
async def verify_export(backend: BackendOf, caller: CallerOf, request: Request) -> Verified:
    """Check an exported answer or conversation: are its documents, quotes and support still the same?"""
    body = await request.body()
    return Verified.model_validate(await run_in_threadpool(_verify, backend, caller, body))


def _verify(backend: Backend, caller: Caller, body: bytes) -> Verification:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(400, "The body is not UTF-8 text.") from error
    exports = read_exports(text, "The body")
    _require_bounded(exports)
    library = backend.services.library
    return verify(exports, library, backend.services.words_scorer, documents_of(backend.services, caller))


def _require_bounded(exports: Sequence[AnswerExport]) -> None:
    """Refuse what would take minutes to judge: each sentence is compared with each passage.

    Raises:
        ProblemError: it is too much.
    """
    characters = sum(len(export.answer) + sum(len(each.text) for each in export.sentences) for export in exports)
    passages = sum(len(export.passages) for export in exports)
    if characters > _MAX_CHARACTERS or passages > _MAX_PASSAGES:
        raise ProblemError(
            422,
            f"This is too much to verify at once: at most {_MAX_CHARACTERS:,} characters and {_MAX_PASSAGES:,} "
            "passages. 'citewell verify' has no such limit.",
        )
