"""Child processes find the same modules as their parent, and none in the working folder."""

import subprocess
import sys
from pathlib import Path

import psutil
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


def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(
        "import sys, time\nfrom rag.runtime.child_process import end_with\n"
        "end_with(int(sys.argv[1]))\nprint('ready', flush=True)\ntime.sleep(60)"
    )
    (tmp_path / "starting.py").write_text(
        "import os, subprocess, sys\nchild = subprocess.Popen([sys.executable, 'waiting.py', str(os.getpid())])\n"
        "print(child.pid, flush=True)\nchild.wait()"
    )
    command = [sys.executable, "starting.py"]
    with subprocess.Popen(command, env=import_environment(), cwd=tmp_path, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert parent.stdout.readline() == "ready\n"
        parent.terminate()
        child.wait(timeout=30)
