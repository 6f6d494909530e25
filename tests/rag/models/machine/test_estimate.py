"""Estimates follow from sizes and rates, and nothing else."""

from dataclasses import replace

import pytest

from rag.models.catalog import DecoderShape, WeightFormat, find_spec
from rag.models.machine.estimate import (
    Gpu,
    Machine,
    Rates,
    SpeedEstimate,
    conversion_memory,
    estimate_speed,
    fits,
    is_free,
    memory_needed,
)

SHAPE = DecoderShape(layers=10, hidden=1000, mlp=3000, heads=10, kv_heads=2, head_dim=100, vocabulary=50_000, tied=True)
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


def test_the_parameters_of_a_shape_are_those_of_its_matrices() -> None:
    assert SHAPE.layer_parameters == 10 * (2 * 1000 * 1000 + 2 * 1000 * 200 + 3 * 1000 * 3000)
    assert SHAPE.parameters == SHAPE.layer_parameters + 50_000_000
    assert replace(SHAPE, tied=False).parameters == SHAPE.layer_parameters + 100_000_000
    assert SHAPE.cache_elements == 2 * 10 * 2 * 100


def test_writing_takes_as_long_as_reading_all_weights_and_the_cache() -> None:
    weights = SHAPE.layer_parameters + SHAPE.output_parameters
    cache = 1000 * SHAPE.cache_elements * 2
    assert estimate_speed(SHAPE, "int8", RATES).decode == pytest.approx(10e9 / (weights + cache))
    assert estimate_speed(SHAPE, "bfloat16", RATES).decode == pytest.approx(10e9 / (2 * weights + cache))


def test_reading_takes_as_long_as_products_and_attention_over_whole_chunks() -> None:
    products = 2 * SHAPE.layer_parameters * 1000 / 1e12
    attention = 4 * 10 * 1000 * 256 * (256 + 512 + 768 + 1024) / 1e12
    assert estimate_speed(SHAPE, "int8", RATES).prefill == pytest.approx(1000 / (products + attention))


def test_work_on_every_number_of_a_row_takes_time_when_a_prompt_is_read() -> None:
    slower = replace(RATES, element_seconds=1e-9)
    plain, slow = estimate_speed(SHAPE, "int8", RATES), estimate_speed(SHAPE, "int8", slower)
    numbers = 16 * 1000 + 2 * 3000 + 8 * (1000 + 2 * 200)
    assert 1000 / slow.prefill - 1000 / plain.prefill == pytest.approx(10 * numbers * 1000 * 1e-9)
    assert slow.decode == plain.decode


@pytest.mark.parametrize(("weights", "layer"), [("int8", 1e-3 + 4 * 1e-4), ("bfloat16", 1e-3)])
def test_every_layer_takes_its_fixed_time_in_every_step(weights: WeightFormat, layer: float) -> None:
    slower = replace(RATES, layer_seconds=1e-3, product_seconds=1e-4)
    plain, slow = estimate_speed(SHAPE, weights, RATES), estimate_speed(SHAPE, weights, slower)
    assert 1 / slow.decode - 1 / plain.decode == pytest.approx(10 * layer)
    assert 1000 / slow.prefill - 1000 / plain.prefill == pytest.approx(4 * 10 * layer)


def test_an_answer_is_a_prompt_read_and_sixty_tokens_written() -> None:
    assert SpeedEstimate(prefill=100.0, decode=6.0).answer_seconds == pytest.approx(20.0)


@pytest.mark.parametrize("name", ["default", "tiny"])
def test_the_memory_of_a_model_is_near_the_measured_one(name: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.shape is not None
    assert memory_needed(spec.shape, "int8") == pytest.approx(spec.memory_bytes, rel=0.1)


def test_a_conversion_needs_more_memory_than_the_model() -> None:
    assert conversion_memory(SHAPE) > memory_needed(SHAPE, "int8")


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


def test_in_bfloat16_an_embedding_that_is_not_the_output_layer_takes_memory_too() -> None:
    untied = replace(SHAPE, tied=False)
    difference = memory_needed(untied, "bfloat16") - memory_needed(SHAPE, "bfloat16")
    assert difference == 2 * SHAPE.output_parameters
    assert memory_needed(untied, "bfloat16") > 2 * untied.parameters
    assert memory_needed(untied, "int4") == memory_needed(SHAPE, "int4")  # its table is mapped, and read by the row
