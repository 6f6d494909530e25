"""How fast a language model would be on this machine, and what memory it needs, from its sizes and a measurement.

The estimate counts what the computation must do: bytes to read, operations of products and of attention, numbers that
pass between them, and the fixed time of every layer. Nothing in it was fitted to one model.
"""

from dataclasses import dataclass

from rag.models.catalog import DecoderShape, WeightFormat

CHUNK_ROWS = 256
"""Rows of a forward pass that reads a prompt, as the engine cuts it."""

PROMPT_TOKENS, ANSWER_TOKENS = 1000, 60
"""A typical question: five passages, and an answer of three sentences."""

_WINDOW = 4096
"""Tokens that the default setting `context_tokens` keeps in memory."""

_LIBRARY_BYTES = 750_000_000
"""Memory of Python, torch and the other libraries."""

WEIGHT_BYTES: dict[WeightFormat, float] = {"int4": 0.69, "int8": 1, "bfloat16": 2}
OUTPUT_BYTES: dict[WeightFormat, float] = {"int4": 1.0625, "int8": 1, "bfloat16": 2}
"""Bytes a weight of the layers and of the output layer; in four bits, some layers have eight, as in Q4_K_M."""

_CACHE_BYTES = 2

_QUANTISED_PRODUCTS = 4
"""Products of a quantised layer, where those with the same input are one: each costs more than a plain one."""

_HIDDEN_OPERATIONS, _MLP_OPERATIONS, _HEAD_OPERATIONS = 16, 2, 8
"""Operations of a layer between its products on each number of a row's hidden state (two norms of seven, two sums), of
its MLP (activation, gate), and of its queries, keys and values (rotation, copies)."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that torch can use. Where it shares the machine's memory, `memory_bytes` is None."""

    name: str
    memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a machine has. `weights` is the format that Citewell stores a language model in here."""

    processor: str
    cores: int
    threads: int
    abilities: tuple[str, ...]
    memory_bytes: int
    free_bytes: int
    gpu: Gpu | None
    weights: WeightFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Speeds of the processor: bytes read and operations of a product or of attention a second, and fixed times.

    `element_seconds` is the time of one operation on one number of many rows; `layer_seconds` and `product_seconds`
    are those of a layer and of a product that are too small to compute for long.
    """

    read_bytes: float
    product_operations: float
    attention_operations: float
    element_seconds: float
    layer_seconds: float
    product_seconds: float


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """Tokens a second reading a prompt and writing an answer, and the seconds of a typical answer."""

    prefill: float
    decode: float

    @property
    def answer_seconds(self) -> float:
        """Seconds from the question to the last word, without guessing ahead."""
        return PROMPT_TOKENS / self.prefill + ANSWER_TOKENS / self.decode


def memory_needed(shape: DecoderShape, weights: WeightFormat) -> int:
    """Return the memory that a process needs to answer with a model of these sizes."""
    cache = _WINDOW * shape.cache_elements * _CACHE_BYTES
    embedding = 0 if shape.tied or weights != "bfloat16" else shape.output_parameters * WEIGHT_BYTES[weights]
    return int(_bytes_read(shape, weights) + embedding) + cache + _LIBRARY_BYTES


def _bytes_read(shape: DecoderShape, weights: WeightFormat) -> float:
    """Return the bytes of all weights that a token is multiplied by."""
    return shape.layer_parameters * WEIGHT_BYTES[weights] + shape.output_parameters * OUTPUT_BYTES[weights]


def conversion_memory(shape: DecoderShape) -> int:
    """Return the memory that the conversion needs once: all weights in bfloat16, and one in float32."""
    return 2 * shape.parameters + 4 * shape.output_parameters + _LIBRARY_BYTES


def fits(needed: int, machine: Machine) -> bool:
    """Return True if a model that needs this much memory can run here once other programs are closed."""
    gpu = machine.gpu
    return needed <= (gpu.memory_bytes if gpu and gpu.memory_bytes is not None else machine.memory_bytes)


def is_free(needed: int, machine: Machine) -> bool:
    """Return True if this much memory is free now; that of a GPU of its own counts as free."""
    own = machine.gpu is not None and machine.gpu.memory_bytes is not None
    return fits(needed, machine) and (own or needed <= machine.free_bytes)


def estimate_speed(shape: DecoderShape, weights: WeightFormat, rates: Rates) -> SpeedEstimate:
    """Return the speed of a model of these sizes on the processor that `rates` were measured on."""
    products = _QUANTISED_PRODUCTS * rates.product_seconds if weights != "bfloat16" else 0.0
    step = shape.layers * (rates.layer_seconds + products)
    read = _bytes_read(shape, weights)
    read += PROMPT_TOKENS * shape.cache_elements * _CACHE_BYTES
    return SpeedEstimate(PROMPT_TOKENS / _prefill_seconds(shape, rates, step), 1 / (read / rates.read_bytes + step))


def _prefill_seconds(shape: DecoderShape, rates: Rates, step: float) -> float:
    """Return the time to read a typical prompt; `step` is the fixed time of a forward pass."""
    chunks = -(-PROMPT_TOKENS // CHUNK_ROWS)
    width = shape.heads * shape.head_dim
    attention = 4 * shape.layers * width * CHUNK_ROWS**2 * chunks * (chunks + 1) / 2
    heads = width + 2 * shape.kv_heads * shape.head_dim
    elements = _HIDDEN_OPERATIONS * shape.hidden + _MLP_OPERATIONS * shape.mlp + _HEAD_OPERATIONS * heads
    return (
        2 * shape.layer_parameters * PROMPT_TOKENS / rates.product_operations
        + attention / rates.attention_operations
        + shape.layers * elements * PROMPT_TOKENS * rates.element_seconds
        + chunks * step
    )
