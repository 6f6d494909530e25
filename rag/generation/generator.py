"""The inference pipeline of a local model, stage by stage.

    messages -> prompt processing -> tokenisation -> forward pass (prefill, then decode, with a KV cache)
             -> decoding -> post-processing -> delivery

Both ends are here. In between, `engine` advances the answers, `runner` and `attention` compute, `sampling` and `beams`
decide, `textstream` makes text of tokens. Stopping is immediate: a token is computed when somebody asks for it, and
closing the iterator leaves nothing running.
"""

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Event
from typing import Any

import torch
from transformers import AutoTokenizer

from rag.errors import ModelError, QuestionError
from rag.generation.answerability_probe import Probe, load_probe
from rag.generation.beam_search import beam_search
from rag.generation.detokenizer import TextStream
from rag.generation.forward import ModelRunner
from rag.generation.loading import best_device, load_model
from rag.generation.sampling import logits_processors
from rag.generation.scheduler import Engine
from rag.generation.speculation import Drafter, DraftModel, PromptLookup
from rag.generation.tensor_parallel import LeadingRunner, follow, rank
from rag.interfaces import Message, TextDelta
from rag.models.int8_checkpoint import Packed
from rag.runtime.compute_thread import on_compute_thread
from rag.runtime.progress import CancelEvent
from rag.text.sanitize import TEMPLATE_TOKENS
from rag.types import Certainty, GenerationStats, StopReason
from rag.types.decoding import Decoding

_MARK = "\u00a7"


class LocalGenerator:
    """A `Generator` that runs a transformers model in this process.

    Args:
        folder: the model, as `resolve_model` gives it.
        context_tokens: window for prompt and answer; the model's own if that is smaller.
        threads: threads to compute with; 0 leaves it to torch.
        slots: answers that advance together.
        queue: answers that may wait.
        prefix_cache_mb: memory for what was read before.
        speculate: whether to guess tokens ahead from the prompt.
        draft_folder: a smaller model of the same vocabulary that guesses too.
        probe_file: the model's probe, if it has one.
        tensor_parallel: processes that share the model; all but the first never return from here.
        packing: the packing of the folder's int8 weights, if it began before.

    Raises:
        ModelError: the folder does not hold a model that can be loaded, or it has no chat template.
    """

    def __init__(
        self,
        folder: Path,
        *,
        context_tokens: int,
        threads: int = 0,
        slots: int = 8,
        queue: int = 32,
        prefix_cache_mb: int = 256,
        speculate: bool = True,
        tensor_parallel: int = 1,
        draft_folder: Path | None = None,
        probe_file: Traversable | None = None,
        packing: "Future[Packed] | None" = None,
    ) -> None:
        if threads:
            on_compute_thread(torch.set_num_threads, threads)
        device = best_device()
        self._tokenizer = _load_tokenizer(folder)
        if not self._tokenizer.chat_template:
            raise ModelError(f"The model in {folder} has no chat template: choose an instruction-tuned model.")
        self.model = model = load_model(folder, device, tensor_parallel, packing)
        self.context_tokens = min(context_tokens, int(model.config.max_position_embeddings))
        self._end_tokens = _end_tokens(model, self._tokenizer)
        self._control = _control_pattern(self._tokenizer)
        drafter: Callable[[], Drafter] | None = PromptLookup if speculate else None
        if draft_folder is not None and speculate:
            drafter = self._draft_with(draft_folder, device)
        probe = load_probe(probe_file, model.config.hidden_size) if probe_file else None
        self._engine = Engine(
            self._runner(model, device, tensor_parallel, probe),
            self._end_tokens,
            slots=slots,
            queue=queue,
            prefix_bytes=prefix_cache_mb * 1_000_000,
            new_drafter=drafter,
            probe=probe,
        )

    @staticmethod
    def _runner(model: Any, device: torch.device, tensor_parallel: int, probe: Probe | None) -> ModelRunner:
        tapped_layers = [probe.layer] if probe else []
        if tensor_parallel == 1:
            return ModelRunner(model, device, tapped_layers)
        if rank() > 0:
            follow(model, device)
            sys.exit(0)
        return LeadingRunner(model, device, tapped_layers)

    def _draft_with(self, folder: Path, device: torch.device) -> Callable[[], Drafter]:
        draft = load_model(folder, device)
        if _load_tokenizer(folder).get_vocab() != self._tokenizer.get_vocab():
            raise ModelError(
                f"The draft model in {folder} has another vocabulary than the model. Choose one of its family."
            )
        runner = ModelRunner(draft, device)
        return lambda: DraftModel(runner)

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

    def trailing_tokens(self) -> int:
        """How many tokens the chat template writes after the last message."""
        return len(self.tokenise(self.render([{"role": "user", "content": _MARK}]).rpartition(_MARK)[2]))

    # Delivery

    def stream(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None = None
    ) -> Iterator[TextDelta]:
        """Pieces of the answer as they are written; see `Generator.stream`."""
        prompt = self.tokenise(self.render(messages))
        if len(prompt) + decoding.max_new_tokens > self.context_tokens:
            raise QuestionError(
                f"The prompt has {len(prompt)} tokens and the answer may take "
                f"{decoding.max_new_tokens}, but the model's window holds {self.context_tokens}. Ask "
                "for fewer passages or a shorter answer."
            )
        cancelled = cancelled or Event()
        text = TextStream(self._detokenise, decoding.stop)
        if decoding.beams > 1:
            yield self._deliver_whole(prompt, decoding, cancelled, text)
        else:
            yield from self._deliver_streamed(prompt, decoding, cancelled, text)

    def _deliver_streamed(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, text: TextStream
    ) -> Iterator[TextDelta]:
        answering = self._engine.submit(prompt, decoding, cancelled)
        tokens = self._engine.tokens(answering)
        count = 0
        try:
            for token in tokens:
                if not count:
                    yield TextDelta("", 0, certainty=Certainty(answering.certainty().answerable))
                count += 1
                if piece := text.push(token):
                    yield TextDelta(piece, count)
                if text.stopped:
                    break
        finally:
            tokens.close()
        reason = "stop" if text.stopped else answering.reason
        yield TextDelta(text.finish(), count, reason, answering.stats(), answering.certainty())

    def _deliver_whole(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, text: TextStream
    ) -> TextDelta:
        """Beam search may change its mind about every token until the end, so its answer comes in one piece."""
        began = time.perf_counter()
        begun = self._engine.read(prompt, len(prompt) + decoding.max_new_tokens, cancelled)
        read = time.perf_counter()
        if begun is None:
            return TextDelta("", 0, "cancelled", GenerationStats(prefill_s=read - began))
        cache, answerable = begun
        found = beam_search(
            self._engine.compute,
            cache,
            prompt,
            beams=decoding.beams,
            max_new_tokens=decoding.max_new_tokens,
            end_tokens=self._end_tokens,
            processors=logits_processors(decoding),
            is_cancelled=cancelled.is_set,
        )
        tokens = found.tokens
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
        stats = GenerationStats(prefill_s=read - began, decode_s=time.perf_counter() - read)
        return TextDelta("".join(pieces), len(tokens), reason, stats, Certainty(answerable, found.least_log_prob))

    def _detokenise(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def _load_tokenizer(folder: Path) -> Any:
    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(f"The tokenizer in {folder} cannot be loaded: {error}.") from error


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    configured = model.generation_config.eos_token_id
    ends = list(configured) if isinstance(configured, list) else [configured]
    # The padding token is the base model's end of text where the two differ (Qwen): some answers end with it.
    return frozenset(
        int(token) for token in (*ends, tokenizer.eos_token_id, tokenizer.pad_token_id) if token is not None
    )


def _control_pattern(tokenizer: Any) -> re.Pattern[str]:
    """The tokenizer's own control tokens, and the markers that its chat template writes as plain text."""
    tokens = {token.content for token in tokenizer.added_tokens_decoder.values() if len(token.content) > 1}
    tokens |= {token for token in TEMPLATE_TOKENS if token in str(tokenizer.chat_template)}
    return re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))) or r"(?!)")
