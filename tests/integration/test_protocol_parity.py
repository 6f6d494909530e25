"""Whoever asks over OpenAI's protocols or MCP gets the answer of `citewell ask`: text, citations and refusals."""

from collections.abc import Iterator

import httpx
import pytest

from benchmarks.load.protocol_parity import (
    Asking,
    Case,
    by_chat,
    by_command,
    by_responses,
    by_rest,
    differences,
    over_mcp_http,
    over_mcp_pipes,
)
from benchmarks.load.told_answers import Quoted, Told
from tests.support.app_process import citewell, serving
from tests.support.paths import MODELS

ANSWERED = Case("What is the entry fee?")
REFUSED = Case("What is the capital of Peru?")


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Asking:
    folder = tmp_path_factory.mktemp("parity")
    (folder / "museum.txt").write_text(
        "The museum opens at nine in the morning. The entry fee is 20 euros, and 10 euros for students."
    )
    settings = {"models": str(MODELS), "model": "tiny", "max_new_tokens": 30}
    made = citewell("ingest", str(folder / "museum.txt"), **Asking(folder / "library", settings).environment())
    assert made.returncode == 0, made.stderr
    return Asking(folder / "library", settings)


@pytest.fixture(scope="module")
def at(asking: Asking) -> Iterator[str]:
    program = ("cli", "serve", "--api-only", "--port", "0", "--model", "tiny")
    with serving(asking.library, MODELS, program=program, max_new_tokens="30") as address:
        yield address


@pytest.mark.slow
@pytest.mark.model
async def test_every_protocol_tells_what_the_command_tells(asking: Asking, at: str) -> None:
    cases = (ANSWERED, REFUSED)
    expected = [by_command(case, asking) for case in cases]
    assert [told.abstained for told in expected] == [False, True]
    with httpx.Client(base_url=at, timeout=120) as client:
        ways = {ask.__name__: [ask(case, client) for case in cases] for ask in (by_rest, by_chat, by_responses)}
    ways["MCP over HTTP"] = await over_mcp_http(cases, at)
    ways["MCP over pipes"] = await over_mcp_pipes(cases, asking.environment())
    for way, answers in ways.items():
        told = [differences(there, here) for there, here in zip(expected, answers, strict=True)]
        assert told == ["", ""], way


def test_a_difference_is_told_by_its_part() -> None:
    quote = Quoted("a.txt", 1, 0, 9, "The fee.", "supported")
    told = Told(False, "The fee is 20 euros.", (quote,))
    assert differences(told, told) == ""
    other = Told(False, told.text, (quote._replace(page=2),))
    assert differences(told, other).startswith("  citations: (Quoted(document='a.txt', page=1")
    assert "abstained: False is True" in differences(told, Told(True, told.text, (quote,)))
