"""`citewell jobs` fills the queue, lists it, and has failed jobs tried again."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from rag.stores.open_stores import open_stores
from rag.types.jobs import Job
from tests.support.commands import run_citewell


@pytest.mark.postgres
def test_jobs_are_queued_listed_and_retried(postgres_address: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good text.")
    settings = {"CITEWELL_DATABASE": postgres_address, "CITEWELL_EMBEDDER": "words"}
    with closing(open_stores(tmp_path / "library", postgres_address, "words")) as stores:
        jobs = stores.jobs
        assert jobs
        jobs.accept(Job(owner="ann", sender="ann", name="kept.txt", place="p", state="failed", text="no server"))
        jobs.accept(Job(owner="ann", sender="ann", name="damaged.pdf", state="failed", text="it is damaged"))
        added = run_citewell("jobs", "add", str(tmp_path / "a.txt"), **settings)
        assert (added.returncode, "1 job queued" in added.stdout) == (0, True), added.stderr
        failed = json.loads(run_citewell("jobs", "list", "--failed", "--json", **settings).stdout)
        assert [(each["name"], each["text"], each["can_be_retried"]) for each in failed] == [
            ("kept.txt", "no server", True),
            ("damaged.pdf", "it is damaged", False),
        ]
        assert "a.txt" in run_citewell("jobs", "list", **settings).stdout
        retried = run_citewell("jobs", "retry", "--all", **settings)
        assert (retried.returncode, "1 job tried again" in retried.stdout) == (0, True)
        refused = run_citewell("jobs", "retry", str(failed[1]["id"]), "4711", **settings)
        assert refused.returncode == 1
        assert "its file is not kept" in refused.stderr
        assert "no failed job has this id" in refused.stderr
        assert run_citewell("jobs", "retry", **settings).returncode == 1
        assert [job.name for job in jobs.all(["waiting"])] == ["kept.txt", "a.txt"]
