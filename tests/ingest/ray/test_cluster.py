"""A sentence says what is missing, before Ray itself would wait for minutes."""

import os
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.ray import cluster as cluster_module
from ingest.ray.cluster import LOCAL, Cluster, import_ray
from rag.errors import ClusterError, SettingsError
from tests.support.servers.free_port import free_port


class ScriptedRay:
    """Stands for the module: nodes with so many CPUs."""

    def __init__(self, cpus: list[int]) -> None:
        self.cpus = cpus

    def init(self, **options: Any) -> None: ...

    def shutdown(self) -> None: ...

    def get_runtime_context(self) -> Any:
        return SimpleNamespace(gcs_address="127.0.0.1:1")

    def nodes(self) -> list[dict[str, Any]]:
        return [{"Alive": True, "Resources": {"CPU": float(count)}} for count in self.cpus]

    def cluster_resources(self) -> dict[str, float]:
        return {}


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an environment that joining a cluster may change."""
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", dict(os.environ))


def opened(monkeypatch: pytest.MonkeyPatch, ray: ScriptedRay, address: str = LOCAL) -> Cluster:
    monkeypatch.setattr(cluster_module, "import_ray", lambda _: ray)
    monkeypatch.setattr(cluster_module, "_answers", lambda _: True)
    return Cluster(address)


def test_without_ray_a_sentence_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"pip install --editable \"\.\[ray\]\""):
        import_ray()


def test_what_is_no_address_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="'ray://head:10001' is no address of a Ray cluster"):
        opened(monkeypatch, ScriptedRay([]), "ray://head:10001")


def test_an_address_where_nobody_answers_is_named_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "import_ray", lambda _: ScriptedRay([3]))
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(ClusterError, match=f"no Ray cluster at {address} .*nobody answers there"):
        Cluster(address).join()


def test_a_cluster_of_this_machine_has_a_token_of_its_own_which_no_other_program_sees(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = []
    ray = ScriptedRay([3])
    monkeypatch.setattr(ray, "init", lambda **_: tokens.append(os.environ["RAY_AUTH_TOKEN"]))
    for _ in range(2):
        cluster = opened(monkeypatch, ray)
        cluster.join()
        cluster.close()
    assert len(set(tokens)) == 2
    assert min(map(len, tokens)) >= 32
    assert "RAY_AUTH_TOKEN" not in os.environ


def test_a_cluster_of_too_small_nodes_says_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ClusterError, match="No node of the Ray cluster has 3 CPUs"):
        opened(monkeypatch, ScriptedRay([0, 2])).workers()
