"""Names that a shell completes."""

from pathlib import Path

import pytest
import typer

from cli.commands.ask import ask
from cli.shell_completion import complete_collections, complete_models
from tests.cli.stored_documents import new_document, store


@pytest.fixture
def context() -> typer.Context:
    app = typer.Typer()
    app.command()(ask)
    return typer.Context(typer.main.get_command(app))


def test_collections_of_the_library_are_offered_but_none_that_a_shell_would_run(
    tmp_path: Path, context: typer.Context
) -> None:
    assert complete_collections(context, "") == []
    assert not (tmp_path / "library").exists(), "completing makes no library"
    for number, collection in enumerate(["law", "letters", "l;rm x", "l$(x)", "-l", "", "l\x1b[2J"]):
        store(tmp_path / "library", new_document(f"{number}.txt", collection=collection))
    assert complete_collections(context, "l") == ["law", "letters"]
    assert complete_collections(context, "le") == ["letters"]


def test_models_are_offered_and_a_wrong_setting_is_left_to_the_command(
    context: typer.Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "qwen3-4b-instruct" in complete_models(context, "qwen3")
    assert "minilm" not in complete_models(context, "")
    monkeypatch.setenv("CITEWELL_NO_SUCH", "1")
    assert complete_collections(context, "") == []
