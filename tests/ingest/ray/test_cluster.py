"""A sentence says what is missing, before Ray itself would wait for minutes."""

import os
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from ingest.ray import cluster as cluster_module
from ingest.ray.cluster import LOCAL, Cluster, import_ray
from rag.errors import ClusterError, SettingsError
from tests.support.servers.llama_server import free_port


class ScriptedRay:
    """Stands for the module: nodes with so many CPUs, of which none may be alive."""

    def __init__(self, cpus: list[int], gpus: int = 0) -> None:
        self.cpus, self.gpus = cpus, gpus
        self.options: dict[str, Any] = {}

    def init(self, **options: Any) -> None:
        self.options = options

    def shutdown(self) -> None:
        self.options = {}

    def get_runtime_context(self) -> Any:
        return SimpleNamespace(gcs_address="127.0.0.1:1")

    def nodes(self) -> list[dict[str, Any]]:
        return [{"Alive": True, "Resources": {"CPU": float(count)}} for count in self.cpus]

    def cluster_resources(self) -> dict[str, float]:
        return {"GPU": float(self.gpus)}


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an environment that joining a cluster may change."""
    for name in [name for name in os.environ if name.startswith("RAY_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(os, "environ", dict(os.environ))


def opened(monkeypatch: pytest.MonkeyPatch, ray: ScriptedRay, address: str = LOCAL, *, answers: bool = True) -> Cluster:
    monkeypatch.setattr(cluster_module, "import_ray", lambda _: ray)
    monkeypatch.setattr(cluster_module, "_answers", lambda _: answers)
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


def test_each_node_keeps_a_cpu_and_each_gpu_has_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(monkeypatch, ScriptedRay([0, 2, 3, 8])).workers() == 4
    assert opened(monkeypatch, ScriptedRay([16, 16], gpus=2)).workers() == 2


def test_a_cluster_of_too_small_nodes_says_what_they_need(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ClusterError, match="No node of the Ray cluster has 3 CPUs"):
        opened(monkeypatch, ScriptedRay([0, 2])).workers()


def test_a_cluster_may_be_without_nodes_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = ScriptedRay([3])
    cluster = opened(monkeypatch, ray)
    cluster.join()
    ray.cpus = []
    cluster.require_alive()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 600)
    with pytest.raises(ClusterError, match="All nodes of the Ray cluster that could work are gone"):
        cluster.require_alive()
    ray.cpus = [3]
    cluster.require_alive()


def test_a_head_that_is_gone_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = opened(monkeypatch, ScriptedRay([3]))
    cluster.join()
    monkeypatch.setattr(cluster_module, "_answers", lambda _: False)
    with pytest.raises(ClusterError, match="The head of the Ray cluster is gone"):
        cluster.require_alive()
