"""`citewell completion`: bash really completes; zsh and fish get what their scripts ask for."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_citewell
from tests.support.paths import ROOT


@pytest.fixture
def command(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which `citewell` is on the path."""
    program = tmp_path / "bin" / "citewell"
    program.parent.mkdir()
    start = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[0] = 'citewell'; from cli.main import main; main()"
    )
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_completes_options(command: dict[str, str]) -> None:
    line, offered = "citewell ask --coll", {"--collection"}
    words = line.split()
    script = (
        'source <(citewell completion bash); function=$(complete -p citewell | sed "s/.*-F \\([^ ]*\\).*/\\1/"); '
        f'COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; $function citewell; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", script], env=command, capture_output=True, text=True, timeout=240, check=False)
    assert (done.stderr, set(done.stdout.split())) == ("", offered)


def test_zsh_and_fish_are_offered_commands_with_what_they_do(command: dict[str, str]) -> None:
    asked = {"_TYPER_COMPLETE_ARGS": "citewell cha", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    for shell, expected in (("zsh", '"chat":"Talk with'), ("fish", "chat\tTalk with")):
        environment = {**command, **asked, "_CITEWELL_COMPLETE": f"complete_{shell}"}
        done = subprocess.run(["citewell"], env=environment, capture_output=True, text=True, timeout=240, check=False)
        assert expected in done.stdout
        script = run_citewell("completion", shell).stdout
        assert f"_CITEWELL_COMPLETE=complete_{shell}" in script
