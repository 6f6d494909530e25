"""A public link that cannot be made says why, before anything is loaded."""

import pytest
from gradio import tunneling

from serving.auth_file import Users
from tests.support.commands import run_citewell


def test_no_public_link_without_a_sign_in() -> None:
    result = run_citewell("serve", "--share")
    assert result.returncode == 1
    assert "no public link that everybody could read your documents by" in " ".join(result.stderr.split())
    assert "loading" not in result.stderr


def test_a_tunnel_program_that_cannot_be_fetched_is_said_before_any_model_is_loaded(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable() -> None:
        raise OSError("[Errno 111] Connection refused")

    monkeypatch.setattr(tunneling.Tunnel, "download_binary", unreachable)
    result = run_citewell("serve", "--share", "--auth-file", str(users.path), "--port", "0")
    said = " ".join(result.stderr.split())
    assert result.returncode == 1
    assert "The public link needs a program of Gradio's (frpc), and it cannot be fetched" in said
    assert "start without --share" in said
    assert "loading" not in said
    assert "Traceback" not in said
