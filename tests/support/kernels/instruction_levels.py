"""Which kernels of our own this machine can run."""

from typing import Any

import pytest
import torch

from rag.models.kernels.kernel_library import instruction_level

_AVX_VNNI = 2
_ABILITIES: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
_LACKS_AVX_VNNI = not _ABILITIES.get("avx_vnni")
"""So it is of processors that have the same in AVX-512 alone, such as AMD's Zen 4."""

LEVELS = [each for each in range(1, instruction_level() + 1) if not (each == _AVX_VNNI and _LACKS_AVX_VNNI)]

needs_kernels = pytest.mark.skipif(not LEVELS, reason="no kernels are compiled for this processor")
