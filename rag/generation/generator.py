"""The inference pipeline of a local model, from chat messages to text.

    messages -> prompt rendering -> tokenisation -> forward pass (prefill, then decode, with a KV cache)
             -> decoding -> post-processing -> delivery

`chat_template` renders prompts and tokenises, `scheduler` and `sequence` batch the sequences, `forward`, `attention`
and `kv_cache` compute logits, `decoding` chooses tokens, drafts and masks them, `detokenizer`
post-processes and `delivery` streams the text, thinking apart from the answer. Stopping is immediate: a token is
computed only when somebody asks for it, so closing the iterator leaves nothing running.
"""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Event
from typing import Any

import torch

from rag.errors import ModelError, QuestionError
from rag.generation.answerability_probe import load_probe
from rag.generation.chat_template import ChatTemplate, load_tokenizer
from rag.generation.claim_probe import claim_messages, load_claim_probe
from rag.generation.decoding.allowed_figures import AllowedFigures
from rag.generation.decoding.allowed_months import AllowedMonths
from rag.generation.decoding.allowed_names import AllowedNames
from rag.generation.decoding.grounded_text import Allowed
from rag.generation.decoding.pattern_mask import PatternRules
from rag.generation.decoding.speculation import Drafter, DraftModel, PromptLookup
from rag.generation.decoding.token_mask import MaskRules
from rag.generation.decoding.token_texts import TokenTexts
from rag.generation.delivery import Delivery
from rag.generation.engine_check import choose_engine, ragged_window
from rag.generation.forward import ModelRunner
from rag.generation.loading import best_device, load_model
from rag.generation.model_limits import choose_window, count_parameters, free_memory
from rag.generation.native_runner import NativeRunner
from rag.generation.prefix_cache import common_prefix
from rag.generation.scheduler import Scheduler
from rag.generation.tensor_parallel import LeadingRunner, follow, rank
from rag.generation.yes_no_probe import load_yes_no_probe, yes_no_messages
from rag.interfaces import FilledForm, Message, TextDelta
from rag.models.causal_lm import SAMPLE_TOKENS, sample_tokens
from rag.models.kernels.checkpoint import Reading
from rag.postprocessing.call_deltas import split_calls
from rag.runtime.compute_thread import on_compute_thread
from rag.runtime.processor_share import ProcessorShare, compute_with
from rag.runtime.progress import CancelEvent
from rag.types import ClaimVerdict, YesNoVerdict
from rag.types.decoding import Decoding, Grounding, Opening
from rag.types.tools import ToolDefinition

log = logging.getLogger(__name__)

_FORM_TOKENS = 160
"""Longest form that is filled in."""


class LocalGenerator:
    """A `Generator` that runs a transformers model in this process.

    Args:
        folder: the model's folder, from `resolve_model`.
        context_tokens: context window for prompt and answer; None chooses one, see `model_limits`.
        threads: number of threads; 0 for those that the processors and other programs leave.
        slots: maximum number of sequences in the batch.
        queue: maximum number of sequences that wait for a slot.
        prefix_cache_mb: memory of the prefix cache, in MB.
        last_removal: number of the last removal of text from the library; when it changes, nothing read is kept.
        speculate: draft tokens by prompt lookup.
        draft_folder: folder of a smaller model of the same vocabulary, to draft where prompt lookup finds nothing.
        probe_file: the model's answerability probe.
        claim_probe_file: its probe for claims, without which it cannot judge any.
        yes_no_probe_file: its probe for yes/no questions, without which it cannot tell yes from no.
        tensor_parallel: number of processes that share the model; in all but the first this call never returns.
        reading: what `begin_reading` started for the folder, if that was called before.
        thinking: have the model think before it answers, if its chat template can switch that.
        thinking_tokens: tokens that a chosen window has in addition for a model that thinks.

    Raises:
        ModelError: the folder does not hold a model that can be loaded, or it has no chat template.
    """

    def __init__(
        self,
        folder: Path,
        *,
        context_tokens: int | None,
        threads: int = 0,
        slots: int = 8,
        queue: int = 32,
        prefix_cache_mb: int = 256,
        last_removal: Callable[[], int] = lambda: 0,
        speculate: bool = True,
        tensor_parallel: int = 1,
        draft_folder: Path | None = None,
        probe_file: Traversable | None = None,
        claim_probe_file: Traversable | None = None,
        yes_no_probe_file: Traversable | None = None,
        reading: Reading | None = None,
        thinking: bool = False,
        thinking_tokens: int = 0,
    ) -> None:
        on_compute_thread(compute_with, threads)
        device = best_device()
        self._template = ChatTemplate(load_tokenizer(folder), str(folder), thinking=thinking)
        tokenizer = self._template.tokenizer
        self._token_texts = TokenTexts(self._template.decode, self._template.tokenise, tokenizer.get_vocab)
        self.model = model = load_model(folder, device, tensor_parallel, reading)
        self.parameters = count_parameters(folder)
        window = choose_window(
            model.config,
            context_tokens,
            parameters=self.parameters,
            thinking_tokens=thinking_tokens if self._template.expects_thinking else 0,
            free_bytes=free_memory(device) // slots,
            # Beyond it, a window that was asked for is computed in transformers' own steps.
            border=ragged_window(model.config) if context_tokens is None else None,
        )
        self.context_tokens = window.tokens
        for notice in filter(None, (window.notice, self._template.notice)):
            log.warning("%s", notice)
        self.end_tokens = _end_tokens(model) | self._template.end_tokens
        hidden = model.config.get_text_config().hidden_size
        probe = load_probe(probe_file, hidden) if probe_file else None
        claim_probe = load_claim_probe(claim_probe_file, hidden) if claim_probe_file else None
        yes_no_probe = load_yes_no_probe(yes_no_probe_file, hidden) if yes_no_probe_file else None
        # A number of threads that was asked for stays.
        share = None if threads else on_compute_thread(ProcessorShare)
        layers = sorted({each.layer for each in (probe, claim_probe, yes_no_probe) if each})
        runner = self._make_runner(folder, device, tensor_parallel, layers, share)
        self._claim_probe = claim_probe if runner.resumable else None
        self._yes_no_probe = yes_no_probe if runner.resumable else None
        drafter: Callable[[], Drafter] | None = PromptLookup if speculate else None
        if draft_folder is not None and speculate:
            drafter = self._draft_with(draft_folder, runner)
        self._sample = sample_tokens(self._template.tokenizer, self.model)[:SAMPLE_TOKENS]
        self._last_removal, self._removal = last_removal, last_removal()
        self._scheduler = Scheduler(
            runner,
            self.end_tokens,
            slots=slots,
            queue=queue,
            prefix_bytes=prefix_cache_mb * 1_000_000,
            new_drafter=drafter,
            probe=probe,
        )
        self._delivery = Delivery(self._scheduler, self._template, self.end_tokens, self.context_tokens)

    def _make_runner(
        self,
        folder: Path,
        device: torch.device,
        tensor_parallel: int,
        tapped_layers: Sequence[int],
        share: ProcessorShare | None,
    ) -> ModelRunner | NativeRunner:
        """Return the runner that was measured to compute this model's logits."""
        if tensor_parallel > 1:
            if rank() > 0:
                follow(self.model, device)
            return LeadingRunner(self.model, device, tapped_layers)
        sample = sample_tokens(self._template.tokenizer, self.model)
        self.engine = engine = choose_engine(self.model, device, sample, folder, self.context_tokens)
        if engine.mode == "native":
            return NativeRunner(self.model, device, tapped_layers, engine.max_sequences)
        return ModelRunner(self.model, device, tapped_layers, share)

    def _draft_with(self, folder: Path, runner: ModelRunner | NativeRunner) -> Callable[[], Drafter]:
        draft, tokenizer = load_model(folder, runner.device), load_tokenizer(folder)
        if tokenizer.get_vocab() != self._template.tokenizer.get_vocab():
            raise ModelError(
                f"The draft model in {folder} has another vocabulary than the model. Choose one of its family."
            )
        sample = sample_tokens(tokenizer, draft)
        engine = choose_engine(draft, runner.device, sample, folder, self.context_tokens)
        if engine.mode == "native" or not runner.resumable:
            raise ModelError("One of the two models can neither make nor check drafts: leave out the draft model.")
        drafting = ModelRunner(draft, runner.device)
        return lambda: DraftModel(drafting)

    # Prompt rendering and tokenisation

    def prompt_tokens(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> list[int]:
        """Return the tokens of messages as a prompt, rendered by the model's own chat template."""
        return self._template.tokenise(self._template.render(messages, tools))

    def count_tokens(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> int:
        """Return the exact prompt length in tokens, chat template included."""
        return len(self.prompt_tokens(messages, tools))

    @property
    def can_call_tools(self) -> bool:
        """True if the chat template shows tools, and calls in its format are understood."""
        return self._template.can_call_tools

    def trailing_tokens(self) -> int:
        """Return the number of tokens the chat template adds after the last message."""
        return self._template.trailing_tokens()

    # Delivery

    def reserved_tokens(self, decoding: Decoding) -> int:
        """Return the tokens of the window that thinking and answer may take."""
        return self._delivery.reserved_tokens(decoding)

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        """Yield the answer as it is generated; see `Generator.stream`."""
        self._forget_removed()
        prompt = self.prompt_tokens(messages, tools)
        reserved = self.reserved_tokens(decoding)
        if len(prompt) + reserved > self.context_tokens:
            raise QuestionError(
                f"The prompt has {len(prompt)} tokens and the answer may take "
                f"{reserved}, but the model's window holds {self.context_tokens}. Ask "
                "for fewer passages or a shorter answer."
            )
        cancelled = cancelled or Event()
        if not tools:
            rules = self._rules(grounding, self._token_texts) if grounding else None
            yield from self._delivery.stream(prompt, decoding, cancelled, rules)
            return
        before = sum(len(message.get("tool_calls", ())) for message in messages)
        template, calls = self._template.for_calls({tool.name for tool in tools}, before + 1)
        rules = self._rules(grounding, self._texts_with_calls) if grounding else None
        delivery = Delivery(self._scheduler, template, self.end_tokens, self.context_tokens)
        yield from split_calls(delivery.stream(prompt, decoding, cancelled, rules), calls)

    @property
    def can_judge(self) -> bool:
        """True if there is a probe for claims; see `ClaimJudge`."""
        return self._claim_probe is not None

    def judge_claim(self, claim: str, quote: str) -> ClaimVerdict:
        """Return whether a quote says a claim; see `ClaimJudge`."""
        probe = self._claim_probe
        if probe is None:
            raise ModelError("No probe for claims is known for this model.")
        prompt = self.prompt_tokens(claim_messages(claim, quote))
        (states,) = self._scheduler.states.read([prompt], self._claim_instruction, probe.layer)
        return probe.verdict(states[probe.layer])

    def judge_yes_no(self, question: str, quotes: Sequence[str]) -> YesNoVerdict | None:
        """Return what quotes say of a yes/no question; see `YesNoJudge`."""
        if (probe := self._yes_no_probe) is None:
            return None
        prompts = [self.prompt_tokens(yes_no_messages(question, quote)) for quote in quotes]
        states = self._scheduler.states.read(prompts, self._yes_no_instruction, probe.layer)
        return probe.verdict([each[probe.layer] for each in states])

    def beginning_with(self, decoding: Decoding, wanted: str, words: Sequence[str]) -> Decoding:
        """Return a decoding whose answer begins with the wanted word, or none of these; see `YesNoJudge`."""
        spellings = {spelt for word in words for spelt in (word, word.lower(), word.upper(), f" {word}")}
        tokens = frozenset(self._template.tokenise(spelt)[0] for spelt in spellings)
        instead = self._template.tokenise(wanted)[0] if wanted else None
        return replace(decoding, openings=(*decoding.openings, Opening(tokens, instead)))

    def fill(self, messages: Sequence[Message], pattern: str, cancelled: CancelEvent | None = None) -> FilledForm:
        """Write what a pattern allows; see `FormFiller.fill`."""
        self._forget_removed()
        prompt = [*self.prompt_tokens(messages), *self._template.skip_thinking()]
        decoding = Decoding(max_new_tokens=_FORM_TOKENS)
        if len(prompt) + _FORM_TOKENS > self.context_tokens:
            return FilledForm()
        # A vocabulary of words has spaces before them.
        rules = PatternRules(f" ?(?:{pattern})", self._token_texts, self.end_tokens)
        sequence = self._scheduler.submit(prompt, decoding, cancelled or Event(), rules)
        tokens = [token for token in self._scheduler.tokens(sequence) if isinstance(token, int)]
        text = self._template.decode(tokens)
        if not rules.allows(text):  # it ended early
            return FilledForm()
        return FilledForm(text.strip(), math.exp(sequence.certainty().min_log_prob or 0.0))

    @cached_property
    def _claim_instruction(self) -> int:
        """Number of tokens with which every prompt about a claim begins."""
        return common_prefix(*(self.prompt_tokens(claim_messages("", quote)) for quote in ("a", "b")))

    @cached_property
    def _yes_no_instruction(self) -> int:
        """Number of tokens with which every prompt about a yes/no question begins."""
        return common_prefix(*(self.prompt_tokens(yes_no_messages("", quote)) for quote in ("a", "b")))

    @cached_property
    def _texts_with_calls(self) -> TokenTexts:
        """Texts of tokens in an answer that may call tools."""
        if not self._template.shows_other_tokens_for_calls:
            return self._token_texts
        template, _ = self._template.for_calls(())
        return TokenTexts(template.decode, template.tokenise, template.tokenizer.get_vocab)

    def read_ahead(self, messages: Sequence[Message], reader: str, cancelled: CancelEvent) -> None:
        """Read a prompt that may come soon; see `PromptReader.read_ahead`."""
        self._forget_removed()
        self._scheduler.read_ahead(self.prompt_tokens(messages), reader, cancelled)

    def tokens_per_s(self) -> float:
        """Return how fast prompts are read; see `PromptReader.tokens_per_s`. The first call may have to measure it."""
        return self._scheduler.tokens_per_s(self._sample)

    def _forget_removed(self) -> None:
        """Drop what was read before text was removed: it may be of that text."""
        if (removal := self._last_removal()) != self._removal:
            self._removal = removal
            self.forget()

    def forget(self) -> None:
        """Drop what the prefix cache holds."""
        self._scheduler.forget()

    def _rules(self, grounding: Grounding, texts: TokenTexts) -> MaskRules:
        names = None if grounding.figures_only else AllowedNames(grounding.texts, texts.ordinary_words)
        allowed = Allowed(AllowedFigures(grounding.texts), AllowedMonths(grounding.texts), names)
        return MaskRules(allowed, texts, self.end_tokens)


def _end_tokens(model: Any) -> frozenset[int]:
    """Return the end tokens that the model's folder configures."""
    configured = model.generation_config.eos_token_id
    ends = configured if isinstance(configured, list) else [configured]
    return frozenset(int(token) for token in ends if token is not None)
