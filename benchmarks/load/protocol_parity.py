"""Compare the ways to ask: `python -m benchmarks.load.protocol_parity [--model NAME --questions 20]`.

Asks the same questions of `citewell ask --json`, and over REST, OpenAI's chat completions and responses, and the tool
`ask` of MCP, over HTTP and over pipes. The command is what the others are held to: the same text, the same citations,
the same refusals. Some answers are sampled, with a seed; MCP takes no parameters, so there the settings have them.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import httpx
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from benchmarks.load.api_clients import served
from benchmarks.load.told_answers import Told, of_chat, of_export, of_response, of_rest, of_tool
from benchmarks.machine import ROOT, describe
from benchmarks.sample_library import sample_library
from rag.services import Services
from rag.settings import load_settings

_WAIT_S = 600
_SAMPLED = {"temperature": 0.7, "seed": 11}
_GREEDY = {"temperature": 0.0, "seed": 0}


@dataclass(frozen=True, slots=True)
class Case:
    """A question, and whether its answer is sampled."""

    question: str
    is_sampled: bool = False

    @property
    def decoding(self) -> dict[str, float]:
        """The settings of its answer."""
        return _SAMPLED if self.is_sampled else _GREEDY


CASES = (
    Case("How is the word Debian pronounced?"),
    Case("How long is the term of office of the Project Secretary?"),
    Case("What is the capital of Peru?"),
    Case("Who appoints the Project Secretary?", is_sampled=True),
    Case("What will Debian never make the system require?"),
    Case("Who can overrule the Project Leader, and how?"),
    Case("Which licences does Debian consider free?", is_sampled=True),
    Case("How many members may the Technical Committee have at most?"),
    Case("When was version 1.1 of the Social Contract ratified?"),
    Case("What does a Debian Developer earn in a year?"),
    Case("List the decision-making bodies of the Debian Project."),
    Case("Summarise the Debian Social Contract."),
    Case("What is the difference between 'contrib' and 'non-free'?", is_sampled=True),
    Case("Wie lange dauert die Amtszeit des Projektsekretärs?"),
    Case("Which command shows the installed packages?"),
    Case("What is a source package?", is_sampled=True),
    Case("Who won the football world cup in 1990?", is_sampled=True),
    Case("Why did the Project Leader abolish the Social Contract?"),
    Case("Is Debian free of charge?", is_sampled=True),
    Case("How much memory does the reactor of the Debian space station need?"),
)
"""Questions about the sample documents: some of every kind, and some that they do not answer."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The library that is asked, and the settings that every process has."""

    library: Path
    settings: dict[str, Any]

    def environment(self, **more: Any) -> dict[str, str]:
        """Return the environment of a process with these settings."""
        kept = {name: value for name, value in os.environ.items() if name in _KEPT or not name.startswith("CITEWELL_")}
        values = {"library": self.library, **self.settings, **more}
        named = {f"CITEWELL_{name.upper()}": str(value) for name, value in values.items()}
        return {**kept, **named, "PYTHONPATH": str(ROOT)}


_KEPT = ("CITEWELL_MODELS",)
_Ask = Callable[[Sequence[Case], Asking], list[Told]]


def main() -> None:
    """Print a table row per way of asking, and every difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="default")
    parser.add_argument("--questions", type=int, default=len(CASES))
    parser.add_argument("--tokens", type=int, default=160, help="longest answer")
    options = parser.parse_args()
    print(describe())
    settings = {"model": options.model, "max_new_tokens": options.tokens}
    with sample_library(**settings) as services:
        report(CASES[: options.questions], Asking(services.settings.library, settings))


def report(cases: Sequence[Case], asking: Asking) -> None:
    """Ask, and print what is the same and what is not."""
    expected = [by_command(case, asking) for case in cases]
    refused = sum(told.abstained for told in expected)
    print(f"{len(cases)} questions, {sum(case.is_sampled for case in cases)} sampled, {refused} refused by the command")
    print("| asked over | the same as the command |\n|---|---|")
    found: list[str] = []
    for way, answers in _all_ways(cases, asking):
        differing = [
            f"{way}, {case.question}\n{told}"
            for case, reference, answer in zip(cases, expected, answers, strict=True)
            if (told := differences(reference, answer))
        ]
        print(f"| {way} | {len(cases) - len(differing)} of {len(cases)} |", flush=True)
        found += differing
    print("\n".join(found) or "no differences")


def differences(expected: Told, found: Told) -> str:
    """Return what differs in an answer, a line for each part; "" for nothing."""
    parts = ((field.name, getattr(expected, field.name), getattr(found, field.name)) for field in fields(Told))
    return "\n".join(f"  {name}: {there!r} is {here!r}" for name, there, here in parts if there != here)


def by_command(case: Case, asking: Asking) -> Told:
    """Ask with `citewell ask --json`, in a process of its own."""
    flags = [f"--{name}={value}" for name, value in case.decoding.items()]
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-m", "cli", "ask", "--json", *flags, case.question],
        env=asking.environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=_WAIT_S,
    )
    return of_export(json.loads(done.stdout))


def by_rest(case: Case, client: httpx.Client) -> Told:
    """Ask over REST."""
    return of_rest(_posted(client, "/api/v1/asks", {"question": case.question, "settings": case.decoding}))


def by_chat(case: Case, client: httpx.Client) -> Told:
    """Ask for a chat completion."""
    asked = {"model": "citewell", "messages": [{"role": "user", "content": case.question}], **case.decoding}
    return of_chat(_posted(client, "/v1/chat/completions", asked))


def by_responses(case: Case, client: httpx.Client) -> Told:
    """Ask for a response."""
    return of_response(_posted(client, "/v1/responses", {"model": "citewell", "input": case.question, **case.decoding}))


async def over_mcp_http(cases: Sequence[Case], url: str) -> list[Told]:
    """Ask with the tool of a server, one question after the other."""
    async with Client(streamable_http_client(f"{url}/mcp"), read_timeout_seconds=_WAIT_S) as client:
        return [await _by_tool(case, client) for case in cases]


async def over_mcp_pipes(cases: Sequence[Case], environment: dict[str, str]) -> list[Told]:
    """Ask with the tool of a process, one question after the other."""
    program = StdioServerParameters(command=sys.executable, args=["-m", "cli", "mcp"], env=environment)
    async with Client(stdio_client(program), read_timeout_seconds=_WAIT_S) as client:
        return [await _by_tool(case, client) for case in cases]


async def _by_tool(case: Case, client: Client) -> Told:
    result = await client.call_tool("ask", {"question": case.question})
    if result.is_error or not isinstance(result.structured_content, dict):
        raise SystemExit(f"MCP does not answer {case.question!r}: {result.content}")
    return of_tool(result.structured_content)


def _posted(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
    return answer


def _all_ways(cases: Sequence[Case], asking: Asking) -> Iterator[tuple[str, list[Told]]]:
    """Yield each way of asking with its answers."""
    with _served(asking) as url, httpx.Client(base_url=url, timeout=_WAIT_S) as client:
        for way, ask in (("REST", by_rest), ("chat completions", by_chat), ("responses", by_responses)):
            yield way, [ask(case, client) for case in cases]
    yield "MCP over HTTP", _by_decoding(cases, asking, _over_http)
    yield "MCP over pipes", _by_decoding(cases, asking, _over_pipes)


def _by_decoding(cases: Sequence[Case], asking: Asking, ask: _Ask) -> list[Told]:
    """Return the answers of one way that takes no parameters, from a process for each decoding."""
    told: dict[Case, Told] = {}
    for decoding in (_GREEDY, _SAMPLED):
        chosen = [case for case in cases if case.decoding == decoding]
        if chosen:
            told |= zip(chosen, ask(chosen, Asking(asking.library, {**asking.settings, **decoding})), strict=True)
    return [told[case] for case in cases]


def _over_http(cases: Sequence[Case], asking: Asking) -> list[Told]:
    with _served(asking) as url:
        return asyncio.run(over_mcp_http(cases, url))


def _over_pipes(cases: Sequence[Case], asking: Asking) -> list[Told]:
    return asyncio.run(over_mcp_pipes(cases, asking.environment()))


@contextmanager
def _served(asking: Asking) -> Iterator[str]:
    """Serve the library from this process, and yield the address."""
    settings = load_settings(library=asking.library, port=0, **asking.settings)
    with Services(settings) as services, served(services) as url:
        yield url


if __name__ == "__main__":
    main()
