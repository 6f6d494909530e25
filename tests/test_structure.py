"""The house stays in order: rooms of a size, one name for one thing, a test file for every module."""

import ast
import re
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PACKAGES = ("rag", "ingest", "observing", "serving", "api", "web", "cli", "evaluation")
CORE = ("rag", "ingest")
FACES = ("cli", "web", "api", "app")
CODE = {".py", ".js", ".css", ".html"}
SHARED_NAMES = {"__init__.py", "__main__.py", "conftest.py"}
UNTESTED = ("rag/types/", "rag/interfaces/")
"""Plain values and Protocols: the contract suites test what implements them."""

MAX_ENTRIES = 18
MAX_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_LONG_FUNCTIONS = 3
MAX_POSITIONAL_FIELDS = 5
MAX_WHAT_OR_WHETHER = 30


def tracked() -> list[Path]:
    """Files of the repository, relative to its root; none outside a git checkout."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return [Path(line) for line in listed.splitlines() if (ROOT / line).is_file()]


FILES = [path for path in tracked() if path.suffix in CODE and path.parts[0] != "docs"]
PYTHON = [path for path in FILES if path.suffix == ".py"]
TREES = {path: ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in PYTHON}

pytestmark = pytest.mark.skipif(not FILES, reason="not a git checkout")


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(TREES[path])


def test_the_root_has_one_python_file() -> None:
    assert [str(path) for path in PYTHON if len(path.parts) == 1] == ["app.py"]


def test_no_folder_of_code_is_crowded() -> None:
    entries: defaultdict[Path, set[str]] = defaultdict(set)
    for path in FILES:
        for folder in list(path.parents)[:-1]:
            entries[folder].add(path.relative_to(folder).parts[0])
    assert {str(folder): len(names) for folder, names in entries.items() if len(names) > MAX_ENTRIES} == {}


def test_no_two_files_have_the_same_name() -> None:
    names = Counter(path.name for path in FILES if path.name not in SHARED_NAMES)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_module_has_its_test_file() -> None:
    modules = [path for path in PYTHON if path.parts[0] in PACKAGES and path.name not in SHARED_NAMES]
    tested = [path for path in modules if not path.as_posix().startswith(UNTESTED)]
    missing = [path for path in tested if not (ROOT / "tests" / path.parent / f"test_{path.name}").is_file()]
    assert [str(path) for path in missing] == []


def test_files_are_read_in_one_sitting() -> None:
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {path: length for path, length in lengths.items() if length > MAX_LINES} == {}


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in PYTHON
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert len(long) <= MAX_LONG_FUNCTIONS, long


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


def test_docstrings_say_what_something_does() -> None:
    """'Return whether …' and 'Tokens of …' are read at once; 'What is told of …' is read twice."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = (
        ast.get_docstring(node) or "" for path in PYTHON for node in nodes(path) if isinstance(node, documented)
    )
    assert sum(bool(re.match(r"(What|Whether)\b", text)) for text in docstrings) <= MAX_WHAT_OR_WHETHER


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
