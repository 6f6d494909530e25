"""A server that fails is left alone for a while, and tried by one request after it."""

from rag.models.server.circuit_breaker import FIRST_PAUSE_S, LONGEST_PAUSE_S, CircuitBreaker


def test_the_pause_grows_with_every_failure_up_to_a_limit() -> None:
    breaker, now, pauses = CircuitBreaker(), 100.0, []
    assert breaker.state(now) == "in use"
    for _ in range(9):
        breaker.try_it()
        breaker.fails(now)
        assert breaker.state(now) == "aside"
        pauses.append(breaker.aside_until - now)
        now = breaker.aside_until
        assert breaker.state(now) == "due"
    assert pauses[:4] == [FIRST_PAUSE_S, 2, 4, 8]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_requests_that_fail_together_count_as_one() -> None:
    breaker = CircuitBreaker()
    for _ in range(8):
        breaker.fails(100.0)
    assert breaker.aside_until == 100 + FIRST_PAUSE_S


def test_one_request_alone_finds_out_whether_it_is_back() -> None:
    breaker = CircuitBreaker()
    breaker.fails(0.0)
    assert breaker.state(5.0) == "due"
    breaker.try_it()
    assert breaker.state(5.0) == "aside"
    breaker.leave_it()
    assert breaker.state(5.0) == "due", "one that was given up has found out nothing"
    breaker.try_it()
    breaker.works()
    assert breaker.state(5.0) == "in use"
    breaker.fails(6.0)
    assert breaker.aside_until == 6 + FIRST_PAUSE_S, "earlier failures are forgotten"
