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


def followed(run: AnswerJob, left: Event | None = None) -> list[str]:
    return [each.status for each in run.views(left or Event())]


def test_all_who_follow_see_how_it_ends_and_who_comes_late_too() -> None:
    writer, runs = Writer(), AnswerJobs()
    run = runs.begin("ann", "c1", writer)
    seen: list[list[str]] = []
    tabs = [Thread(target=lambda: seen.append(followed(run))) for _ in range(3)]
    for tab in tabs:
        tab.start()
    writer.go_on.set()
    for tab in tabs:
        tab.join(LONG_S)
    assert [each[-1] for each in [*seen, followed(run)]] == ["ended"] * 4


def test_a_tab_that_leaves_waits_no_longer_and_the_answer_goes_on() -> None:
    writer, runs = Writer(), AnswerJobs()
    run, left = runs.begin("ann", "c1", writer), Event()
    views = run.views(left)
    assert next(views).status == "begun"
    left.set()
    run.wake()
    assert list(views) == []
    assert runs.of("ann", "c1") is run
    writer.go_on.set()
    run.wait(LONG_S)
    assert followed(run) == ["ended"]


def test_it_is_found_by_its_owner_until_it_has_ended_and_by_nobody_else() -> None:
    writer, runs = Writer(), AnswerJobs()
    run = runs.begin("ann", "c1", writer)
    assert runs.of("ann", "c1") is run
    assert (runs.of("bob", "c1"), runs.of("ann", "c2"), runs.of("ann", "")) == (None, None, None)
    runs.end("bob", "c1")
    assert runs.of("ann", "c1") is run
    runs.end("ann", "c1")
    assert followed(run) == ["stopped"]


def test_a_conversation_has_one_answer_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.chat.answer_jobs._ENDING_S", 0.01)
    go_on = Event()

    def loading(_: CancelEvent) -> Iterator[View]:
        yield view("loading")
        go_on.wait(LONG_S)

    runs = AnswerJobs()
    run = runs.begin("ann", "c1", loading)
    runs.end("ann", "c1")
    with pytest.raises(BusyError, match="still being worked on"):
        runs.begin("ann", "c1", Writer())
    others = [
        runs.begin(owner, id_, loading) for owner, id_ in (("bob", "c1"), ("ann", "c2"), ("ann", ""), ("ann", ""))
    ]
    go_on.set()
    for each in (run, *others):
        each.wait(LONG_S)
    runs.begin("ann", "c1", loading).wait(LONG_S)


def test_closing_ends_all_with_what_there_is() -> None:
    runs = AnswerJobs()
    all_of_them = [runs.begin("ann", f"c{number}", Writer()) for number in range(3)]
    runs.close()
    assert [followed(run) for run in all_of_them] == [["stopped"]] * 3


def test_what_goes_wrong_is_raised_where_it_is_followed(caplog: pytest.LogCaptureFixture) -> None:
    def write(_: CancelEvent) -> Iterator[View]:
        yield view("begun")
        raise ZeroDivisionError

    run = AnswerJobs().begin("ann", "c1", write)
    run.wait(LONG_S)
    with pytest.raises(ZeroDivisionError):
        followed(run)
    assert "an answer could not be written" in caplog.text
