"""`citewell verify` as its user meets it."""

import json
from pathlib import Path

import pytest

from rag.services import Services
from tests.support.commands import run_citewell
from tests.support.fakes import ScriptedGenerator

DOCUMENT = "# The tower\nThe tower is 324 metres high. It was built in 1889."


@pytest.mark.model
@pytest.mark.usefixtures("shared_minilm")
def test_an_exported_answer_holds_until_its_document_is_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("latin.json", b"caf\xe9", "it is not UTF-8 text"),
        ("text.md", b"# A document", "text.md is not an exported answer"),
    ],
)
def test_what_is_no_export_is_a_sentence_and_exit_code_1(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = run_citewell("verify", str(tmp_path / name))
    assert (result.returncode, said in " ".join(result.stderr.split())) == (1, True)
