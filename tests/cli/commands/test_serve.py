"""`citewell serve` as its user meets it: what keeps it from starting is said before a model is loaded."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.commands import run_citewell
from tests.support.paths import ROOT

_ENDED_WHILE_LOADING = """
import signal, sys
from cli.commands import serve
def load(services):
    services.on_close(lambda: print("closed"))
    signal.raise_signal(signal.SIGTERM)
serve._start_api = load
sys.argv = ["citewell", "serve", "--api-only", "--port", "0", "--library", sys.argv[1]]
from cli.main import main
main()
"""


def test_a_port_in_use_is_said_before_any_model_is_loaded() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = run_citewell("serve", "--port", str(taken.getsockname()[1]))
    assert result.returncode == 1
    assert "is in use" in result.stderr
    assert "loading" not in result.stderr


def test_a_form_of_log_that_does_not_exist_is_wrong_usage() -> None:
    assert run_citewell("serve", "--log-format", "xml").returncode == 2


def test_a_server_that_is_ended_while_it_loads_models_closes_what_it_opened(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _ENDED_WHILE_LOADING, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (ended.returncode, ended.stdout) == (0, "closed\n"), ended.stderr
