"""Metrics of this process for Prometheus. Labels are from fixed lists: no contents, no names of users or documents."""

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from rag.types import Answer
from rag.types.jobs import JobState

if TYPE_CHECKING:
    from rag.model_servers.replicas import ReplicaState

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300)
_SPEEDS = (1, 2, 5, 10, 15, 20, 30, 40, 60, 80, 120, 200, 500)

REGISTRY = CollectorRegistry()
"""A registry of our own: the library's default one also tells Python's version and more."""

_FIRST_TOKEN = Histogram(
    "citewell_first_token_seconds", "From a question to the first text.", buckets=_SECONDS, registry=REGISTRY
)
_ANSWER = Histogram(
    "citewell_answer_seconds", "From a question to its whole answer.", buckets=_SECONDS, registry=REGISTRY
)
_SPEED = Histogram(
    "citewell_decode_tokens_per_second", "Tokens written in a second.", buckets=_SPEEDS, registry=REGISTRY
)
_STAGES = Counter("citewell_stage_seconds", "Seconds spent in a stage of answers.", ["stage"], registry=REGISTRY)
_TOKENS = Counter(
    "citewell_tokens", "Tokens: read, reused from the prefix cache, written.", ["kind"], registry=REGISTRY
)
_ANSWERS = Counter("citewell_answers", "Answers by how they ended.", ["outcome"], registry=REGISTRY)
_CACHE_HITS = Counter("citewell_cache_hits", "Answers that a cache helped.", ["cache"], registry=REGISTRY)
_ERRORS = Counter("citewell_errors", "Errors by kind.", ["kind"], registry=REGISTRY)
_FILES = Counter("citewell_ingested_files", "Files and web pages ingested, by outcome.", ["outcome"], registry=REGISTRY)
_REQUESTS = Counter("citewell_http_requests", "Requests to the API.", ["method", "route", "status"], registry=REGISTRY)
RUNNING = Gauge("citewell_answers_running", "Answers being written.", registry=REGISTRY)
WAITING = Gauge(
    "citewell_questions_waiting", "Questions of the chat and of programs that wait for their turn.", registry=REGISTRY
)

LIBRARY_READY = Gauge(
    "citewell_library_ready", "1 if the library can be read, 0 if not or before the start has ended.", registry=REGISTRY
)
LAST_BACKUP = Gauge(
    "citewell_last_backup_timestamp_seconds",
    "When `citewell library backup` last made a backup; NaN if that is not known.",
    registry=REGISTRY,
)
_UPLOADS = Gauge(
    "citewell_uploads",
    "Files and web pages on the lists of uploads, whoever takes them in.",
    ["state"],
    registry=REGISTRY,
)
_DISK_FREE = Gauge("citewell_disk_free_bytes", "Room left on the disk of a folder.", ["place"], registry=REGISTRY)

_REPLICA_UP = Gauge(
    "citewell_replica_in_use",
    "1 if requests go to this server of a model with several, 0 while it is put aside.",
    ["setting", "replica"],
    registry=REGISTRY,
)
_REPLICA_REQUESTS = Gauge(
    "citewell_replica_requests",
    "Requests that a server of a model with several has not ended.",
    ["setting", "replica"],
    registry=REGISTRY,
)

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)


def show_replicas(states: Iterable["ReplicaState"]) -> None:
    """Set the gauges of model servers. Their hosts are from the settings."""
    for each in states:
        _REPLICA_UP.labels(each.setting, each.host).set(each.state == "in use")
        _REPLICA_REQUESTS.labels(each.setting, each.host).set(each.outstanding)


def show_uploads(counts: Mapping[JobState, int]) -> None:
    """Set how many uploads there are in each state; without counts, show none."""
    _UPLOADS.clear()
    for state, count in counts.items():
        _UPLOADS.labels(state).set(count)


def show_disks(folders: Mapping[str, Path]) -> None:
    """Set the free space of each folder's disk by the folder's name; leave out folders that are not there."""
    _DISK_FREE.clear()
    for place, folder in folders.items():
        with suppress(OSError):
            _DISK_FREE.labels(place).set(shutil.disk_usage(folder).free)


def count_answer(answer: Answer) -> None:
    """Count a finished answer, or one that was cancelled."""
    timings, stats = answer.timings, answer.timings.generation
    _ANSWERS.labels(outcome_of(answer)).inc()
    _ANSWER.observe(timings.total_s)
    if timings.first_token_s:
        _FIRST_TOKEN.observe(timings.first_token_s)
    if stats.decode_s and timings.output_tokens:
        _SPEED.observe(timings.output_tokens / stats.decode_s)
    for kind, tokens in (
        ("read", timings.prompt_tokens),
        ("reused", stats.reused_tokens),
        ("written", timings.output_tokens),
    ):
        _TOKENS.labels(kind).inc(tokens)
    for stage, seconds in (
        ("rewrite", timings.rewrite_s),
        ("retrieve", timings.retrieve_s),
        ("wait", stats.waiting_s),
        ("prefill", stats.prefill_s),
        ("decode", stats.decode_s),
        ("check", timings.check_s),
    ):
        _STAGES.labels(stage).inc(seconds)
    for cache, is_hit in (("prefix", stats.reused_tokens > 0), ("overview", bool(answer.kept_from))):
        if is_hit:
            _CACHE_HITS.labels(cache).inc()


def outcome_of(answer: Answer) -> str:
    """Return how an answer ended: cancelled, refused (the documents do not answer the question), or answered."""
    if answer.stop_reason == "cancelled":
        return "cancelled"
    return "refused" if answer.abstained else "answered"


def count_failed_answer(error: BaseException) -> None:
    """Count an answer that failed, and its error by the name of its class."""
    _ERRORS.labels(type(error).__name__).inc()
    _ANSWERS.labels("failed").inc()


def count_file(outcome: str) -> None:
    """Count a file or web page by its outcome: added, replaced, unchanged, locked, failed."""
    _FILES.labels(outcome).inc()


def count_request(method: str, route: str, status: int) -> None:
    """Count a request to the API. `route` is a template, without the values in the address."""
    _REQUESTS.labels(method if method in _METHODS else "other", route, str(status)).inc()
