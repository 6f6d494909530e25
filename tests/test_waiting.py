"""Tests wait for what happens, and say what did not."""

from itertools import count

import pytest

from tests.support.waiting import until


def test_it_waits_until_the_condition_is_true_and_returns_its_value() -> None:
    looks = count()
    assert until(lambda: next(looks) >= 3)
    assert next(looks) == 4, "it looks no more once it is true"
    assert until(lambda: [1]) == [1]


def test_what_does_not_happen_is_an_error_that_says_how_it_stands() -> None:
    with pytest.raises(AssertionError, match=r"^it did not happen within 0\.02 seconds$"):
        until(lambda: False, seconds=0.02)
    with pytest.raises(AssertionError, match=r"^it did not happen within 0 seconds: 2 of 3 came$"):
        until(lambda: None, seconds=0, state=lambda: "2 of 3 came")


def test_what_is_true_at_the_first_look_needs_no_time() -> None:
    assert until(lambda: True, seconds=0)


def test_an_error_of_the_condition_is_not_waited_out() -> None:
    with pytest.raises(ZeroDivisionError):
        until(lambda: 1 / 0)
