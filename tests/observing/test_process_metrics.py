"""Metrics are read by Prometheus' own parser, count what happens, and never have contents."""

from dataclasses import replace

from api.standalone import RunningApi
from observing import process_metrics as metrics
from rag.services import Services
from rag.types import GenerationStats, Timings
from tests.observing.metric_samples import samples, value
from tests.support.servers.api_server import client, make_key, store_document
from tests.support.waiting import until

FEE = "What is the entry fee?"


def test_an_answer_counts_once_with_its_times_and_tokens(services: Services) -> None:
    answer = services.assistant.answer(FEE)
    timings = Timings(
        retrieve_s=0.25,
        first_token_s=1.5,
        total_s=4.0,
        prompt_tokens=300,
        output_tokens=20,
        generation=GenerationStats(decode_s=2.0, prefill_s=1.0, reused_tokens=100),
    )
    before = samples()
    metrics.count_answer(replace(answer, timings=timings))
    after = samples()

    def grown(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return round(after[key] - before.get(key, 0.0), 6)  # what other answers took was no whole number of seconds

    assert grown("citewell_answers_total", outcome="answered") == 1
    assert grown("citewell_first_token_seconds_bucket", le="2.0") == 1
    assert grown("citewell_first_token_seconds_bucket", le="1.0") == 0
    assert grown("citewell_decode_tokens_per_second_sum") == 10
    assert grown("citewell_answer_seconds_sum") == 4
    assert [grown("citewell_tokens_total", kind=kind) for kind in ("read", "reused", "written")] == [300, 100, 20]
    assert grown("citewell_stage_seconds_total", stage="prefill") == 1
    assert grown("citewell_cache_hits_total", cache="prefix") == 1


def test_methods_that_a_client_makes_up_are_one_label() -> None:
    before = value("citewell_http_requests_total", method="other", route="-", status="405")
    for method in ("SECRET", "BREW"):
        metrics.count_request(method, "-", 405)
    assert value("citewell_http_requests_total", method="other", route="-", status="405") == before + 2


def test_what_a_server_does_is_seen_without_contents_or_names(running: RunningApi, services: Services) -> None:
    store_document(services, "anns-diary.txt", "The secret word is marzipan.", owner="ann")
    key = make_key(services, "anns-laptop", owner="ann")
    before = samples()
    with client(running, key) as http:
        http.post("/api/v1/asks", json={"question": "What is the marzipan?"})
        http.post("/api/v1/asks", json={"question": " "})
        http.get("/api/v1/documents/471147114711/pages/12")
        http.get("/api/v1/marzipan")
        until(lambda: not running.backend.turns.is_busy)  # an answer is over a little later than it is sent
        read = http.get("/metrics")
    assert read.headers["content-type"].startswith("text/plain")
    after = samples(read.text)
    assert _counted(after) > _counted(before)
    assert after["citewell_answers_running", ()] == 0
    assert after["citewell_questions_waiting", ()] == 0
    for secret in ("marzipan", "ann", "laptop", "diary", "471147114711", key.split("_")[1]):
        assert secret not in read.text, secret


def _counted(read: dict[tuple[str, tuple[tuple[str, str], ...]], float]) -> float:
    return sum(value for (name, _), value in read.items() if name.endswith("_total"))


def test_files_are_counted_by_outcome(running: RunningApi) -> None:
    def counted() -> list[float]:
        return [value("citewell_ingested_files_total", outcome=outcome) for outcome in ("added", "failed")]

    added, failed = counted()
    with client(running) as http:
        for file in (("tide.txt", b"The tide comes at nine."), ("broken.pdf", b"%PDF-1.7 nothing")):
            http.post("/api/v1/documents", files={"file": file})
        until(lambda: counted() == [added + 1, failed + 1], state=counted)
