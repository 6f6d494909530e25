"""Guessing passwords gets slower and slower, and locks nobody else out."""

from web.auth.throttle import LoginThrottle


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_after_five_wrong_passwords_each_attempt_waits_twice_as_long() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock)
    assert [throttle.begin("ann", "1.1.1.1") for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(12):
        wait = throttle.begin("ann", "1.1.1.1")
        waits.append(wait)
        assert throttle.begin("ann", "1.1.1.1") == wait, "an attempt that had to wait does not count"
        clock.now += wait
        assert throttle.begin("ann", "1.1.1.1") == 0.0
    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] == 900.0


def test_a_right_password_after_a_few_wrong_ones_forgets_them() -> None:
    throttle = LoginThrottle(Clock())
    for _ in range(3):
        for _ in range(5):
            assert throttle.begin("ann", "1.1.1.1") == 0.0
        throttle.succeed("ann", "1.1.1.1")


def test_failures_elsewhere_lock_nobody_out_and_one_address_cannot_try_every_user() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock)
    for _ in range(6):
        throttle.begin("ann", "6.6.6.6")
    assert throttle.begin("ann", "6.6.6.6") > 0
    assert throttle.begin("ann", "1.1.1.1") == 0.0
    assert [throttle.begin(f"user{n}", "6.6.6.7") for n in range(20)] == [0.0] * 20
    assert throttle.begin("user21", "6.6.6.7") > 0
    assert max(throttle.begin("eve", f"7.7.7.{n}") for n in range(60)) == 2.0, "many addresses, one user"
    clock.now += 3601
    assert throttle.begin("ann", "6.6.6.6") == 0.0
