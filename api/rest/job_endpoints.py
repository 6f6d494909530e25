"""Jobs: the files that are being read, their progress, and what became of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.answer_stream import AnswerStream, frame
from api.backend import Backend
from api.caller import Caller
from api.problems import ProblemError
from api.rest.common import BackendOf, CallerOf, Shown, Strict, WriterOf, problems
from rag.errors import AccessError
from rag.types.jobs import JobState
from serving.ownership import upload_of
from serving.upload_progress import Upload

router = APIRouter(prefix="/jobs", tags=["jobs"])

_LOOK_S = 0.2
_MAX_FOLLOWED = 20
"""Jobs that one user's programs may follow at once: each asks the library five times a second."""

_ENDED = ("ready", "failed", "locked")
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/JobEvent"}}},
        "description": "Its progress.",
    }
}


class Job(Shown):
    """A file being read. `text` says why it failed, or something about it otherwise.

    Of the step `stage`, `done` of `total` is done; a total of 0 is unknown. A `locked` file waits for its password.
    """

    id: int
    name: str
    state: JobState
    stage: str
    done: int
    total: int
    text: str
    collection: str
    document_id: int | None


class JobList(Shown):
    """The jobs since the server was started, or of the last day where servers share them, with those that ended."""

    jobs: list[Job]


class Unlock(Strict):
    """The password of a file, which is not stored."""

    password: Annotated[str, Field(min_length=1, max_length=1000)]


@router.get("", responses=problems())
def list_jobs(backend: BackendOf, caller: CallerOf) -> JobList:
    """List the jobs in the order in which they came."""
    uploads = backend.uploads.of(caller.owner)
    return JobList(jobs=[job_of(upload) for upload in uploads if caller.collection in (None, upload.collection)])


@router.get("/{job_id}", responses=problems(404, 422))
def show_job(job_id: int, backend: BackendOf, caller: CallerOf) -> Job:
    """Show a job."""
    return job_of(_upload(backend, caller, job_id))


@router.post("/{job_id}/password", responses=problems(404, 422))
def unlock(job_id: int, sent: Unlock, backend: BackendOf, caller: WriterOf) -> Job:
    """Read an encrypted file again, with its password."""
    return job_of(backend.uploads.unlock(_upload(backend, caller, job_id), sent.password))


@router.get("/{job_id}/events", response_class=StreamingResponse, responses={**problems(404, 422, 429), **_STREAM})
async def follow_job(job_id: int, backend: BackendOf, caller: CallerOf) -> AnswerStream:
    """Stream a job as it changes, as events `job`, until it has ended."""
    job = job_of(await run_in_threadpool(_upload, backend, caller, job_id))
    async with AsyncExitStack() as stack:
        stack.enter_context(_following(backend.followed, caller.owner))
        return AnswerStream(_changes(backend, caller, job), stack.pop_all())
    raise AssertionError("the stack swallows no error")


@contextmanager
def _following(followed: Counter[str], owner: str) -> Iterator[None]:
    if followed[owner] >= _MAX_FOLLOWED:
        raise ProblemError(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"You follow {_MAX_FOLLOWED} jobs already. End one, or ask for GET /api/v1/jobs now and then.",
        )
    followed[owner] += 1
    try:
        yield
    finally:
        followed[owner] -= 1


async def _changes(backend: Backend, caller: Caller, job: Job) -> AsyncIterator[str]:
    yield frame(job.model_dump_json(), "job")
    while job.state not in _ENDED:
        await asyncio.sleep(_LOOK_S)
        try:
            now = job_of(await run_in_threadpool(_upload, backend, caller, job.id))
        except AccessError:  # somebody has taken it off the list
            return
        if now != job:
            job = now
            yield frame(job.model_dump_json(), "job")


def job_of(upload: Upload) -> Job:
    """Return an upload as clients see it."""
    return Job.model_validate(replace(upload, collection=upload.collection or ""))


def _upload(backend: Backend, caller: Caller, id_: int) -> Upload:
    upload = upload_of(backend.uploads, caller.owner, id_)
    if caller.collection not in (None, upload.collection):
        upload_of(backend.uploads, caller.owner, -1)  # as one that does not exist
    return upload
