"""A question is answered whole or as a stream, as the command answers it; one that cannot be is a problem."""

import json

import httpx

from api.standalone import RunningApi
from rag.exports.answer_schema import read_exports
from tests.api.rest.conftest import events_of
from tests.support.scripted_app import tale
from tests.support.servers.api_server import abandoned, client, scripted_services, serving_api, store_document
from tests.support.waiting import until

FEE = {"question": "What is the entry fee?"}


def test_an_answer_is_an_export_with_its_citations(at: httpx.Client) -> None:
    found = at.post("/api/v1/asks", json=FEE).json()
    (export,) = read_exports(json.dumps(found["answer"]), "the answer")
    assert export.answer == "The entry fee is 20 euros."
    (citation,) = found["citations"]
    assert {name: citation[name] for name in ("document", "page", "label", "start", "end", "quote", "support")} == {
        "document": "fees.txt",
        "page": 1,
        "label": "i",
        "start": 0,
        "end": 26,
        "quote": "The entry fee is 20 euros.",
        "support": "supported",
    }
    assert '<mark id="quote">The entry fee' in at.get(citation["url"]).text
    assert at.get("/api/v1/conversations").json()["conversations"] == []


def test_a_stream_ends_with_the_same_answer(at: httpx.Client) -> None:
    whole = at.post("/api/v1/asks", json=FEE).json()
    streamed = at.post("/api/v1/asks", json={**FEE, "stream": True})
    events = [(name, json.loads(data)) for name, data in events_of(streamed.text)]
    assert [name for name, _ in events[:2]] == ["planned", "retrieved"]
    assert "".join(data["text"] for name, data in events if name == "token") == whole["answer"]["answer"]
    last = events[-1][1]
    for answer in (last["answer"], whole["answer"]):
        del answer["created_at"], answer["timings"]
    assert last == whole


def test_a_follow_up_is_asked_with_its_history(at: httpx.Client) -> None:
    history = [{"question": "What is the heron?", "answer": "The heron is a grey bird."}]
    found = at.post("/api/v1/asks", json={"question": "How is it coloured?", "history": history}).json()
    assert "heron" in found["answer"]["query"]


def test_settings_and_restrictions_are_those_of_the_command(at: httpx.Client) -> None:
    sent = {**FEE, "settings": {"passages": 1, "seed": 5, "stop": ["euros"]}, "within": {"names": ["fees*"]}}
    answer = at.post("/api/v1/asks", json=sent).json()["answer"]
    assert (answer["settings"]["passages"], answer["settings"]["seed"]) == (1, 5)
    assert (answer["answer"].strip(), answer["stop_reason"]) == ("The entry fee is 20", "stop")
    assert {passage["document"] for passage in answer["passages"]} == {"fees.txt"}


def test_what_cannot_be_asked_is_a_problem(at: httpx.Client) -> None:
    for sent in [
        {},
        {"question": ""},
        {"question": "x" * 5000},
        {"question": 5},
        {"question": "a", "history": [{"question": "a", "answer": "b"}] * 10_000},
        {"question": "a", "history": "b"},
        {"question": "a", "settings": {"passages": 10**9}},
        {"question": "a", "settings": {"model": "../../etc"}},
        {"question": "a", "settings": {"beams": 2, "temperature": 1.0}},
        {"question": "a", "within": {"documents": [99]}},
        {"question": "a", "within": {"names": ["none*"]}},
        {"question": "a", "unknown": 1},
        [],
        "",
        None,
    ]:
        for stream in [False, True]:
            body = {**sent, "stream": stream} if isinstance(sent, dict) else sent
            refused = at.post("/api/v1/asks", json=body)
            told = (refused.status_code, refused.headers["content-type"])
            assert told == (422, "application/problem+json"), (sent, refused.text)
            assert refused.json()["detail"].endswith((".", '"'))


def test_more_questions_than_may_wait_are_told_to_come_back() -> None:
    slow = {"question": f"Repeat slowly: {tale()}", "stream": True}
    with scripted_services(answers_at_once=1, answers_waiting=0) as services:
        store_document(services, "fees.txt", "The entry fee is 20 euros.")
        with serving_api(services) as running, client(running) as at, client(running) as other:
            with at.stream("POST", "/api/v1/asks", json=slow) as answer:
                lines = answer.iter_lines()  # kept: without it, the response would be closed
                assert next(lines) == "event: planned"
                refused = other.post("/api/v1/asks", json=FEE)
            assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (503, True)
            _wait_until_idle(running)
            assert other.post("/api/v1/asks", json=FEE).status_code == 200


def test_a_client_that_vanishes_ends_its_answer(at: httpx.Client, running: RunningApi) -> None:
    slow = {"question": f"Repeat slowly: {tale()}", "stream": True}
    with at.stream("POST", "/api/v1/asks", json=slow) as answer:
        lines = answer.iter_lines()  # kept: without it, the response would be closed
        while next(lines) != "event: token":
            pass
        assert running.backend.turns.is_busy
    _wait_until_idle(running)
    with abandoned(running, "/api/v1/asks", {**slow, "stream": False}):
        until(lambda: running.backend.turns.is_busy)
    _wait_until_idle(running)


def _wait_until_idle(running: RunningApi) -> None:
    until(lambda: not running.backend.turns.is_busy)
