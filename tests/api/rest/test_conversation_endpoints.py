"""A conversation is begun, continued, shown and removed by its owner only."""

import json

import httpx
import pytest

from api.standalone import RunningApi
from serving.ownership import shares_of
from tests.api.rest.conftest import events_of
from tests.support.servers.api_server import client, make_key

ASK = {"question": "What is the entry fee?"}


@pytest.fixture
def begun(at: httpx.Client) -> str:
    made = at.post("/api/v1/conversations", json={})
    assert made.status_code == 201
    return f"/api/v1/conversations/{made.json()['id']}"


def test_a_conversation_keeps_its_answers_and_goes_on_from_them(at: httpx.Client, begun: str) -> None:
    assert at.post(f"{begun}/asks", json={"question": " "}).status_code == 422, "which keeps nothing"
    first = at.post(f"{begun}/asks", json=ASK).json()
    second = at.post(f"{begun}/asks", json={"question": "And in dollars?", "stream": True})
    answer = json.loads(events_of(second.text)[-1][1])["answer"]
    assert "entry fee" in answer["query"]
    shown = at.get(begun).json()
    assert [each["question"] for each in shown["answers"]] == ["What is the entry fee?", "And in dollars?"]
    assert shown["answers"][0]["answer"] == first["answer"]["answer"]
    assert (shown["conversation"]["name"], shown["conversation"]["answers"]) == ("What is the entry fee?", 2)


def test_conversations_are_listed_latest_first_in_pages_and_found_by_their_words(at: httpx.Client) -> None:
    names = ["one", "two", "three"]
    ids = [at.post("/api/v1/conversations", json={"name": name}).json()["id"] for name in names]
    first = at.get("/api/v1/conversations?limit=2").json()
    rest = at.get("/api/v1/conversations", params={"cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in first["conversations"] + rest["conversations"]] == ids[::-1]
    found = at.get("/api/v1/conversations?text=two").json()["conversations"]
    assert [each["name"] for each in found] == ["two"]


def test_a_removed_conversation_is_gone_with_the_links_to_it(at: httpx.Client, begun: str, running: RunningApi) -> None:
    shares, id_ = shares_of(running.backend.services), begun.rsplit("/", 1)[-1]
    shares.share_conversation("", id_, "ann")
    assert [each.conversation for each in shares.conversations_for("ann")] == [id_]
    assert at.delete(begun).status_code == 204
    assert shares.conversations_for("ann") == []
    for gone in (at.get(begun), at.delete(begun), at.post(f"{begun}/asks", json=ASK)):
        assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")


def test_an_answer_does_not_replace_one_that_came_meanwhile(at: httpx.Client, begun: str, running: RunningApi) -> None:
    slow = {"question": "Repeat slowly: The entry fee is 20 euros, and no more.", "stream": True}
    with at.stream("POST", f"{begun}/asks", json=slow) as answer:
        lines = answer.iter_lines()
        assert next(lines) == "event: planned"
        shown = at.get(begun).json()["conversation"]
        assert (shown["unanswered"], shown["being_answered"], shown["answers"]) == (slow["question"], True, 0)
        with client(running) as other:
            assert other.post(f"{begun}/asks", json=ASK).status_code == 200
        text = "\n".join(lines)
    assert '"status": 409' in text
    assert [each["question"] for each in at.get(begun).json()["answers"]] == [ASK["question"]]
    assert at.get(begun).json()["conversation"]["unanswered"] == ""


def test_a_key_of_a_collection_sees_no_conversation(at: httpx.Client, begun: str, running: RunningApi) -> None:
    at.post(f"{begun}/asks", json=ASK)
    with client(running, make_key(running.backend.services, collection="nature")) as bound:
        for refused in (bound.get("/api/v1/conversations"), bound.get(begun), bound.post(f"{begun}/asks", json=ASK)):
            assert (refused.status_code, "one collection" in refused.json()["detail"]) == (403, True)


def test_a_key_for_reading_begins_and_removes_nothing(begun: str, running: RunningApi) -> None:
    with client(running, make_key(running.backend.services, read_only=True)) as reader:
        assert reader.get(begun).status_code == 200
        for refused in (
            reader.post("/api/v1/conversations", json={}),
            reader.delete(begun),
            reader.post(f"{begun}/asks", json=ASK),
        ):
            assert refused.status_code == 403
