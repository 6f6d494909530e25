"""The log is lines for people, or an object a line for programs."""

import errno
import io
import json
import logging
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from observing import logs
from rag.errors import SettingsError


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Put the process's logging back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:], root.level = handlers, level


def test_json_is_one_object_a_line_with_fields_and_tracebacks() -> None:
    stream = io.StringIO()
    logs.configure("json", stream)
    logging.getLogger("citewell.access").info("GET /", extra={"fields": {"status": 200}})
    try:
        int("two\nlines")
    except ValueError:
        logging.getLogger("rag.something").exception("it failed")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("an old setting", stacklevel=1)
    access, failure, warning = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (access["level"], access["logger"], access["message"], access["status"]) == (
        "info",
        "citewell.access",
        "GET /",
        200,
    )
    assert datetime.fromisoformat(access["time"]).tzinfo is not None
    assert "ValueError: invalid literal" in failure["exception"]
    assert "an old setting" in warning["message"]


def test_text_is_for_people_and_has_requests_and_warnings_only() -> None:
    stream = io.StringIO()
    logs.configure("text", stream)
    logging.getLogger("web.idle_refresh").info("read again: %s", "diary.txt")
    logging.getLogger("citewell.access").info("GET %s", "/api/v1")
    logging.getLogger("httpx").warning("slow")
    first, second = stream.getvalue().splitlines()
    assert first.endswith("INFO citewell.access: GET /api/v1")
    assert second.endswith("WARNING httpx: slow")


def test_the_web_server_writes_to_the_same_log() -> None:
    stream = io.StringIO()
    logs.configure("json", stream)
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    logger.propagate = False
    logs.adopt_server()
    logger.error("a broken request")
    assert json.loads(stream.getvalue())["message"] == "a broken request"


def test_a_file_takes_the_log_at_the_level_of_the_setting_and_is_private(tmp_path: Path) -> None:
    logs.configure("text", level="info", file=tmp_path / "logs" / "app.log")
    logging.getLogger("web.idle_refresh").info("read again: %s", "diary.txt")
    logging.getLogger("web.idle_refresh").debug("too much")
    (line,) = (tmp_path / "logs" / "app.log").read_text().splitlines()
    assert line.endswith("INFO web.idle_refresh: read again: diary.txt")
    assert (tmp_path / "logs" / "app.log").stat().st_mode & 0o077 == 0
    with pytest.raises(SettingsError, match="Change log_file"):
        logs.configure("text", file=tmp_path / "logs" / "app.log" / "below")


def test_that_no_more_files_can_be_opened_is_a_sentence_without_a_traceback() -> None:
    stream = io.StringIO()
    logs.configure("text", stream)
    refused = OSError(errno.EMFILE, "Too many open files")
    logging.getLogger("asyncio").error("socket.accept() out of system resource", exc_info=refused)
    (line,) = stream.getvalue().splitlines()
    assert "ERROR asyncio: No file can be opened" in line
    assert "ulimit -n" in line
