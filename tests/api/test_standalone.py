"""The API is served alone, without Gradio, and never to strangers without a key."""

import subprocess
import sys

import pytest

from api.key_store import KeyStore
from api.standalone import require_keys, start
from rag.errors import ModelError, SettingsError
from rag.services import Services
from rag.settings import load_settings
from serving.auth_file import Users
from tests.support.paths import ROOT
from tests.support.servers.api_server import client, make_key, scripted_services, serving_api


def test_beyond_this_machine_and_with_accounts_a_key_is_needed(services: Services) -> None:
    keys = KeyStore(services.settings.library)
    assert require_keys(load_settings(), keys, has_users=False) is False
    for host, has_users in (("0.0.0.0", False), ("127.0.0.1", True)):  # noqa: S104  refused
        with pytest.raises(SettingsError, match="citewell keys add"):
            require_keys(load_settings(host=host), keys, has_users=has_users)
    make_key(services)
    assert require_keys(load_settings(host="0.0.0.0"), keys, has_users=False) is True  # noqa: S104  with a key


def test_a_server_with_accounts_asks_for_a_key(users: Users) -> None:
    with scripted_services(auth_file=users.path) as services:
        key = make_key(services, owner="ann")
        with serving_api(services) as running, client(running) as stranger, client(running, key) as ann:
            assert stranger.get("/api/v1").status_code == 401
            assert ann.get("/api/v1").status_code == 200
            KeyStore(services.settings.library).revoke("program")
            assert ann.get("/api/v1").status_code == 401


def test_a_model_that_cannot_be_loaded_ends_the_server(services: Services) -> None:
    del services.__dict__["generator"]
    services.settings.__dict__.update(model="/nowhere", offline=True)
    with pytest.raises(ModelError):
        start(services)


def test_the_api_loads_no_gradio() -> None:
    loaded = "import sys, api.standalone, cli.commands.serve; sys.exit('gradio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, check=False).returncode == 0
