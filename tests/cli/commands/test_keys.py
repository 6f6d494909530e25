"""A key is shown once, listed without its secret, and revoked by its name."""

import json
from pathlib import Path

from api.key_store import KeyStore
from serving.auth_file import Users
from tests.support.commands import run_citewell


def test_a_key_is_made_listed_and_revoked(tmp_path: Path, users: Users) -> None:
    made = run_citewell("keys", "add", "tool", "--user", "Ann", "--collection", "fees", "--read-only", "--expires",
                        "90d", "--requests", "5", "--tokens", "600", CITEWELL_AUTH_FILE=str(users.path))  # fmt: skip
    key = made.stdout.strip()
    found = KeyStore(tmp_path / "library").verify(key)
    assert found is not None
    assert (found.owner, found.collection, found.read_only, found.requests) == ("ann", "fees", True, 5)
    listed = run_citewell("keys", "list")
    assert "tool" in listed.stdout
    assert key.split("_")[2] not in listed.stdout
    (shown,) = json.loads(run_citewell("keys", "list", "--json").stdout)
    assert (shown["name"], shown["tokens"], shown["last_used_at"] != "") == ("tool", 600, True)
    assert "is revoked" in run_citewell("keys", "revoke", "tool").stdout
    assert KeyStore(tmp_path / "library").verify(key) is None


def test_a_user_who_does_not_exist_gets_no_key(users: Users) -> None:
    refused = run_citewell("keys", "add", "tool", "--user", "bob", "--auth-file", str(users.path))
    assert (refused.returncode, "There is no user 'bob'" in refused.stderr) == (1, True)
