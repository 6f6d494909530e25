"""A sign-in comes back once, soon, to the browser that began it."""

from tests.support.clock import Clock
from web.auth.pending_sign_ins import PendingSignIns


def test_a_sign_in_is_taken_once_by_its_browser() -> None:
    pending = PendingSignIns()
    begun, secret = pending.begin("http://here/back", "c=1")
    assert pending.take("other", secret) is None
    assert pending.take(begun.state, secret) == begun
    assert pending.take(begun.state, secret) is None
    again, another = pending.begin("http://here/back", "")
    assert pending.take(again.state, secret) is None, "another browser's secret"
    assert pending.take(again.state, another) == again, "which does not end the sign-in"
    assert len({begun.state, begun.nonce, begun.verifier, again.state, again.nonce, again.verifier}) == 6


def test_two_tabs_of_a_browser_sign_in_side_by_side() -> None:
    clock = Clock(1000.0)
    pending = PendingSignIns(clock)
    first, secret = pending.begin("http://here/back", "c=1")
    second, same = pending.begin("http://here/back", "c=2", secret)
    assert same == secret
    assert [pending.take(each.state, secret) for each in (first, second)] == [first, second]
    assert pending.begin("http://here/back", "", secret)[1] != secret, "nothing of it is pending any more"
    assert pending.begin("http://here/back", "", "chosen by somebody else")[1] != "chosen by somebody else"


def test_a_sign_in_that_takes_too_long_is_over() -> None:
    clock = Clock(1000.0)
    pending = PendingSignIns(clock)
    begun, secret = pending.begin("http://here/back", "")
    clock.now += 601
    assert pending.take(begun.state, secret) is None


def test_the_oldest_of_too_many_is_forgotten() -> None:
    pending = PendingSignIns()
    first, secret = pending.begin("http://here/back", "")
    latest = [pending.begin("http://here/back", "") for _ in range(1000)][-1]
    assert pending.take(first.state, secret) is None
    assert pending.take(latest[0].state, latest[1]) == latest[0]
