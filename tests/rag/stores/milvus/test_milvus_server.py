"""Failures of Milvus are sentences that say what to do, and tell nothing of a password."""

import pytest
from pymilvus.exceptions import MilvusException

from rag.errors import LibraryError, SettingsError
from rag.stores.milvus import milvus_server
from rag.stores.milvus.milvus_server import MilvusServer
from tests.support.servers.free_port import free_port


@pytest.mark.parametrize("address", ["http://", "db.example:19530", "http://host:s3cret/x", "grpc://host"])
def test_what_is_no_address_is_refused_without_being_told(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^The setting 'milvus' is no address of Milvus\. Write") as raised:
        MilvusServer(address)
    assert "s3cret" not in str(raised.value)


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    server = MilvusServer(f"http://ann:s3cret@127.0.0.1:{free_port()}/library")
    with pytest.raises(LibraryError, match=r"does not answer\. Start it, or correct the setting 'milvus'") as raised:
        server.call("list_collections")
    assert "s3cret" not in str(raised.value)
    assert raised.value.__cause__ is None


class Answering:
    """A client whose server is of a version, and refuses whatever else is asked."""

    version, said = "v2.6.1", ""

    def __init__(self, **_options: object) -> None:
        pass

    def get_server_version(self, timeout: float) -> str:
        return self.version

    def list_collections(self, timeout: float) -> list[str]:
        raise MilvusException(code=65535, message=self.said)


@pytest.mark.parametrize(
    ("version", "said", "told"),
    [
        ("v2.3.5", "", r"is of version 2\.3, and Citewell needs 2\.4 or newer\. Upgrade it"),
        ("v2.6.1", "auth check failure, please check username and password", "refuses the user or the password"),
        ("v2.6.1", "disk quota exceeded", "cannot do what it is asked: disk quota exceeded. The documents are safe"),
    ],
)
def test_each_failure_says_what_to_do(monkeypatch: pytest.MonkeyPatch, version: str, said: str, told: str) -> None:
    client = type("Client", (Answering,), {"version": version, "said": said})
    monkeypatch.setattr(milvus_server, "MilvusClient", client)
    with pytest.raises(LibraryError, match=told):
        MilvusServer("http://127.0.0.1").call("list_collections")
