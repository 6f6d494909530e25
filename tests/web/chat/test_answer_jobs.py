"""Answers that are being written: followed by any number of tabs, stopped, waited for, found by their owner only."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest

from rag.errors import BusyError
from rag.runtime.progress import CancelEvent
from web.chat.answer_jobs import AnswerJob, AnswerJobs, View
from web.chat.state import Conversation

LONG_S = 30.0


def view(status: str) -> View:
    return View((), Conversation(), None, status)


class Writer:
    """Writes one status after the other, as it is let; it ends with "stopped" when it is stopped."""

    def __init__(self) -> None:
        self.go_on = Event()

    def __call__(self, cancelled: CancelEvent) -> Iterator[View]:
        yield view("begun")
        while not (self.go_on.is_set() or cancelled.is_set()):
            self.go_on.wait(0.01)
        yield view("stopped" if cancelled.is_set() else "ended")


def followed(job: AnswerJob[View], left: Event | None = None) -> list[str]:
    return [each.status for each in job.views(left or Event())]


def test_all_who_follow_see_how_it_ends_and_who_comes_late_too() -> None:
    writer, jobs = Writer(), AnswerJobs()
    job = jobs.begin("ann", "c1", writer)
    seen: list[list[str]] = []
    tabs = [Thread(target=lambda: seen.append(followed(job))) for _ in range(3)]
    for tab in tabs:
        tab.start()
    writer.go_on.set()
    for tab in tabs:
        tab.join(LONG_S)
    assert [each[-1] for each in [*seen, followed(job)]] == ["ended"] * 4


def test_a_tab_that_leaves_waits_no_longer_and_the_answer_goes_on() -> None:
    writer, jobs = Writer(), AnswerJobs()
    job, left = jobs.begin("ann", "c1", writer), Event()
    views = job.views(left)
    assert next(views).status == "begun"
    left.set()
    job.wake()
    assert list(views) == []
    assert jobs.of("ann", "c1") is job
    writer.go_on.set()
    job.wait(LONG_S)
    assert followed(job) == ["ended"]


def test_it_is_found_by_its_owner_until_it_has_ended_and_by_nobody_else() -> None:
    writer, jobs = Writer(), AnswerJobs()
    job = jobs.begin("ann", "c1", writer)
    assert jobs.of("ann", "c1") is job
    assert (jobs.of("bob", "c1"), jobs.of("ann", "c2"), jobs.of("ann", "")) == (None, None, None)
    jobs.end("bob", "c1")
    assert jobs.of("ann", "c1") is job
    jobs.end("ann", "c1")
    assert followed(job) == ["stopped"]


def test_a_conversation_has_one_answer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.chat.answer_jobs._STOP_TIMEOUT_S", 0.01)
    go_on = Event()

    def loading(_: CancelEvent) -> Iterator[View]:
        yield view("loading")
        go_on.wait(LONG_S)

    jobs = AnswerJobs()
    job = jobs.begin("ann", "c1", loading)
    jobs.end("ann", "c1")
    with pytest.raises(BusyError, match="still being worked on"):
        jobs.begin("ann", "c1", Writer())
    others = [
        jobs.begin(owner, id_, loading) for owner, id_ in (("bob", "c1"), ("ann", "c2"), ("ann", ""), ("ann", ""))
    ]
    go_on.set()
    for each in (job, *others):
        each.wait(LONG_S)
    jobs.begin("ann", "c1", loading).wait(LONG_S)


def test_closing_ends_all_with_what_there_is() -> None:
    jobs = AnswerJobs()
    all_of_them = [jobs.begin("ann", f"c{number}", Writer()) for number in range(3)]
    jobs.close()
    assert [followed(job) for job in all_of_them] == [["stopped"]] * 3


def test_what_goes_wrong_is_raised_where_it_is_followed(caplog: pytest.LogCaptureFixture) -> None:
    def write(_: CancelEvent) -> Iterator[View]:
        yield view("begun")
        raise ZeroDivisionError

    job = AnswerJobs().begin("ann", "c1", write)
    job.wait(LONG_S)
    with pytest.raises(ZeroDivisionError):
        followed(job)
    assert "an answer could not be written" in caplog.text
