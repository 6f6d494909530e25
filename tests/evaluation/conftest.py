"""Three cases about pets, and services whose model answers them from a script."""

from pathlib import Path

import pytest

from rag.services import Services
from tests.support.labels.labelled_sets import (
    MISSED,
    SCRIPTED_ANSWERS,
    SEEN,
    UNSEEN,
    QuestionGenerator,
    services_with,
    write_cases,
)


@pytest.fixture
def generator() -> QuestionGenerator:
    return QuestionGenerator(SCRIPTED_ANSWERS)


@pytest.fixture
def services(generator: QuestionGenerator) -> Services:
    return services_with(generator)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_cases(tmp_path / "pets.jsonl", SEEN, MISSED, UNSEEN)
