"""The settings that an exported answer lists: what was chosen, and nothing of this machine or its servers."""

from pathlib import Path

from rag.exports.answer_settings import answer_settings
from rag.settings import load_settings


def test_what_a_conversation_chose_comes_before_the_apps_settings() -> None:
    listed = answer_settings(load_settings(temperature=0.5), {"passages": 9, "temperature": 0.25})
    assert (listed["passages"], listed["temperature"], listed["model"]) == (9, 0.25, "default")
    assert not {"library", "models", "auth_file", "port"} & listed.keys()


def test_models_are_named_without_folders_and_addresses(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    listed = answer_settings(
        load_settings(model=str(tmp_path / "mine"), embedder="openai:e5@http://127.0.0.1:80/secret/v1"), {}
    )
    assert (listed["model"], listed["embedder"], listed["reranker"]) == ("mine", "openai:e5 at 127.0.0.1:80", None)
