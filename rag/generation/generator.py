"""The inference pipeline of a local model, from chat messages to text.

    messages -> prompt rendering -> tokenisation -> forward pass (prefill, then decode, with a KV cache)
             -> decoding -> post-processing -> delivery

Prompt rendering, tokenisation and delivery are here. `scheduler` and `sequence` batch the sequences, `forward`,
`attention` and `kv_cache` compute logits, `sampling` and `beam_search` decode them, `speculation` drafts tokens and
`detokenizer` post-processes. Stopping is immediate: a token is computed only when somebody asks for it, so closing the
iterator leaves nothing running.
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
from rag.generation.scheduler import Scheduler
from rag.generation.speculation import Drafter, DraftModel, PromptLookup
from rag.generation.tensor_parallel import LeadingRunner, follow, rank
from rag.interfaces import Message, TextDelta
from rag.models.int8_checkpoint import PackedProducts
from rag.runtime.compute_thread import on_compute_thread
from rag.runtime.progress import CancelEvent
from rag.text.sanitize import TEMPLATE_TOKENS
from rag.types import Certainty, GenerationStats, StopReason
from rag.types.decoding import Decoding

_PLACEHOLDER = "\u00a7"


class LocalGenerator:
    """A `Generator` that runs a transformers model in this process.

    Args:
        folder: the model's folder, from `resolve_model`.
        context_tokens: context window for prompt and answer; the model's own if that is smaller.
        threads: number of threads; 0 leaves it to torch.
        slots: maximum number of sequences in the batch.
        queue: maximum number of sequences that wait for a slot.
        prefix_cache_mb: memory of the prefix cache, in MB.
        speculate: draft tokens by prompt lookup.
        draft_folder: folder of a smaller model of the same vocabulary, to draft where prompt lookup finds nothing.
        probe_file: the model's answerability probe.
        tensor_parallel: number of processes that share the model; in all but the first this call never returns.
        packing: the packing of the folder's int8 weights, if it was started before.

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
        packing: "Future[PackedProducts] | None" = None,
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
        self._scheduler = Scheduler(
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

    # Prompt rendering and tokenisation

    def render_prompt(self, messages: Sequence[Message]) -> str:
        """Render messages as a prompt with the model's own chat template.

        Control tokens of the template inside the text are broken up: a document may contain them, and they are data.
        """
        inert = [
            {**message, "content": self._control.sub(lambda m: f"{m[0][0]} {m[0][1:]}", message["content"])}
            for message in messages
        ]
        return str(self._tokenizer.apply_chat_template(inert, tokenize=False, add_generation_prompt=True))

    def tokenise(self, prompt: str) -> list[int]:
        """Tokenise a rendered prompt: return its token ids."""
        return list(self._tokenizer(prompt, add_special_tokens=False, verbose=False)["input_ids"])

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return the exact prompt length in tokens, chat template included."""
        return len(self.tokenise(self.render_prompt(messages)))

    def trailing_tokens(self) -> int:
        """Return the number of tokens the chat template adds after the last message."""
        rendered = self.render_prompt([{"role": "user", "content": _PLACEHOLDER}])
        return len(self.tokenise(rendered.rpartition(_PLACEHOLDER)[2]))

    # Delivery

    def stream(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None = None
    ) -> Iterator[TextDelta]:
        """Yield the answer as it is generated; see `Generator.stream`."""
        prompt = self.tokenise(self.render_prompt(messages))
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
        """Deliver token by token, in one batch with other sequences."""
        sequence = self._scheduler.submit(prompt, decoding, cancelled)
        tokens = self._scheduler.tokens(sequence)
        count = 0
        try:
            for token in tokens:
                if not count:
                    yield TextDelta("", 0, certainty=Certainty(sequence.certainty().answerable))
                count += 1
                if delta := text.push(token):
                    yield TextDelta(delta, count)
                if text.stopped:
                    break
        finally:
            tokens.close()
        reason = "stop" if text.stopped else sequence.reason
        yield TextDelta(text.finish(), count, reason, sequence.stats(), sequence.certainty())

    def _deliver_whole(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, text: TextStream
    ) -> TextDelta:
        """Deliver the answer of a beam search at once: until the end it may change any token."""
        started = time.perf_counter()
        prefilled = self._scheduler.prefill(prompt, len(prompt) + decoding.max_new_tokens, cancelled)
        prefilled_at = time.perf_counter()
        if prefilled is None:
            return TextDelta("", 0, "cancelled", GenerationStats(prefill_s=prefilled_at - started))
        cache, answerable = prefilled
        best = beam_search(
            self._scheduler.forward,
            cache,
            prompt,
            beams=decoding.beams,
            max_new_tokens=decoding.max_new_tokens,
            end_tokens=self._end_tokens,
            processors=logits_processors(decoding),
            is_cancelled=cancelled.is_set,
        )
        tokens = best.tokens
        ended = bool(tokens) and tokens[-1] in self._end_tokens
        deltas: list[str] = []
        for token in tokens[:-1] if ended else tokens:
            deltas.append(text.push(token))
            if text.stopped:
                break
        deltas.append(text.finish())
        reason: StopReason = (
            "cancelled" if cancelled.is_set() else "stop" if text.stopped else "end" if ended else "length"
        )
        stats = GenerationStats(prefill_s=prefilled_at - started, decode_s=time.perf_counter() - prefilled_at)
        return TextDelta("".join(deltas), len(tokens), reason, stats, Certainty(answerable, best.least_log_prob))

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
    """Match the tokenizer's control tokens and the markers that its chat template writes as plain text."""
    tokens = {token.content for token in tokenizer.added_tokens_decoder.values() if len(token.content) > 1}
    tokens |= {token for token in TEMPLATE_TOKENS if token in str(tokenizer.chat_template)}
    return re.compile("|".join(map(re.escape, sorted(tokens, key=len, reverse=True))) or r"(?!)")
