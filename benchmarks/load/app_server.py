"""Measure a process of the app whose model is on a server: `python -m benchmarks.load.app_server [--questions 200]`.

The model's server answers at once with a sentence of the sources, so what is left is the app's own work: searching, the
prompt, the checks, citing. Prints memory, and processor seconds of the app for an answer, one at a time and four at
once.
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psutil

from benchmarks.load.api_clients import QUESTIONS
from benchmarks.machine import describe
from benchmarks.sample_library import sample_library
from tests.support.app_process import serving
from tests.support.servers.scripted_server import CHAT, answer, scripted_server

_ANSWER = "The Project Secretary is appointed by the Project Leader and the current Project Secretary for one year."


@contextmanager
def app(model: str) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the app over the sample documents; yield its address and its process."""
    with sample_library() as services:
        before = {child.pid for child in psutil.Process().children()}
        with serving(services.settings.library, services.settings.models, model=model) as url:
            (process,) = (child for child in psutil.Process().children() if child.pid not in before)
            yield url, process


def spent(process: psutil.Process) -> float:
    """Return the processor seconds of a process and its children."""
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))


def ask(url: str, number: int) -> None:
    """Ask a question over REST, and wait for the answer."""
    question = QUESTIONS[number % len(QUESTIONS)]
    httpx.post(f"{url}/api/v1/asks", json={"question": question}, timeout=120).raise_for_status()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    print(describe())
    with scripted_server() as server:
        server.on(CHAT, answer(_ANSWER, prompt=1000))
        with app(f"openai:model@{server.address}") as (url, process):
            print(f"memory before the first question: {process.memory_info().rss / 1e6:,.0f} MB")
            for number in range(len(QUESTIONS)):
                ask(url, number)
            for at_once in (1, 4):
                began, started = time.monotonic(), spent(process)
                with ThreadPoolExecutor(at_once) as pool:
                    list(pool.map(lambda number: ask(url, number), range(options.questions)))
                seconds, used = time.monotonic() - began, spent(process) - started
                rate = f"{1000 * used / options.questions:.0f} ms of processor an answer"
                print(f"{at_once} at once: {options.questions / seconds:.1f} answers/s, {rate}", flush=True)
            print(f"memory: {process.memory_info().rss / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
