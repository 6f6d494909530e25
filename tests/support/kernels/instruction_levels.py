"""Which kernels of our own this machine can run."""

import pytest

from rag.models.kernels.kernel_library import instruction_level, loaded

LEVELS = [level for level in range(1, instruction_level() + 1) if loaded().citewell_runs_isa(level)]

needs_kernels = pytest.mark.skipif(not LEVELS, reason="no kernels are compiled for this processor")
