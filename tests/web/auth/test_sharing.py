"""A public link that cannot be made says why, before anything is loaded."""

from pathlib import Path

from serving.auth_file import Users
from tests.support.app_process import citewell


def test_no_public_link_without_a_sign_in() -> None:
    result = citewell("serve", "--share")
    assert result.returncode == 1
    assert "no public link that everybody could read your documents by" in " ".join(result.stderr.split())
    assert "loading" not in result.stderr


def test_a_tunnel_program_that_cannot_be_fetched_is_said_before_any_model_is_loaded(
    users: Users, tmp_path: Path
) -> None:
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9")
    result = citewell(
        "serve", "--share", "--auth-file", str(users.path), "--port", "0", HF_HOME=str(tmp_path / "hf"), **nowhere
    )
    said = " ".join(result.stderr.split())
    assert result.returncode == 1
    assert "The public link needs a program of Gradio's (frpc), and it cannot be fetched" in said
    assert "start without --share" in said
    assert "loading" not in said
    assert "Traceback" not in said
