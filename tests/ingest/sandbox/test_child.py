"""The reading process answers every request and forbids what no document needs."""

import io
import json

import pytest

from ingest.sandbox.child import _forbid, _serve
from ingest.sandbox.messages import read_frame
from tests.support.hostile.hostile_tasks import TASKS


def responses(task: str, **arguments: object) -> list[object]:
    """Return everything the process would send for a task, the closing message last."""
    stream = io.BytesIO()
    last = _serve(stream, TASKS, {"task": task, "arguments": arguments}, lambda: None)
    stream.seek(0)
    sent = []
    while stream.tell() < len(stream.getvalue()):
        sent.append(read_frame(stream, 1000)[0])
    return [*sent, last]


def test_results_are_sent_one_by_one_and_bytes_after_their_announcement() -> None:
    assert responses("parts", times=2) == [{"item": 0}, {"item": 1}, {"end": True}]
    assert responses("image") == [{"bytes": True}, b"\x00\xff" * 10, {"end": True}]
    assert responses("echo", value=None) == [{"item": None}, {"end": True}]


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ("refuse", {"error": "document", "message": "the PDF is damaged"}),
        ("lock", {"error": "locked", "message": "the PDF is encrypted"}),
        ("open_missing_file", {"error": "os", "message": "No such file or directory", "errno": 2}),
        ("fail", {"error": "other", "message": "KeyError: 'Root'"}),
        ("nest", {"error": "RecursionError"}),
        ("unknown", {"error": "other", "message": "KeyError: 'unknown'"}),
    ],
)
def test_an_error_closes_the_task_and_can_be_sent_as_json(task: str, error: dict[str, object]) -> None:
    assert responses(task) == [error]
    assert json.loads(json.dumps(error)) == error


@pytest.mark.parametrize("event", ["socket.connect", "subprocess.Popen", "os.system", "os.fork", "urllib.Request"])
def test_connections_and_programs_are_forbidden(event: str) -> None:
    with pytest.raises(RuntimeError, match="a document must not cause this"):
        _forbid(event, ())


@pytest.mark.parametrize("event", ["open", "import", "os.listdir", "compile"])
def test_reading_files_is_not_forbidden(event: str) -> None:
    _forbid(event, ())
