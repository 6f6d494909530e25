"""The documents stay true to the code."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from benchmarks.sample_library import EXAMPLES
from cli.main import app
from rag.models.named_models import NAMED_MODELS
from rag.settings import Settings
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
MODELS = (ROOT / "docs" / "models.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", SETTINGS, re.MULTILINE))
    assert rows.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | bool | int | float):
            default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert rows[name] == f"`{default}`", name


def test_every_named_model_of_the_hub_is_documented_with_its_facts() -> None:
    rows = re.findall(
        r"^\| `([a-z0-9.-]+)` \| (\w+) \| (\S+) \| ([\d.]+) \| ([\d,]+) \| (.+?) \|", MODELS, re.MULTILINE
    )
    assert rows == [
        (m.name, m.role, m.repo, f"{m.stored_parameters / 1e9:.2f}", f"{m.window:,}", m.licence) for m in NAMED_MODELS
    ]


def test_every_command_in_the_readme_exists() -> None:
    root = get_command(app)
    used = {tuple(line.split()[:2]) for line in re.findall(r"citewell ((?:models |library )?[a-z]+)", README)}
    assert len(used) > 5
    for words in used:
        command = root
        for word in words:
            assert word in command.commands, words  # type: ignore[attr-defined]
            command = command.commands[word]  # type: ignore[attr-defined]


def test_the_example_questions_are_those_whose_answers_are_tested() -> None:
    assert all(f"- {example}" in README for example in EXAMPLES)


def test_the_architecture_names_every_folder_and_no_other() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("not a git checkout")
    code = {Path(path) for path in listed.split() if not path.startswith(("tests/", "docs/", "data/", "."))}
    weights = ("probes", "heads")
    folders = {str(folder) for path in code for folder in list(path.parents)[:-1] if folder.name not in weights}
    assert folders - {"tests", "docs", "data"} == set(_folders_of_the_tree()) - {"tests", "docs", "data", ".ci"}


def _folders_of_the_tree() -> Iterator[str]:
    """Whole paths of the folders that the tree shows by indentation."""
    tree = ARCHITECTURE.split("## Where things are")[1].split("\n## ")[0]
    parents: list[str] = []
    for indent, name in re.findall(r"^    ( *)([\w.]+)/ ", tree, re.MULTILINE):
        parents = [*parents[: len(indent) // 2], name]
        yield "/".join(parents)


def test_the_paths_that_documents_name_exist() -> None:
    documents = [path for path in (*ROOT.glob("*.md"), *ROOT.glob("*/*.md")) if "node_modules" not in path.parts]
    named = {
        (path.name, place)
        for path in documents
        for place in re.findall(r"`([\w/.]+/[\w/.]*\.[a-z]+)`", path.read_text())
        if not re.search(r"[A-Z]{4}", place) and not place.startswith("data/")  # FAMILY.py is anybody's name
    }
    assert len(named) > 60
    assert sorted((name, place) for name, place in named if not (ROOT / place).is_file()) == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "data" / "README.md"]
    for path in documents:
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} -> {target}"
