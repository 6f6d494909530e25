"""What is said about somebody's files is short and printable, and damage in them is a sentence."""

from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.model_source import ModelSource, first_line, shown
from tests.rag.models.conftest import close


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[1]", b"[" * 100_000])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    with pytest.raises(ModelError, match=r"'my/model' has a damaged config\.json\. Fetch or copy"):
        ModelSource(tmp_path, "my/model").read_object("config.json")


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert ModelSource(tmp_path, "x").read_object("config.json") == {}


def test_values_of_a_file_cannot_act_on_the_terminal_or_fill_it() -> None:
    assert shown("\x1b[2Jred") == "?[2Jred"
    assert len(shown("x" * 1000)) == 60
    assert first_line(ValueError("\n  the first.\nthe second")) == "the first"
    assert first_line(ValueError()) == "ValueError"


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    close(tmp_path / "config.json", monkeypatch)
    with pytest.raises(ModelError, match=r"'my/model' cannot be read: permission denied for config\.json\. Give"):
        ModelSource(tmp_path, "my/model").read_object("config.json")
