"""Which kernels of our own this machine can run."""

import pytest

from rag.models.kernels.kernel_library import instruction_level

LEVELS = range(1, instruction_level() + 1)

needs_kernels = pytest.mark.skipif(not LEVELS, reason="no kernels are compiled for this processor")
