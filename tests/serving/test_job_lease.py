"""A hold on a job ends by itself, and with it the work."""

import time

import pytest

from rag.runtime.progress import require_held
from rag.types.jobs import Job
from serving.job_lease import JobLease, LostLeaseError

JOB = Job(owner="", sender="", name="a.txt")


def test_a_lease_that_is_not_renewed_ends_the_work_and_lets_nothing_be_stored() -> None:
    lease = JobLease(JOB, time.monotonic() - 10, 5)
    assert lease.is_set()
    with pytest.raises(LostLeaseError):
        require_held(lease)
    lease.renewed(time.monotonic())
    require_held(lease)
    assert not lease.is_set()


def test_what_its_sender_cancelled_is_still_ours_to_end_and_what_was_given_up_is_not_though_an_answer_comes() -> None:
    lease = JobLease(JOB, time.monotonic(), 5)
    lease.set()
    assert lease.is_set()
    require_held(lease)
    lease.give_up()
    lease.renewed(time.monotonic())
    assert lease.is_lost
