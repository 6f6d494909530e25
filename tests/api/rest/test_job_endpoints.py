"""A job tells how far it is until it has ended, and takes the password of a file that is locked."""

import json
from pathlib import Path

import httpx
import pytest

from api.rest import job_endpoints
from tests.api.rest.conftest import events_of
from tests.support.documents.sample_documents import write_locked_workbook


def test_progress_comes_as_events_and_ends(at: httpx.Client) -> None:
    added = at.post("/api/v1/documents", files={"file": ("a.txt", b"Good words.")})
    answer = at.get(f"{added.headers['location']}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = events_of(answer.text)
    assert {name for name, _ in events} == {"job"}
    last = json.loads(events[-1][1])
    assert (last["state"], last["document_id"] is not None) == ("ready", True)
    assert at.get(added.headers["location"]).json() == last
    assert at.get("/api/v1/jobs").json() == {"jobs": [last]}


def test_so_many_jobs_may_be_followed_at_once(at: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = at.post("/api/v1/documents", files={"file": ("a.txt", b"Good words.")}).headers["location"]
    monkeypatch.setattr(job_endpoints, "_MAX_FOLLOWED", 1)
    for _ in range(3):  # one after the other: each has ended before the next
        assert at.get(f"{job}/events").status_code == 200
    monkeypatch.setattr(job_endpoints, "_MAX_FOLLOWED", 0)
    refused = at.get(f"{job}/events")
    assert (refused.status_code, "already" in refused.json()["detail"]) == (429, True)


def test_a_locked_file_waits_for_its_password(at: httpx.Client, tmp_path: Path) -> None:
    workbook = write_locked_workbook(tmp_path / "a.xlsx", "The oak is a tree.", "open")
    added = at.post("/api/v1/documents", files={"file": ("a.xlsx", workbook.read_bytes())})
    job = added.headers["location"]
    assert json.loads(events_of(at.get(f"{job}/events").text)[-1][1])["state"] == "locked"
    at.post(f"{job}/password", json={"password": "wrong"})
    assert json.loads(events_of(at.get(f"{job}/events").text)[-1][1])["state"] == "locked"
    at.post(f"{job}/password", json={"password": "open"})
    assert json.loads(events_of(at.get(f"{job}/events").text)[-1][1])["state"] == "ready"
    assert "open" not in at.get("/api/v1/jobs").text


def test_jobs_of_others_do_not_exist(at: httpx.Client, ann: httpx.Client) -> None:
    job = at.post("/api/v1/documents", files={"file": ("a.txt", b"Good words.")}).headers["location"]
    for refused in (ann.get(job), ann.get(f"{job}/events"), ann.post(f"{job}/password", json={"password": "x"})):
        assert refused.status_code == 404
    assert ann.get("/api/v1/jobs").json() == {"jobs": []}
