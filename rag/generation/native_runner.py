"""Forward pass of models that the ragged batch cannot compute, in transformers' own way: one sequence at a time.

Layers with a state of their own (Mamba, linear attention, short convolutions), capped or sink attention and other
kinds of attention need transformers' caches and masks. Preparation, prefill and steps are those of
`GenerationMixin.generate`, which here hands over its state instead of deciding on tokens: the token loop stays ours.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import torch

from rag.generation.forward import ForwardInput, LayerTap
from rag.generation.kv_cache import KVCache


class NativeCache(KVCache):
    """What transformers keeps of one sequence: its tokens, and the arguments of the model's next step.

    It can be copied whole, for a beam, but neither cropped nor reused in part.
    """

    def __init__(self, capacity: int) -> None:
        super().__init__(0, capacity)
        self.capacity = capacity
        self.tokens: list[int] = []
        self.arguments: dict[str, Any] = {}

    def crop(self, length: int) -> None:
        """Do nothing: no drafted token is ever computed here.

        Raises:
            ValueError: tokens would have to be dropped.
        """
        if length < self.length:
            raise ValueError("a native cache cannot be cropped")

    def copy(self, length: int, capacity: int) -> "NativeCache":
        """Return an independent copy of the whole cache.

        Raises:
            ValueError: `length` is not the cache's own.
        """
        if length != self.length:
            raise ValueError("a native cache cannot be copied in part")
        duplicate = NativeCache(capacity)
        duplicate.tokens, duplicate.length = list(self.tokens), length
        duplicate.arguments = deepcopy(self.arguments)
        return duplicate


class NativeRunner:
    """Run a transformers causal language model with its own attention, masks and caches.

    `max_sequences` is 1 for a model whose modules hold the state of the running sequence.
    """

    resumable = False

    def __init__(self, model: Any, device: torch.device, tapped_layers: Sequence[int] = (), max_sequences: int = 64):
        self._model = model
        self.device = device
        self.max_sequences = max_sequences
        self._tap = LayerTap(model, tapped_layers)

    def new_cache(self, capacity: int) -> NativeCache:
        """Return an empty cache for a sequence of at most `capacity` tokens."""
        return NativeCache(capacity)

    def forward(self, inputs: Sequence[ForwardInput]) -> list[torch.Tensor]:
        """Run each sequence's new tokens through the model; return logits of shape (keep, vocabulary) for each input.

        Logits of the last token only: `keep` is at most 1.
        """
        with torch.inference_mode():
            logits = [self._advance(item) for item in inputs]
        self._tap.clear()
        return logits

    def _advance(self, item: ForwardInput) -> torch.Tensor:
        cache = item.cache
        assert isinstance(cache, NativeCache)  # noqa: S101  `new_cache` made it
        if not cache.tokens:
            logits = self._prefill(cache, list(item.tokens))
        else:
            for token in item.tokens:  # one by one: several would need masks that not every architecture has
                logits = self._step(cache, token)
        self._tap.deliver(item, item.state_row)
        return logits[:, -1].float()[: item.keep]

    def _prefill(self, cache: NativeCache, tokens: list[int]) -> torch.Tensor:
        ids = torch.tensor([tokens], device=self.device)
        longest = max(1, cache.capacity - len(tokens))
        config, arguments = self._model.generate(
            ids, custom_generate=_hand_over, max_new_tokens=longest, num_beams=1, do_sample=False, use_cache=True
        )
        outputs = self._model._prefill(ids, config, arguments)
        return self._keep(cache, tokens, arguments, outputs)

    def _step(self, cache: NativeCache, token: int) -> torch.Tensor:
        ids = torch.tensor([[*cache.tokens, token]], device=self.device)
        arguments = cache.arguments
        one = 1 if arguments["use_cache"] else None
        prepared = self._model.prepare_inputs_for_generation(ids, next_sequence_length=one, **arguments)
        return self._keep(cache, [token], arguments, self._model(**prepared, return_dict=True))

    def _keep(self, cache: NativeCache, tokens: list[int], arguments: dict[str, Any], outputs: Any) -> torch.Tensor:
        cache.arguments = self._model._update_model_kwargs_for_generation(outputs, arguments)
        cache.tokens.extend(tokens)
        cache.advance(len(tokens))
        logits: torch.Tensor = outputs.logits
        return logits


def _hand_over(_model: Any, _ids: torch.Tensor, *, generation_config: Any, **others: Any) -> tuple[Any, dict[str, Any]]:
    """Return what `generate` has prepared, in place of decoding: its configuration and the model's arguments."""
    for decided_here in ("logits_processor", "stopping_criteria", "streamer", "synced_gpus"):
        others.pop(decided_here, None)
    return generation_config, others
