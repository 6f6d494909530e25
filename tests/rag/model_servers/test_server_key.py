"""The key of a server: where it comes from, and where it is not sent."""

import logging
import sys
from types import ModuleType

import pytest

from rag.errors import SettingsError
from rag.model_servers.server_key import find_key
from rag.types.server_model import ServerModel

LOCAL = ServerModel("m", "http://127.0.0.1:8000/v1")
AWAY = ServerModel("m", "https://gpu.example/v1")
OPENAI = ServerModel("m", "https://api.openai.com/v1")


@pytest.fixture(autouse=True)
def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


def test_the_environment_has_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", " sk-1 \n")
    assert (find_key(LOCAL), find_key(AWAY)) == ("sk-1", "sk-1")


def test_openais_own_key_is_sent_to_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-2")
    unencrypted = ServerModel("m", "http://api.openai.com/v1")
    assert [find_key(server) for server in (LOCAL, AWAY, unencrypted, OPENAI)] == ["", "", "", "sk-2"]


def test_the_keyring_has_a_key_for_each_host(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("citewell", "gpu.example"): "sk-3"}
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    keyring.get_password = lambda *place: kept.get(place)  # type: ignore[attr-defined]
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert (find_key(AWAY), find_key(LOCAL)) == ("sk-3", "")


def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", "sk-secret\nX-Other: 1")
    with pytest.raises(SettingsError, match="CITEWELL_SERVER_KEY") as caught:
        find_key(LOCAL)
    assert "secret" not in str(caught.value)


def test_a_key_sent_in_the_clear_is_warned_of_without_the_key(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", "sk-secret")
    with caplog.at_level(logging.WARNING):
        find_key(LOCAL)
        assert caplog.text == ""
        find_key(ServerModel("m", "http://gpu.example/v1"))
    assert "https" in caplog.text
    assert "secret" not in caplog.text
