"""Which server of several the next request goes to; one that fails is left alone for a while, longer each time."""

from collections import Counter
from contextlib import suppress

import pytest

from rag.model_servers.replicas import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MUCH_BUSIER,
    CircuitBreaker,
    Replica,
    Replicas,
    choose,
)
from rag.model_servers.server_failures import OutOfServiceError, RejectedRequestError
from tests.support.clock import Clock
from tests.support.servers.replica_sets import replicas_of, taken


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def replicas(clock: Clock) -> Replicas:
    return replicas_of("model", "http://a:1/v1,http://b:2/v1,http://c:3/v1", clock)


def fail(replicas: Replicas, replica: Replica, error: Exception | None = None) -> None:
    with suppress(OutOfServiceError, RejectedRequestError), replicas.judged(replica):
        raise error or OutOfServiceError("The server at a cannot be reached.", "Connection refused")
    replicas.release(replica)


def states(replicas: Replicas) -> dict[str, str]:
    return {each.host: each.state for each in replicas.states()}


def test_one_put_aside_is_left_alone_then_tried_by_one_request(
    replicas: Replicas, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    failed = taken(replicas)
    fail(replicas, failed)
    assert failed not in [taken(replicas) for _ in range(6)]
    clock.now = 1.5
    assert states(replicas)[failed.host] == "due"
    assert taken(replicas, "key") is failed, "before all others, however busy they are"
    assert failed not in [taken(replicas) for _ in range(6)]
    with replicas.judged(failed):
        pass
    assert set(states(replicas).values()) == {"in use"}
    assert "Other servers of the model are asked meanwhile" in caplog.text
    assert f"{failed.host} answers again" in caplog.text


def test_a_server_that_refuses_a_request_for_what_it_is_works(replicas: Replicas, clock: Clock) -> None:
    failed = taken(replicas)
    fail(replicas, failed)
    clock.now = 1.5
    fail(replicas, taken(replicas), RejectedRequestError("The server rejects the request.", "bad field"))
    assert set(states(replicas).values()) == {"in use"}


def test_a_request_that_was_given_up_leaves_the_server_to_the_next(replicas: Replicas, clock: Clock) -> None:
    failed = taken(replicas)
    fail(replicas, failed)
    clock.now = 1.5
    with pytest.raises(KeyboardInterrupt), replicas.judged(taken(replicas)):
        raise KeyboardInterrupt
    assert taken(replicas) is failed


def test_what_the_model_does_not_compute_tells_nothing_of_it(replicas: Replicas, clock: Clock) -> None:
    """A server that is loading its model lists it already."""
    failed = taken(replicas)
    fail(replicas, failed)
    clock.now = 1.5
    assert failed not in [replicas.take("", (), computes=False) for _ in range(6)]
    with replicas.judged(failed, computes=False):
        pass
    assert states(replicas)[failed.host] == "due"
    assert taken(replicas) is failed


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


ADDRESSES = ("http://a/v1", "http://b/v1", "http://c/v1")


def test_a_key_has_one_server_until_that_is_much_busier() -> None:
    idle = dict.fromkeys(ADDRESSES, 0)
    first = choose(idle, "key", MUCH_BUSIER)
    assert choose(idle | {first: MUCH_BUSIER}, "key", MUCH_BUSIER) == first
    second = choose(idle | {first: MUCH_BUSIER + 1}, "key", MUCH_BUSIER)
    assert second != first
    assert choose(dict(reversed(idle.items())), "key", MUCH_BUSIER) == first, "the order of the setting is no matter"


def test_keys_are_spread_and_only_those_of_a_server_that_is_gone_move() -> None:
    before = {key: choose(dict.fromkeys(ADDRESSES, 0), key, 0) for key in map(str, range(900))}
    assert all(250 < count < 350 for count in Counter(before.values()).values())
    after = {key: choose(dict.fromkeys(ADDRESSES[:2], 0), key, 0) for key in before}
    assert all(after[key] == host for key, host in before.items() if host != ADDRESSES[2])
