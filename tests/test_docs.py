"""The documents stay true to the code."""

import re
import subprocess

import pytest
from typer.main import get_command

from benchmarks.answering import EXAMPLES
from cli.main import app
from rag.settings import Settings
from tests.support.paths import ROOT

README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", SETTINGS, re.MULTILINE))
    assert rows.keys() == Settings.model_fields.keys()
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, str | bool | int | float):
            default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert rows[name] == f"`{default}`", name


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


def test_the_tree_has_a_line_for_every_module() -> None:
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = {path for path in tracked.split() if not path.startswith("tests/") and not path.endswith("__init__.py")}
    if not names:
        pytest.skip("not a git checkout")
    tree = ARCHITECTURE.split("## The tree")[1].split("## ")[0]
    missing = {path for path in names if not re.search(rf"^\s+{re.escape(path.split('/')[-1])}\s", tree, re.MULTILINE)}
    assert not missing


def test_links_between_documents_lead_somewhere() -> None:
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/settings.md", "data/README.md"):
        path = ROOT / name
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{name} -> {target}"
