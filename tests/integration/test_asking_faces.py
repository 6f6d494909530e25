"""The API answers as `citewell ask` does, from a server of its own with a real model."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.app_process import citewell, serving
from tests.support.paths import MODELS, ROOT

pytestmark = [pytest.mark.model, pytest.mark.slow]

QUESTIONS = ("What is the entry fee?", "When does the museum open?", "What is the capital of Peru?")
API = ("cli", "serve", "--api-only", "--port", "0", "--model", "tiny")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    (folder / "museum.txt").write_text(
        "The museum opens at nine in the morning. The entry fee is 20 euros, and 10 euros for students.\n\n"
        "It was founded in 1904 by the painter Ada Holm, whose works hang in the north wing."
    )
    made = citewell("ingest", str(folder / "museum.txt"), **_environment(folder / "library"))
    assert made.returncode == 0, made.stderr
    return folder / "library"


@pytest.fixture(scope="module")
def at(library: Path) -> Iterator[httpx.Client]:
    with serving(library, MODELS, program=API) as address, httpx.Client(base_url=address, timeout=120) as opened:
        yield opened


def _environment(library: Path) -> dict[str, str]:
    return {"CITEWELL_LIBRARY": str(library), "CITEWELL_MODELS": str(MODELS), "PYTHONPATH": str(ROOT)}


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without its time, and with scores that may differ in the last digit."""
    kept = {name: value for name, value in answer.items() if name not in ("created_at", "timings")}
    for passage in kept["passages"]:
        passage["score"] = pytest.approx(passage["score"], abs=2e-4)
    return kept


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_api_and_the_command_give_the_same_answer(at: httpx.Client, library: Path, question: str) -> None:
    settings = {"seed": 3, "temperature": 0.7, "max_new_tokens": 40}
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    asked = citewell("ask", question, "--json", "--model", "tiny", *flags, **_environment(library))
    assert asked.returncode == 0, asked.stderr
    command = json.loads(asked.stdout)
    answer = at.post("/api/v1/asks", json={"question": question, "settings": settings}).json()["answer"]
    del answer["created_at"], answer["timings"]
    assert answer == timeless(command)


def test_the_server_is_ready_when_its_model_is(at: httpx.Client) -> None:
    assert at.get("/ready").json() == {"status": "ready"}
    assert re.match(r"[\d.]+", at.get("/api/v1").json()["citewell"])
