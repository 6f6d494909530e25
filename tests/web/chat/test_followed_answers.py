"""Which answer a tab follows: one at most, known to that tab only, forgotten when it ends."""

from threading import Thread
from typing import Any

import gradio as gr
import pytest

from web.chat.answer_jobs import AnswerJob
from web.chat.followed_answers import FollowedAnswers, Following

LONG_S = 30.0


def tab(session: str) -> gr.Request:
    return gr.Request(session_hash=session)


def test_a_tab_follows_one_answer_and_no_other_tab_does() -> None:
    followed, job = FollowedAnswers(), AnswerJob[Any]("ann", "c1")
    followed.turn(tab("one"), Following(job))
    assert followed.job(tab("one")) is job
    assert followed.job(tab("two")) is None


def test_a_tab_that_turns_away_waits_for_the_last_update_of_what_it_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.chat.followed_answers._LAST_UPDATE_S", LONG_S)
    followed = FollowedAnswers()
    earlier, later = Following(AnswerJob("ann", "c1")), Following(AnswerJob("ann", "c2"))
    followed.turn(tab("one"), earlier)
    turning = Thread(target=followed.turn, args=(tab("one"), later))
    turning.start()
    assert earlier.left.wait(LONG_S)
    assert turning.is_alive()
    assert not followed.end(tab("one"), earlier), "it has turned to the later one"
    turning.join(LONG_S)
    assert not turning.is_alive()
    assert followed.job(tab("one")) is later.job


def test_a_tab_that_has_ended_or_was_closed_is_forgotten() -> None:
    followed, ended, closed = FollowedAnswers(), Following(AnswerJob("ann", "c1")), Following(AnswerJob("ann", "c2"))
    followed.turn(tab("one"), ended)
    assert followed.end(tab("one"), ended)
    followed.turn(tab("two"), closed)
    followed.leave(tab("two"))
    assert closed.left.is_set()
    followed.leave(tab("two"))
    assert [followed.job(tab(name)) for name in ("one", "two")] == [None, None]


def test_what_a_tab_has_turned_away_from_is_left_at_once_however_late_it_comes() -> None:
    followed, late = FollowedAnswers(), Following(AnswerJob("ann", "c1"), sent=1)
    followed.turn(tab("one"), later := Following(AnswerJob("ann", "c2"), sent=2))
    followed.turn(tab("one"), late)
    assert (late.left.is_set(), later.left.is_set()) == (True, False)
    assert followed.job(tab("one")) is later.job
    followed.leave(tab("one"))
    followed.turn(tab("one"), anew := Following(AnswerJob("ann", "c3"), sent=0))
    assert followed.job(tab("one")) is anew.job, "a tab that was closed is forgotten"
