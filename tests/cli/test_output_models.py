"""What the terminal shows of models: the machine in three lines, and a table that fits."""

from pathlib import Path

import pytest

from cli import output_models
from rag.models.inventory import KnownModel, known_models
from tests.rag.models.test_speed_estimate import MACHINE, RATES


@pytest.fixture
def known(tmp_path: Path) -> list[KnownModel]:
    return [model for model in known_models(tmp_path) if model.role == "generator"]


def row(model: KnownModel) -> list[str]:
    return list(output_models._speed_row(model, MACHINE, RATES))


def test_a_row_says_what_a_model_needs_and_how_fast_it_would_be(known: list[KnownModel]) -> None:
    by_name = {model.name: model for model in known}
    assert row(by_name["qwen2.5-coder-1.5b"]) == [
        "qwen2.5-coder-1.5b",
        "2.4",
        "yes",
        "366",
        "6.4",
        "12 s",
        "32k",
        "Apache-2.0",
        "yes",
    ]
    assert row(by_name["llama-3.2-3b"])[2:3] == ["not now"]
    assert row(by_name["llama-3.2-3b"])[-2:] == ["Llama 3.2*", "no"]
    assert row(by_name["qwen2.5-7b"])[1:6] == ["8.1", "no", "–", "–", "–"]


def test_the_machine_is_described_and_the_columns_explained(
    known: list[KnownModel], capsys: pytest.CaptureFixture[str]
) -> None:
    output_models.print_speeds(known, MACHINE, RATES)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a processor: 2 cores, 8.0 GB of memory, 3.0 GB of it free; no GPU that torch sees."
    assert lines[1] == "Abilities: unknown. Language models are kept in int8 here."
    assert lines[2].startswith("Measured just now: 10.0 GB/s from memory, 1.00 tera operations a second in int8.")
    assert lines[-2].startswith("reads, writes: tokens a second, estimated from the measurement.")
    assert lines[-1].startswith("tried: this project has measured")
