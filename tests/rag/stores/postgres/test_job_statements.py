"""The statements stay quick however many jobs wait."""

import psycopg
import pytest

from rag.stores.postgres.job_statements import CLAIM


@pytest.mark.postgres
def test_the_next_of_many_jobs_is_found_in_an_index(postgres_address: str) -> None:
    with psycopg.connect(postgres_address, autocommit=True) as db:
        db.execute(
            "INSERT INTO jobs (owner, sender, name, address, sha256, priority, place, state, text, source, turn) "
            "SELECT '', '', n, '', n, 0, '', 'waiting', '', n, n FROM generate_series(1, 20000) AS n"
        )
        db.execute("ANALYZE jobs")
        values = {"worker": "w", "seconds": 1.0, "pages": False}
        plan = "\n".join(row[0] for row in db.execute(f"EXPLAIN (ANALYZE, BUFFERS) {CLAIM}".encode(), values))
        db.execute("DELETE FROM jobs")
    assert "jobs_next" in plan
    assert "Seq Scan on jobs" not in plan
