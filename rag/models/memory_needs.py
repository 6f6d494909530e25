"""Whether a model, or its conversion, fits into memory. Nothing is loaded to find out, torch neither."""

from pathlib import Path

from rag.errors import ModelError
from rag.models.catalog import WeightFormat
from rag.models.gguf_file import read_gguf_header
from rag.models.model_source import ModelSource
from rag.models.weight_files import require_weights, weight_files
from rag.runtime.limits import available_memory

_OVERHEAD_BYTES = 500_000_000
"""Memory for a context of some thousand tokens, activations and libraries."""

_CONVERSION_OVERHEAD_BYTES = 300_000_000
"""Memory for libraries and the tokenizer while a model is converted."""

_BFLOAT16_BYTES = 2
_UNPACKED_BYTES = 4
"""Bytes a weight while a GGUF file is unpacked: the weights as they were read, and those of the model."""

_QUANTISING_BYTES = 9
"""Bytes an element of the tensor that is being quantised: two copies in float32, and one in int8."""

_QUANTISED_BYTES = 1.2
"""Bytes a weight of the quantised model that is compared with the original."""


def require_memory(folder: Path) -> None:
    """Check that the weights in a folder fit into free memory.

    Raises:
        ModelError: they do not; the message says how much is needed and what would fit.
    """
    needed = sum(path.stat().st_size for path in weight_files(folder)) + _OVERHEAD_BYTES
    free = available_memory()
    if free < needed:
        raise ModelError(
            f"The model in {folder} needs about {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB is free. "
            "Close other programs, or choose a smaller model: '--model tiny' needs about 0.7 GB."
        )


def require_memory_to_convert(source: Path, weights: WeightFormat) -> None:
    """Check that the conversion of a model folder or GGUF file fits into free memory.

    Raises:
        ModelError: it does not; the message says how much is needed and what would fit.
    """
    needed = _conversion_bytes(source, weights)
    free = available_memory()
    if free < needed:
        raise ModelError(
            f"Converting {source.name} to {weights} needs about {needed / 1e9:.1f} GB of memory for some minutes, and "
            f"{free / 1e9:.1f} GB is free. Close other programs, or choose a smaller model: '--model tiny' needs about "
            "1 GB."
        )


def _conversion_bytes(source: Path, weights: WeightFormat) -> float:
    """Return the memory that a conversion needs, by the sizes of the tensors; mapped files do not count."""
    model = ModelSource(source, source.name)
    is_gguf = source.is_file()
    if is_gguf:
        sizes = [tensor.elements for tensor in read_gguf_header(model).tensors]
        is_mapped = False
    else:
        tensors = require_weights(model).values()
        sizes = [tensor.elements for tensor in tensors]
        is_mapped = all(tensor.format == "BF16" for tensor in tensors)
    held = 0 if is_mapped else _BFLOAT16_BYTES * sum(sizes)
    work = max(_QUANTISING_BYTES * max(sizes), _QUANTISED_BYTES * sum(sizes)) if weights != "bfloat16" else 0
    unpacking = _UNPACKED_BYTES * sum(sizes) if is_gguf else 0
    return max(held + work, unpacking) + _CONVERSION_OVERHEAD_BYTES
