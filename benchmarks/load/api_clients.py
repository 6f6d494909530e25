"""Measure the API: `python -m benchmarks.load.api_clients [--clients 32 --seconds 120]`.

First what it adds to the time to the first token, over calling `ask()` in the serving process, in turn; the client is a
process of its own, and reads each answer to its end, or the next one would be measured beside it. Then many clients at
once over REST and over the OpenAI protocol, more than may wait, each asking one question after the other: what each
got, whether any answer is another than the one alone, and how memory grows.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import httpx
import psutil

from api import standalone
from benchmarks.machine import describe
from benchmarks.sample_library import sample_library
from rag.services import Services
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
    parser.add_argument("--waiting", type=int, default=16, help="how many questions may wait; the rest are refused")
    parser.add_argument("--runs", type=int, default=24)
    options = parser.parse_args()
    print(describe())
    settings = {"model": options.model, "max_new_tokens": 48, "answers_waiting": options.waiting}
    with sample_library(port=0, **settings) as services, served(services) as url:
        _compare_first_tokens(services, url, options.runs)
        _load(url, options.clients, options.seconds)


@contextmanager
def served(services: Services) -> Iterator[str]:
    """Serve the API from this process, and yield its address once it answers."""
    running = standalone.start(services)
    running.backend.ready.wait()
    try:
        yield running.url.rstrip("/")
    finally:
        running.stop()


def _compare_first_tokens(services: Services, url: str, runs: int) -> None:
    """Print the median milliseconds to the first token over each way in; each run asks one question in every way."""
    with _client_process(url) as ask:
        ways: dict[str, Callable[[str], float]] = {
            "ask()": lambda question: _nth_token(services, question, 1),
            "ask(), second token": lambda question: _nth_token(services, question, 2),  # OpenAI's text is one behind
            "REST": lambda question: ask("/api/v1/asks", {"question": question, "stream": True}, "event: token"),
            "OpenAI": lambda question: ask("/v1/chat/completions", _chat(question, stream=True), '"content":"'),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        order = random.Random(0)
        for run in range(runs):
            question = QUESTIONS[run % len(QUESTIONS)]
            list(services.assistant.ask(question))  # the prompt is in the cache from here on
            for name in order.sample(list(ways), len(ways)):
                seconds[name].append(ways[name](question))
    for name, measured in seconds.items():
        added = [mine - alone for mine, alone in zip(measured, seconds["ask()"], strict=True)]
        median, more = statistics.median(measured), statistics.median(added)
        print(f"{name}: first token after {median * 1000:.1f} ms (median), {more * 1000:+.1f} ms (median of the runs)")


@contextmanager
def _client_process(url: str) -> Iterator[Callable[[str, dict[str, object], str], float]]:
    """Start a client in a process of its own; gives what asks it for the seconds to a first token."""
    command = [sys.executable, "-m", "benchmarks.load.first_line", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:  # noqa: S603  our own
        requests, answers = client.stdin, client.stdout
        if requests is None or answers is None:
            raise RuntimeError("the client has no pipes")

        def ask(path: str, body: dict[str, object], mark: str) -> float:
            print(json.dumps({"path": path, "body": body, "mark": mark}), file=requests, flush=True)
            return float(answers.readline())

        yield ask


def _chat(question: str, *, stream: bool) -> dict[str, object]:
    return {"model": "citewell", "stream": stream, "messages": [{"role": "user", "content": question}]}


def _nth_token(services: Services, question: str, number: int) -> float:
    """Return the seconds to a token of the answer, which is read to its end."""
    started = time.perf_counter()
    events = services.assistant.ask(question)
    tokens = [time.perf_counter() - started for event in events if isinstance(event, Token)]
    return tokens[min(number, len(tokens)) - 1]


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
    print(f"{clients} clients for {seconds:.0f} s: {dict(outcomes)}")
    steps = [resident[(len(resident) - 1) * step // 8] for step in range(9)]
    print("memory in MB, from the beginning to the end: " + ", ".join(f"{each:.0f}" for each in steps))


def _client(url: str, number: int, until: float, alone: dict[tuple[str, int], str], outcomes: "Counter[str]") -> None:
    """Ask again and again; wait as long as it is told to when it is refused."""
    chosen = random.Random(number)
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
        response = httpx.post(f"{url}/v1/chat/completions", json=_chat(question, stream=False), timeout=300)
    else:
        response = httpx.post(f"{url}/api/v1/asks", json={"question": question}, timeout=300)
    if response.status_code != httpx.codes.OK:
        return response.status_code, response.headers.get("retry-after", "missing")
    found = json.loads(response.content)
    text = found["choices"][0]["message"]["content"] if number % 2 else found["answer"]["answer"]
    return response.status_code, text


if __name__ == "__main__":
    main()
