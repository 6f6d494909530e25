"""Estimates follow from sizes and rates, and nothing else."""

from dataclasses import replace

import pytest

from rag.models.catalog import find_spec
from rag.models.speed_estimate import (
    Gpu,
    Machine,
    Rates,
    fits,
    is_free,
    memory_needed,
)

RATES = Rates(
    read_bytes=10e9,
    product_operations=1e12,
    attention_operations=1e12,
    element_seconds=0.0,
    layer_seconds=0.0,
    product_seconds=0.0,
)
MACHINE = Machine(
    processor="a processor",
    cores=2,
    threads=2,
    abilities=(),
    memory_bytes=8_000_000_000,
    free_bytes=3_000_000_000,
    gpu=None,
    weights="int8",
)


@pytest.mark.parametrize("name", ["default", "tiny"])
def test_the_memory_of_a_model_is_near_the_measured_one(name: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.shape is not None
    assert memory_needed(spec.shape, "int8") == pytest.approx(spec.memory_bytes, rel=0.1)


def test_a_model_fits_into_the_memory_it_will_have() -> None:
    assert fits(8_000_000_000, MACHINE)
    assert not fits(8_000_000_001, MACHINE)
    assert is_free(3_000_000_000, MACHINE)
    assert not is_free(3_000_000_001, MACHINE)
    with_gpu = replace(MACHINE, gpu=Gpu("a GPU", 4_000_000_000))
    assert is_free(4_000_000_000, with_gpu)
    assert not fits(5_000_000_000, with_gpu)
    shared = replace(MACHINE, gpu=Gpu("Apple GPU", None))
    assert fits(8_000_000_000, shared)
    assert not is_free(4_000_000_000, shared)
