"""What protects a reader of the code: one entry point, named fields, a core that knows none of its faces."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.paths import ROOT

CORE = ("rag", "ingest")
FACES = ("cli", "web", "api", "app")

MAX_POSITIONAL_FIELDS = 5


def tracked() -> list[Path]:
    """Files of the repository, relative to its root; none outside a git checkout."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [Path(line) for line in listed.splitlines() if (ROOT / line).is_file()]


PYTHON = [path for path in tracked() if path.suffix == ".py" and path.parts[0] != "docs"]

pytestmark = pytest.mark.skipif(not PYTHON, reason="not a git checkout")


@cache
def tree(path: Path) -> ast.AST:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(tree(path))


def test_the_root_has_one_python_file() -> None:
    assert [str(path) for path in PYTHON if len(path.parts) == 1] == ["app.py"]


def test_large_dataclasses_take_their_fields_by_name() -> None:
    positional = [
        f"{path}:{node.lineno} {node.name}"
        for path in PYTHON
        for node in nodes(path)
        if isinstance(node, ast.ClassDef)
        and sum(isinstance(part, ast.AnnAssign) for part in node.body) > MAX_POSITIONAL_FIELDS
        and any("dataclass" in ast.unparse(each) and "kw_only" not in ast.unparse(each) for each in node.decorator_list)
    ]
    assert positional == []


def test_the_core_does_not_name_its_faces_even_in_strings() -> None:
    module = re.compile(rf"({'|'.join(FACES)})(\.[a-z_]+)*")
    named = [
        f"{path}:{node.lineno} {node.value!r}"
        for path in PYTHON
        if path.parts[0] in CORE
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and module.fullmatch(node.value)
    ]
    assert named == []
