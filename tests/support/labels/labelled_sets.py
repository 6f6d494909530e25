"""Small labelled sets and cases, and a model with a scripted answer for each question of theirs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.ask_cases import RunOptions, evaluate
from evaluation.report import Report
from rag.grounding.abstention import NOT_FOUND
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import ScriptedGenerator

DOGS, CATS = "Dogs bark at night in the garden.", "Cats sleep by day on the sofa."
PASSAGES = [{"title": "Cats", "text": CATS}, {"title": "Dogs", "text": DOGS}]
SEEN = {
    "id": "seen",
    "question": "When do dogs bark?",
    "passages": PASSAGES,
    "answers": ["at night"],
    "gold_passages": [1],
}
MISSED = {**SEEN, "id": "missed", "question": "Where do dogs bark?", "answers": ["the garden"]}
UNSEEN = {"id": "unseen", "question": "Who feeds the dogs?", "passages": PASSAGES, "answerable": False}
SCRIPTED_ANSWERS = {
    "When do dogs bark?": "Dogs bark at night.",
    "Where do dogs bark?": "Cats sleep on the sofa.",
    "Who feeds the dogs?": NOT_FOUND,
}


class QuestionGenerator(ScriptedGenerator):
    """Generate the scripted answer of the question, and record the questions."""

    def __init__(self, scripts: dict[str, str]) -> None:
        super().__init__(context_tokens=4000)
        self.scripts = scripts
        self.asked: list[str] = []

    def begin(self) -> None:
        question = self.seen[-1]["content"].rpartition("Question: ")[2]
        self.asked.append(question)
        self.script = self.scripts[question]


def services_with(generator: ScriptedGenerator, **flags: Any) -> Services:
    services = Services(load_settings(**flags))
    services.generator = generator
    return services


def write_cases(path: Path, *cases: dict[str, Any]) -> Path:
    """Write cases to a file, one JSON object a line."""
    path.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    return path


def ask_all(file: Path, services: Services, **options: Any) -> Report:
    return evaluate(file, services, no_progress, RunOptions(**options))


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
