"""The measurement of this machine: every figure it has, and none that cannot be."""

from dataclasses import asdict
from types import SimpleNamespace

import pytest
import torch

from rag.models import machine_speed
from rag.models.catalog import WeightFormat
from rag.models.machine_speed import measure_rates
from rag.models.speed_estimate import Gpu
from tests.support.random_models import needs_int8


@pytest.mark.parametrize("weights", [pytest.param("int8", marks=needs_int8), "bfloat16"])
def test_every_rate_is_measured(weights: WeightFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_speed, "_BUFFER_BYTES", 16 << 20)
    monkeypatch.setattr(machine_speed, "_WEIGHTS_BYTES", 64 << 20)
    rates = measure_rates(weights)
    assert all(value > 0 for value in asdict(rates).values())


def test_a_gpu_is_named_with_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    assert torch.cuda.is_available() or machine_speed._find_gpu() is None or torch.backends.mps.is_available()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    found = SimpleNamespace(name="A GPU", total_memory=24_000_000_000)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: found)
    assert machine_speed._find_gpu() == Gpu("A GPU", 24_000_000_000)
