"""Failed statements as sentences that say what to do."""

import psycopg
import pytest
from psycopg import errors

from rag.stores.postgres.postgres_failures import explained


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (errors.LockNotAvailable("canceling statement due to lock timeout"), "written by another program"),
        (errors.QueryCanceled("canceling statement due to statement timeout"), "did not answer in time"),
        (errors.DiskFull("could not extend file"), "has no room left"),
        (errors.ReadOnlySqlTransaction("cannot execute INSERT"), "target_session_attrs=read-write"),
        (errors.AdminShutdown("terminating connection"), "was cut while it was being written"),
        (errors.UniqueViolation("duplicate key\n  value"), "cannot be written: duplicate key value. Nothing"),
    ],
)
def test_a_failed_statement_is_told_with_what_to_do(error: psycopg.Error, sentence: str) -> None:
    assert sentence in str(explained(error))
