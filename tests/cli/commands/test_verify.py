"""`citewell verify` as its user meets it."""

import json
from pathlib import Path

import pytest

from rag.services import Services
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from tests.support.commands import run_citewell
from tests.support.fakes import ScriptedGenerator

DOCUMENT = "# The tower\nThe tower is 324 metres high. It was built in 1889."


@pytest.mark.model
@pytest.mark.usefixtures("shared_minilm")
def test_ask_export_verify_then_edit_the_document_then_remove_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator("The tower is 324 metres high.", context_tokens=4096))
    file, exported = tmp_path / "tower.md", tmp_path / "answer.json"
    file.write_text(DOCUMENT)
    (tmp_path / "other.md").write_text("Something else.")
    run_citewell("ingest", str(tmp_path))
    asked = run_citewell("ask", "How high is the tower?", "--model", "tiny", "--max-new-tokens", "40", "--json")
    exported.write_text(asked.stdout)
    value = json.loads(asked.stdout)
    assert (value["format"], value["model"], value["settings"]["passages"]) == (1, "smollm2-135m", 5)
    assert "host" not in value["settings"]

    same = run_citewell("verify", str(exported))
    assert (same.returncode, same.stderr) == (0, "")
    assert "All of it holds" in same.stdout

    file.write_text(DOCUMENT.replace("324", "330"))
    run_citewell("ingest", str(file))
    edited = run_citewell("verify", str(exported), "--json")
    assert edited.returncode == 1
    result = json.loads(edited.stdout)
    assert not result["holds"]
    assert {"document-changed", "quote-gone"} <= {finding["kind"] for finding in result["findings"]}

    listed = json.loads(run_citewell("library", "list", "--json").stdout)
    run_citewell("library", "remove", *(str(document["id"]) for document in listed if document["name"] == "tower.md"))
    removed = run_citewell("verify", str(exported))
    assert removed.returncode == 1
    assert "document-removed  tower.md is no longer in the library." in removed.stdout


def test_what_cannot_be_verified_is_a_sentence_and_exit_code_1(tmp_path: Path) -> None:
    SqliteLibrary(tmp_path / "library", embedder="minilm").close()
    (tmp_path / "empty.json").write_text(
        '{"format": 1, "question": "", "answer": "", "sentences": [], "passages": [], '
        '"model": "", "citewell": "", "created_at": ""}'
    )
    (tmp_path / "latin.json").write_bytes(b"caf\xe9")
    (tmp_path / "text.md").write_text("# A document")
    for name, message in {
        "empty.json": "the library is empty",
        "latin.json": "it is not UTF-8 text",
        "text.md": "text.md is not an exported answer",
        "none.json": "No such file",
    }.items():
        result = run_citewell("verify", str(tmp_path / name))
        assert result.returncode == 1, name
        assert message in " ".join(result.stderr.split())
        assert "Traceback" not in result.stderr
