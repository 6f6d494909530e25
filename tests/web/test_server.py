"""The server says at once when its port is taken, serves the page with our scripts, and stops its answers."""

import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from rag.errors import SettingsError
from rag.runtime.progress import CancelEvent
from rag.settings import load_settings
from tests.support.app_process import scripted
from web.chat.answer_jobs import AnswerJobs, View
from web.server import RunningApp, require_free
from web.upkeep import BackgroundRefresh


class ClosedBlocks:
    """Gradio's blocks, as far as a running app uses them."""

    def __init__(self) -> None:
        self.closed = False

    def block_thread(self) -> None:
        raise KeyboardInterrupt

    def close(self, *, verbose: bool) -> None:
        self.closed = True


class StoppedRefresh(BackgroundRefresh):
    """A background refresh that was never started, and remembers its end."""

    def __init__(self) -> None:
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


def test_a_port_in_use_is_reported() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match=r"in use.*--port 0"):
            require_free(load_settings(port=taken.getsockname()[1]))
    require_free(load_settings(port=0))


def test_the_end_of_waiting_stops_serving_and_answering() -> None:
    jobs, stopped = AnswerJobs(), Event()

    def write(cancelled: CancelEvent) -> Iterator[View]:
        if cancelled.wait(30):
            stopped.set()
        yield from ()

    jobs.begin("", "c1", write)
    blocks, refresh = ClosedBlocks(), StoppedRefresh()
    with pytest.raises(KeyboardInterrupt):
        RunningApp("http://127.0.0.1:1", blocks, jobs, refresh).wait()
    assert blocks.closed
    assert refresh.stopped
    assert stopped.is_set()


def test_the_page_is_served_with_our_scripts_and_headers(tmp_path: Path) -> None:
    with scripted(tmp_path, "It is so.") as address, urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  our own
        page = answer.read().decode()
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    for part in ("citewell/static/main.js", "citewell/static/styles/layout.css", "cw-upload"):
        assert part in page, part
