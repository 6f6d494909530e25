"""Read a model's hidden states at the end of prompts, beside the batch: what the probes look at."""

from collections.abc import Callable, Sequence
from functools import partial

from rag.errors import ModelError
from rag.generation.forward import ForwardInput, ModelRunner, States
from rag.generation.kv_cache import KVCache
from rag.generation.native_runner import NativeRunner
from rag.generation.prefix_cache import PrefixCache, common_prefix
from rag.generation.step_lock import StepLock
from rag.runtime.compute_thread import on_compute_thread

_BESIDE_S, _ALONE_S = 0.3, 2.0
"""Seconds that a pass may take while somebody waits for a step; while nobody does, but may begin to."""


class StateReader:
    """Read hidden states by passes that take turns with the steps of a batch.

    Args:
        runner: the model, whose layers are tapped.
        lock: held during each pass.
        prefix_bytes: memory for the keys and values of what prompts begin with.
        rows_of_a_pass: returns how many tokens can be read in so many seconds.
    """

    def __init__(
        self,
        runner: ModelRunner | NativeRunner,
        lock: StepLock,
        prefix_bytes: int,
        rows_of_a_pass: Callable[[float], int],
    ) -> None:
        self._runner = runner
        self._lock = lock
        self._rows_of_a_pass = rows_of_a_pass
        self._prefixes = PrefixCache(prefix_bytes)  # apart from the batch's: they lack the last layers

    def read(self, prompts: Sequence[list[int]], shared: int, until: int) -> list[States]:
        """Return the states of the tapped layers up to `until` at the end of each of these prompts.

        What they have in common is read once, and their first `shared` tokens, which every call has, are kept.

        Raises:
            ModelError: the model is not resumable.
        """
        runner = self._runner
        if not isinstance(runner, ModelRunner):
            raise ModelError("States cannot be read from this model.")
        if not prompts:
            return []
        first, *others = prompts
        # The last token of each is left to read: the state is read there, and two prompts may be the same.
        common = min(min(common_prefix(first, each), len(each) - 1) for each in others) if others else shared
        with self._lock:
            cache = on_compute_thread(self._prefixes.new_cache, first, len(first), [], runner.new_cache(len(first)))
        known = cache.length
        if known < common:
            self._read(runner, [first[:common]], [cache], until)
        with self._lock:
            if known < shared:
                on_compute_thread(self._prefixes.store, first[:shared], cache.copy(shared, shared))
            copies = [on_compute_thread(cache.copy, common, len(prompt)) for prompt in others]
        return self._read(runner, prompts, [cache, *copies], until)

    def forget(self) -> None:
        """Drop the keys and values that are kept."""
        self._prefixes.clear()

    def _read(
        self, runner: ModelRunner, prompts: Sequence[list[int]], caches: Sequence[KVCache], until: int
    ) -> list[States]:
        """Read what the caches do not hold of their prompts, together; return the states at each prompt's end."""
        found: dict[int, States] = {}
        waiting = list(range(len(prompts)))
        while waiting:
            with self._lock:
                rows = self._rows_of_a_pass(_BESIDE_S if self._lock.delays_a_step else _ALONE_S)
                inputs = []
                for at in waiting:
                    if part := prompts[at][caches[at].length :][:rows]:
                        is_last = caches[at].length + len(part) == len(prompts[at])
                        on_state = partial(found.__setitem__, at) if is_last else None
                        inputs.append(ForwardInput(caches[at], part, 0, on_state, len(part) - 1))
                    rows -= len(part)
                on_compute_thread(runner.forward, inputs, until)
            waiting = [at for at in waiting if at not in found]
        return [found[at] for at in range(len(prompts))]
