"""A key uses so many requests and tokens a minute, and is told when there are more."""

import pytest

from api.caller import Caller
from api.problems import ProblemError
from api.rates import Rates
from tests.support.clock import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait(rates: Rates, caller: Caller) -> int:
    with pytest.raises(ProblemError) as refused:
        rates.take_request(caller)
    assert refused.value.problem.status == 429
    return refused.value.problem.retry_after


def test_requests_beyond_the_limit_wait_for_their_share_of_a_minute(clock: Clock) -> None:
    rates, caller = Rates(clock), Caller(key="a", requests=2)
    rates.take_request(caller)
    rates.take_request(caller)
    assert wait(rates, caller) == 30
    clock.now = 29.0
    assert wait(rates, caller) == 1
    clock.now = 30.0
    rates.take_request(caller)


def test_an_answer_may_overdraw_the_tokens_and_the_next_waits_for_all_of_them(clock: Clock) -> None:
    rates, caller = Rates(clock), Caller(key="a", tokens=60)
    rates.take_request(caller)
    rates.spend_tokens(caller, 89)
    assert wait(rates, caller) == 30
    clock.now = 30.0
    rates.take_request(caller)


def test_a_pause_saves_up_no_more_than_a_minutes_worth(clock: Clock) -> None:
    rates, caller = Rates(clock), Caller(key="a", requests=1)
    rates.take_request(caller)
    clock.now = 3600.0
    rates.take_request(caller)
    assert wait(rates, caller) == 60


def test_keys_do_not_share_their_limits_and_none_is_no_limit(clock: Clock) -> None:
    rates = Rates(clock)
    rates.take_request(Caller(key="a", requests=1))
    rates.take_request(Caller(key="b", requests=1))
    for _ in range(100):
        rates.take_request(Caller())
    rates.spend_tokens(Caller(), 10**9)
    rates.take_request(Caller())
