"""The public names of `rag`, and the README's example of their use."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rag
from rag.runtime.child_process import import_environment
from tests.support.paths import ROOT, SAMPLES

HEAVY = ("numpy", "pydantic", "torch")


def test_every_public_name_is_there_and_no_other() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    assert all(getattr(rag, name).__module__.startswith("rag.") for name in rag.__all__ if name != "Event")
    assert rag.Event
    with pytest.raises(AttributeError, match="module 'rag' has no attribute 'Embedder'"):
        rag.Embedder  # type: ignore[attr-defined]  # noqa: B018


def test_importing_it_loads_no_library() -> None:
    code = f"import rag, sys; assert rag.CitewellError; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=import_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.model
def test_the_example_of_the_readme_answers_with_its_citations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    documents = tmp_path / "data" / "documents"
    documents.mkdir(parents=True)
    shutil.copy(SAMPLES / "debian-constitution.txt", documents)
    monkeypatch.setenv("CITEWELL_MODEL", "tiny")
    monkeypatch.setenv("CITEWELL_STRICTNESS", "0")  # of what the tiny model writes, most would be refused
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102
    added, *printed = capsys.readouterr().out.splitlines()
    assert added == "added debian-constitution.txt"
    answer, first, quoted = "\n".join(printed).partition("\n[")
    assert "1 year" in answer
    text = (SAMPLES / "debian-constitution.txt").read_text(encoding="utf-8")
    quotes = re.findall(r"\[\d\] debian-constitution\.txt, lines [\d–]+: “(.*?)”", first + quoted, re.DOTALL)
    assert quotes
    assert all(quote in text for quote in quotes)
