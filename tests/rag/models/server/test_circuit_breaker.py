"""A server that fails is left alone for a while, longer each time."""

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
