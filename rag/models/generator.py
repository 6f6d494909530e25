"""The inference pipeline of a local model, stage by stage.

    messages -> prompt processing -> tokenisation -> forward pass (prefill, then decode, with a KV cache)
             -> decoding -> post-processing -> delivery

The loop is ours rather than `generate()` with a streamer thread, so that stopping is immediate: each token is computed
when the consumer asks for it, and closing the iterator leaves nothing running.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DynamicCache,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.utils.logging import disable_progress_bar

from rag.decoding import Decoding
from rag.errors import ModelError, QuestionError
from rag.interfaces import CancelEvent, Message, Piece
from rag.models.sampling import TokenChooser
from rag.models.textstream import TextStream
from rag.types import StopReason

PREFILL_CHUNK = 256
"""Prompt tokens per forward pass: stopping is noticed between two of them."""


class LocalGenerator:
    """A `Generator` that runs a transformers model in this process.

    Several streams may be open at once: each has its own KV cache, and the model is locked for one forward pass at a
    time, so they advance in turn and a reader that stalls holds nobody up.

    Raises:
        ModelError: the folder does not hold a model that can be loaded, or it has no chat template.
    """

    def __init__(self, folder: Path, *, context_tokens: int, threads: int = 0) -> None:
        disable_progress_bar()  # loading takes a second or two; its bar would tear ours
        if threads:
            torch.set_num_threads(threads)
        self._device = _best_device()
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model: Any = (
                AutoModelForCausalLM.from_pretrained(
                    folder,
                    dtype=torch.bfloat16,
                    local_files_only=True,
                    attn_implementation="sdpa",
                    use_safetensors=True,
                )
                .to(self._device)
                .eval()
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"The generator in {folder} cannot be loaded: {error}. Run 'citewell models verify'."
            ) from error
        if not self._tokenizer.chat_template:
            raise ModelError(f"The model in {folder} has no chat template: choose an instruction-tuned model.")
        self.context_tokens = min(context_tokens, int(self._model.config.max_position_embeddings))
        self._end_tokens = _end_tokens(self._model, self._tokenizer)
        self._control = _control_pattern(self._tokenizer)
        self._lock = Lock()

    # Prompt processing and tokenisation

    def render(self, messages: Sequence[Message]) -> str:
        """Prompt processing: the model's own chat template over messages whose text is made inert.

        Control tokens of the template inside the text (a document may contain them) are broken up: they are data.
        """
        inert = [
            {**message, "content": self._control.sub(lambda m: f"{m[0][0]} {m[0][1:]}", message["content"])}
            for message in messages
        ]
        return str(self._tokenizer.apply_chat_template(inert, tokenize=False, add_generation_prompt=True))

    def tokenise(self, prompt: str) -> list[int]:
        """Tokenisation: the rendered prompt as token ids."""
        return list(self._tokenizer(prompt, add_special_tokens=False, verbose=False)["input_ids"])

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Exact prompt length in tokens, chat template included."""
        return len(self.tokenise(self.render(messages)))

    # Delivery

    def stream(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None = None
    ) -> Iterator[Piece]:
        """Pieces of the answer as they are written; see `Generator.stream`."""
        prompt = self.tokenise(self.render(messages))
        if len(prompt) + decoding.max_new_tokens > self.context_tokens:
            raise QuestionError(
                f"The prompt has {len(prompt)} tokens and the answer may take "
                f"{decoding.max_new_tokens}, but the model's window holds {self.context_tokens}. Ask "
                "for fewer passages or a shorter answer."
            )
        cancelled = cancelled or CancelEvent()
        text = TextStream(self._detokenise, decoding.stop)
        if decoding.beams > 1:
            yield from self._deliver_whole(prompt, decoding, cancelled, text)
        else:
            yield from self._deliver_streamed(prompt, decoding, cancelled, text)

    def _deliver_streamed(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, text: TextStream
    ) -> Iterator[Piece]:
        reason: StopReason = "length"
        count = 0
        for token in self._decode(prompt, decoding, cancelled):
            if token in self._end_tokens:
                reason = "end"
                break
            count += 1
            if piece := text.push(token):
                yield Piece(piece, count)
            if text.stopped:
                reason = "stop"
                break
        if cancelled.is_set():
            reason = "cancelled"
        yield Piece(text.finish(), count, reason)

    def _deliver_whole(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, text: TextStream
    ) -> Iterator[Piece]:
        """Beam search may change its mind about every token until the end, so its answer comes in one piece."""
        with self._lock:
            tokens = self._beam_search(prompt, decoding, cancelled)
        ended = bool(tokens) and tokens[-1] in self._end_tokens
        pieces: list[str] = []
        for token in tokens[:-1] if ended else tokens:
            pieces.append(text.push(token))
            if text.stopped:
                break
        pieces.append(text.finish())
        reason: StopReason = (
            "cancelled" if cancelled.is_set() else "stop" if text.stopped else "end" if ended else "length"
        )
        yield Piece("".join(pieces), len(tokens), reason)

    # Forward pass and decoding

    def _decode(self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent) -> Iterator[int]:
        """Token after token: choose one from the logits, feed it back. Ends at the limit or when cancelled."""
        cache = DynamicCache(config=self._model.config)
        choose = TokenChooser(decoding, prompt, self._device)
        logits = self._prefill(prompt, cache, cancelled)
        for _ in range(decoding.max_new_tokens):
            if logits is None or cancelled.is_set():
                return
            token = choose(logits)
            yield token
            logits = self._forward([token], cache)

    def _prefill(self, prompt: list[int], cache: DynamicCache, cancelled: CancelEvent) -> torch.Tensor | None:
        """Read the prompt into the cache, a chunk at a time; the last position's logits, or None if cancelled."""
        logits = None
        for start in range(0, len(prompt), PREFILL_CHUNK):
            if cancelled.is_set():
                return None
            logits = self._forward(prompt[start : start + PREFILL_CHUNK], cache)
        return logits

    def _forward(self, tokens: list[int], cache: DynamicCache) -> torch.Tensor:
        """One forward pass over new tokens, the rest from the KV cache; logits of the last, shape (vocabulary,)."""
        ids = torch.tensor([tokens], device=self._device)
        with self._lock, torch.inference_mode():
            out = self._model(input_ids=ids, cache=cache, use_cache=True, logits_to_keep=1)
        logits: torch.Tensor = out.logits[0, -1].float()
        return logits

    def _beam_search(self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent) -> list[int]:
        ids = torch.tensor([prompt], device=self._device)
        with torch.inference_mode():
            out = self._model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                do_sample=False,
                num_beams=decoding.beams,
                max_new_tokens=decoding.max_new_tokens,
                repetition_penalty=decoding.repetition_penalty,
                eos_token_id=sorted(self._end_tokens),
                pad_token_id=min(self._end_tokens),
                early_stopping=True,
                stopping_criteria=StoppingCriteriaList([_Cancelled(cancelled)]),
            )
        tokens = [int(token) for token in out[0, len(prompt) :]]
        end = next((i for i, token in enumerate(tokens) if token in self._end_tokens), None)
        return tokens if end is None else tokens[: end + 1]

    def _detokenise(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))


class _Cancelled(StoppingCriteria):
    def __init__(self, cancelled: CancelEvent) -> None:
        self._cancelled = cancelled

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: Any) -> torch.Tensor:
        return torch.full((input_ids.shape[0],), self._cancelled.is_set(), device=input_ids.device)


def _best_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    configured = model.generation_config.eos_token_id
    ends = list(configured) if isinstance(configured, list) else [configured]
    # The padding token is the base model's end of text where the two differ (Qwen): some answers end with it.
    return frozenset(
        int(token) for token in (*ends, tokenizer.eos_token_id, tokenizer.pad_token_id) if token is not None
    )


def _control_pattern(tokenizer: Any) -> re.Pattern[str]:
    tokens = {token.content for token in tokenizer.added_tokens_decoder.values() if len(token.content) > 1}
    return re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))) or r"(?!)")
