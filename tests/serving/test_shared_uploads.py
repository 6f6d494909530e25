"""Whichever server is asked, it knows of every upload, whoever accepted it and whoever takes it in."""

from pathlib import Path

import pytest

from tests.serving.queue_parts import Open
from tests.serving.sent_files import ended, locked_pdf, received, send

pytestmark = pytest.mark.postgres


def test_what_one_server_accepts_another_takes_in_and_a_third_tells_of(part: Open) -> None:
    accepting, taking, asked = part(), part(), part()
    upload = accepting.uploads.add("ann", "a.txt", received(accepting.uploads, b"Good text.", "a.txt"))
    assert [each.state for each in asked.uploads.of("ann")] == ["waiting"]
    assert asked.uploads.coming_to("ann") == [upload]
    assert not asked.uploads.are_running
    taking.worker.start()
    ready = ended(asked.uploads, upload)
    assert (ready.state, ready.text) == ("ready", "")
    assert asked.stores.library.document(ready.document_id or 0)
    assert asked.uploads.file_of("ann", "a.txt").read_bytes() == b"Good text."
    asked.uploads.clear_finished("ann")
    assert accepting.uploads.of("ann") == []


def test_a_password_opens_a_file_on_a_server_that_leaves_the_queue_to_others(part: Open, tmp_path: Path) -> None:
    server, other = part(), part()
    other.worker.start()
    locked = send(server.uploads, locked_pdf(tmp_path), "a.pdf", owner="ann")
    assert locked.state == "locked"
    assert server.uploads.unlock(locked, "opensesame").state == "working"
    assert ended(other.uploads, locked).state == "ready"
    with server.stores.jobs._connections.borrow() as db:
        assert "opensesame" not in str(db.execute("SELECT * FROM jobs").fetchall())
