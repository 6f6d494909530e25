"""Nothing is open to others without a sign-in, and a link that cannot be made says why."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings
from tests.support.app_process import citewell
from web.auth.auth_file import Users
from web.auth.sharing import require_users


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org"])  # noqa: S104  refused
def test_no_other_host_without_a_sign_in(host: str, users: Users) -> None:
    with pytest.raises(SettingsError, match=r"without a sign-in.*citewell users add NAME --auth-file"):
        require_users(load_settings(host=host))
    signed = require_users(load_settings(host=host, auth_file=users.path))
    assert signed is not None
    assert signed.names() == ["ann"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])
def test_this_machine_itself_needs_none(host: str) -> None:
    assert require_users(load_settings(host=host)) is None


def test_no_public_link_without_a_sign_in() -> None:
    result = citewell("serve", "--share")
    assert result.returncode == 1
    assert "no public link that everybody could read your documents by" in " ".join(result.stderr.split())
    assert "loading" not in result.stderr


def test_an_auth_file_that_cannot_be_used_stops_the_start(users: Users) -> None:
    users.remove("ann")
    with pytest.raises(SettingsError, match="has no user"):
        require_users(load_settings(auth_file=users.path))
    users.path.write_text("{")
    with pytest.raises(SettingsError, match="damaged"):
        require_users(load_settings(auth_file=users.path))
    users.path.unlink()
    with pytest.raises(SettingsError, match="There is no auth file"):
        require_users(load_settings(auth_file=users.path))


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
