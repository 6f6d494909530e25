"""Measure the API: `python -m benchmarks.serving.api_clients [--clients 32 --seconds 120]`.

First what it adds to the time to the first token, over calling `ask()` in the same process, in turn. Then many clients
at once over REST and over the OpenAI protocol, each asking its own question again and again: what each got, whether any
answer is another than the one alone, and how memory grows.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import psutil

from api import standalone
from benchmarks.machine import SAMPLES, describe
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Token

QUESTIONS = (
    "How is the word Debian pronounced?",
    "What will Debian never make the system require?",
    "How long is the term of office of the Project Secretary?",
    "How are bugs handled?",
    "Who appoints the Project Secretary?",
    "What is a source package?",
    "Which command shows the installed packages?",
    "What is the Social Contract?",
)
_PAUSE_S = 1.0


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    print(describe())
    with _served(options.model) as (services, url):
        _compare_first_tokens(services, url, options.runs)
        _load(url, options.clients, options.seconds)


@contextmanager
def _served(model: str) -> Iterator[tuple[Services, str]]:
    """Serve the sample documents from this process."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(library=Path(folder), model=model, port=0, max_new_tokens=48, prefix_cache_mb=2000)
        with Services(settings) as services:
            list(open_ingestor(services).ingest([str(SAMPLES)]))
            running = standalone.start(services)
            running.backend.ready.wait()
            try:
                yield services, running.url.rstrip("/")
            finally:
                running.stop()


def _compare_first_tokens(services: Services, url: str, runs: int) -> None:
    """Print the median milliseconds to the first token over each way in, taken in turn."""
    chat = {"model": "citewell", "stream": True}
    ways: dict[str, Callable[[str], None]] = {
        "ask()": lambda question: _first_token(services, question),
        "REST": lambda question: _first_line(
            f"{url}/api/v1/asks", {"question": question, "stream": True}, "event: token"
        ),
        "OpenAI": lambda question: _first_line(
            f"{url}/v1/chat/completions", {**chat, "messages": [{"role": "user", "content": question}]}, '"content":"'
        ),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for question in QUESTIONS:
        list(services.assistant.ask(question))  # the prompts are known from here on
    for run in range(runs):
        for turn in range(len(ways)):
            name = list(ways)[(run + turn) % len(ways)]
            started = time.perf_counter()
            ways[name](QUESTIONS[run % len(QUESTIONS)])
            seconds[name].append(time.perf_counter() - started)
    alone = statistics.median(seconds["ask()"])
    for name, measured in seconds.items():
        median = statistics.median(measured)
        print(f"{name}: first token after {median * 1000:.1f} ms (median), {(median - alone) * 1000:+.1f} ms")


def _first_token(services: Services, question: str) -> None:
    events = services.assistant.ask(question)
    next(event for event in events if isinstance(event, Token))
    close = getattr(events, "close", None)
    if close:
        close()


def _first_line(url: str, body: dict[str, object], mark: str) -> None:
    with httpx.stream("POST", url, json=body, timeout=120) as response:
        next(line for line in response.iter_lines() if mark in line and '"content":""' not in line)


def _load(url: str, clients: int, seconds: float) -> None:
    """Print what became of the requests of many clients at once, and how memory grew meanwhile."""
    alone = {(question, face): _asked(url, question, face)[1] for question in QUESTIONS for face in (0, 1)}
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + seconds
    threads = [Thread(target=_client, args=(url, number, until, alone, outcomes)) for number in range(clients)]
    for thread in threads:
        thread.start()
    process, resident = psutil.Process(), []
    while time.monotonic() < until:
        resident.append(process.memory_info().rss / 1e6)
        time.sleep(_PAUSE_S)
    for thread in threads:
        thread.join()
    half = resident[len(resident) // 2 :]
    print(f"{clients} clients for {seconds:.0f} s: {dict(outcomes)}")
    print(f"memory: {resident[0]:.0f} MB at the beginning, {half[0]:.0f} in the middle, {half[-1]:.0f} at the end")


def _client(url: str, number: int, until: float, alone: dict[tuple[str, int], str], outcomes: "Counter[str]") -> None:
    """Ask again and again; wait as long as it is told to when it is refused."""
    chosen = random.Random(number)  # noqa: S311  not for secrets
    while time.monotonic() < until:
        question = chosen.choice(QUESTIONS)
        try:
            status, text = _asked(url, question, number)
        except httpx.HTTPError as error:
            outcomes[type(error).__name__] += 1
            continue
        if status == 200:
            outcomes["right" if text == alone[question, number % 2] else "another text"] += 1
        else:
            outcomes[f"{status}, Retry-After {text}"] += 1
            time.sleep(_PAUSE_S)


def _asked(url: str, question: str, number: int) -> tuple[int, str]:
    """Ask over one of the two protocols; return the status, and the text or the Retry-After."""
    if number % 2:
        body: dict[str, object] = {"model": "citewell", "messages": [{"role": "user", "content": question}]}
        response = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=300)
    else:
        response = httpx.post(f"{url}/api/v1/asks", json={"question": question}, timeout=300)
    if response.status_code != httpx.codes.OK:
        return response.status_code, response.headers.get("retry-after", "missing")
    found = json.loads(response.content)
    text = found["choices"][0]["message"]["content"] if number % 2 else found["answer"]["answer"]
    return response.status_code, text


if __name__ == "__main__":
    main()
