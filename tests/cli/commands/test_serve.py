"""`citewell serve` as its user meets it: what keeps it from starting is said before a model is loaded."""

import socket

from tests.support.commands import run_citewell


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
