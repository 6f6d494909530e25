"""The measurement of this machine: every figure it has, and none that cannot be."""

from dataclasses import asdict
from pathlib import Path
from types import MethodType, SimpleNamespace

import psutil
import pytest
import torch

from rag.models.catalog import WeightFormat
from rag.models.kernels.block_products import weight_bytes
from rag.models.machine import measurement
from rag.models.machine.estimate import Gpu
from rag.models.machine.measurement import describe_machine, measure_rates
from rag.runtime import memory_limit
from rag.runtime.compute_thread import computing
from rag.runtime.memory_limit import total_memory
from tests.support.kernels.instruction_levels import needs_kernels
from tests.support.random_models import needs_int8


def test_this_machine_is_described_as_the_system_does() -> None:
    machine = describe_machine()
    assert machine.memory_bytes == total_memory()
    assert 0 < machine.free_bytes < machine.memory_bytes
    assert machine.threads == torch.get_num_threads()
    assert machine.cores >= 1
    assert machine.processor


@pytest.mark.parametrize("weights", [pytest.param("int8", marks=needs_int8), "bfloat16"])
def test_every_rate_is_measured(weights: WeightFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "_BUFFER_BYTES", 16 << 20)
    monkeypatch.setattr(measurement, "_WEIGHTS_BYTES", 64 << 20)
    rates = measure_rates(weights)
    assert all(value > 0 for value in asdict(rates).values())


def test_a_machine_with_little_free_memory_reads_less_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def record(work: MethodType) -> float:
        read.append(work.__self__.nbytes)  # type: ignore[attr-defined]  # a tensor's method
        return 1.0

    monkeypatch.setattr(measurement, "best_seconds", record)
    monkeypatch.setattr(memory_limit, "ROOT", Path("/nowhere"))
    for free in (1 << 30, 8 << 30):
        monkeypatch.setattr(psutil, "virtual_memory", lambda free=free: SimpleNamespace(available=free))
        measurement._memory_rate()
    assert read == [128 << 20, 512 << 20]


def test_as_many_operations_run_as_are_counted() -> None:
    with torch.profiler.profile() as profile:
        measurement._element_operations(torch.ones((2, 8), dtype=torch.bfloat16))
    counted = {event.key: event.count for event in profile.key_averages()}
    assert sum(counted[name] for name in ("aten::mul", "aten::add", "aten::copy_")) == measurement._OPERATIONS


def test_a_gpu_is_named_with_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert torch.cuda.is_available() or measurement._find_gpu() is None or torch.backends.mps.is_available()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    found = SimpleNamespace(name="A GPU", total_memory=24_000_000_000)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: found)
    assert measurement._find_gpu() == Gpu("A GPU", 24_000_000_000)


def test_abilities_are_those_that_torch_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True, "amx_int8": False}, raising=False)
    assert measurement._abilities() == ("AVX2",)
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert measurement._abilities() == ()


@needs_kernels
def test_the_bytes_of_a_second_are_those_that_the_kernels_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "_WEIGHTS_BYTES", 32 << 20)
    monkeypatch.setattr(measurement, "best_seconds", lambda _: 1.0)
    size = weight_bytes(4, measurement._HIDDEN, measurement._MLP)
    assert computing(measurement._measure_writing)("int4")[0] == (32 << 20) // size * size
