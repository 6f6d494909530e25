"""Nothing listens beyond this machine without a sign-in."""

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings
from serving.auth_file import Users
from serving.listening import require_users


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
