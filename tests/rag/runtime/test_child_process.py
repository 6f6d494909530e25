"""Child processes find the same modules as their parent, and none in the working folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from rag.runtime import child_process
from rag.runtime.child_process import import_environment, module_command


def test_a_child_imports_what_its_parent_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "only_here.py").write_text("print('found')")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    command = module_command("only_here")
    done = subprocess.run(command, env=import_environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "found\n"


def test_a_module_in_the_working_folder_is_not_taken_for_a_library_of_ours(tmp_path: Path) -> None:
    (tmp_path / "typing.py").write_text("raise SystemExit('hostile')")
    command = module_command(child_process.__name__)
    done = subprocess.run(command, env=import_environment(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
