"""The server says at once when its port is taken, serves the page with our scripts, and stops its answers."""

import logging
import re
import signal
import socket
from asyncio import CancelledError
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import httpx
import pytest
from gradio import tunneling

from api.event_streams import EventStreams
from rag.runtime.progress import CancelEvent
from serving.auth_file import Users
from tests.support.app_process import scripted, scripted_process
from tests.support.commands import run_citewell
from tests.support.scripted_app import LOADING
from tests.support.waiting import until
from web.chat.answer_jobs import AnswerJobs, View
from web.idle_refresh import BackgroundRefresh
from web.server import RunningApp


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


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def test_the_end_of_waiting_stops_serving_and_answering() -> None:
    jobs, stopped = AnswerJobs(), Event()

    def write(cancelled: CancelEvent) -> Iterator[View]:
        if cancelled.wait(30):
            stopped.set()
        yield from ()

    jobs.begin("", "c1", write)
    blocks, refresh = ClosedBlocks(), StoppedRefresh()
    with pytest.raises(KeyboardInterrupt):
        RunningApp(url="http://127.0.0.1:1", blocks=blocks, jobs=jobs, refresh=refresh, streams=EventStreams()).wait()
    assert blocks.closed
    assert refresh.stopped
    assert stopped.is_set()


def test_pages_that_are_open_at_the_end_are_no_errors(caplog: pytest.LogCaptureFixture) -> None:
    blocks, refresh = ClosedBlocks(), StoppedRefresh()
    RunningApp(url="", blocks=blocks, jobs=AnswerJobs(), refresh=refresh, streams=EventStreams()).stop()
    log = logging.getLogger("uvicorn.error")
    log.error("Cancel %d running task(s), timeout graceful shutdown exceeded", 1)
    for error in (CancelledError("timeout graceful shutdown exceeded"), ValueError("a fault")):
        log.error("Exception in ASGI application\n", exc_info=error)
    assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == ["a fault"]


class TerminatedBlocks(ClosedBlocks):
    """Blocks during whose end another SIGTERM comes, as from a person who cannot wait."""

    def close(self, *, verbose: bool) -> None:
        signal.raise_signal(signal.SIGTERM)
        super().close(verbose=verbose)


def test_another_signal_does_not_keep_answers_from_being_stored() -> None:
    def given(*_: object) -> None:
        """Do what the program did before."""

    before = signal.signal(signal.SIGTERM, given)
    jobs, blocks, refresh = AnswerJobs(), TerminatedBlocks(), StoppedRefresh()
    try:
        with pytest.raises(KeyboardInterrupt):
            RunningApp(url="", blocks=blocks, jobs=jobs, refresh=refresh, streams=EventStreams()).wait()
    finally:
        after = signal.signal(signal.SIGTERM, before)
    assert blocks.closed
    assert refresh.stopped
    assert after is given  # programs that are started later can be ended


def test_the_page_can_be_opened_while_the_models_are_loaded(tmp_path: Path) -> None:
    loading = tmp_path / LOADING
    loading.write_text("")
    with scripted(tmp_path, "It is so.") as address:
        assert "citewell/static/main.js" in httpx.get(address, timeout=30).text
        assert httpx.get(f"{address}/ready", timeout=30).status_code == httpx.codes.SERVICE_UNAVAILABLE
        loading.unlink()
        until(lambda: httpx.get(f"{address}/ready", timeout=30).is_success)


def test_a_model_that_cannot_be_loaded_ends_the_server(tmp_path: Path) -> None:
    loading = tmp_path / LOADING
    loading.write_text("The model is damaged.")
    with scripted_process(tmp_path, "It is so.") as (address, process):
        assert httpx.get(address, timeout=30).is_success
        loading.unlink()
        process.join(60)
        assert process.exitcode == 1


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no address of IPv6")
def test_the_page_is_served_over_ipv6(tmp_path: Path) -> None:
    with scripted(tmp_path, "It is so.", host="::1") as address:
        assert re.fullmatch(r"http://\[::1\]:\d+", address)
        assert "citewell/static/main.js" in httpx.get(address, timeout=30).text


def test_no_public_link_without_a_sign_in() -> None:
    result = run_citewell("serve", "--share")
    assert result.returncode == 1
    assert "no public link without a sign-in" in " ".join(result.stderr.split())
    assert "loading" not in result.stderr


def test_a_tunnel_program_that_cannot_be_fetched_is_said_before_any_model_is_loaded(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable() -> None:
        raise OSError("[Errno 111] Connection refused")

    monkeypatch.setattr(tunneling.Tunnel, "download_binary", unreachable)
    result = run_citewell("serve", "--share", "--auth-file", str(users.path), "--port", "0")
    said = " ".join(result.stderr.split())
    assert result.returncode == 1
    assert "The public link needs a program of Gradio's (frpc), and it cannot be fetched" in said
    assert "start without --share" in said
    assert "loading" not in said
    assert "Traceback" not in said
