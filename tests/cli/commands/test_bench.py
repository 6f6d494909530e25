"""`citewell bench` as its user meets it: what it cannot compare with is said before anything is measured."""

import pytest
from typer.testing import CliRunner

from benchmarks import llama_cpp_peer
from cli.main import app
from rag.errors import SettingsError


def test_an_unknown_peer_is_refused_with_the_known_one() -> None:
    result = CliRunner().invoke(app, ["bench", "generation", "--against", "nonsense"])
    assert isinstance(result.exception, SettingsError)
    assert str(result.exception) == "'nonsense' is not known here. Use --against llama.cpp."


def test_a_peer_without_a_binding_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_cpp_peer, "is_installed", lambda: False)
    result = CliRunner().invoke(app, ["bench", "generation", "--against", "llama.cpp"])
    assert isinstance(result.exception, SettingsError)
    assert "pip install llama-cpp-python" in str(result.exception)


def test_a_model_on_a_server_is_not_measured_here() -> None:
    result = CliRunner().invoke(app, ["bench", "generation", "--model", "openai:m@http://127.0.0.1:1/v1"])
    assert isinstance(result.exception, SettingsError)
    assert "measured there" in str(result.exception)
