"""Delivery: generated tokens as a stream of text, a model's thinking apart from its answer.

A thinking model has a budget of tokens for its thinking. When that is used up, or the model ends before it has
answered, its thinking is closed from outside and it answers then (budget forcing, Muennighoff et al. 2025,
arXiv:2501.19393): a second sequence that begins with all tokens of the first, whose keys and values it reuses.
"""

import time
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial

from rag.generation.chat_template import ChatTemplate
from rag.generation.context_window import thinking_room
from rag.generation.decoding.beam_search import beam_search
from rag.generation.decoding.sampling import logits_processors
from rag.generation.decoding.token_mask import MaskRules
from rag.generation.detokenizer import CleanText, Detokenizer
from rag.generation.scheduler import Scheduler
from rag.generation.sequence import TokenSequence
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta
from rag.runtime.progress import CancelEvent
from rag.types import Certainty, GenerationStats, PromptRead, StopReason
from rag.types.decoding import Decoding


class _GeneratedText:
    """Generated tokens as text: thinking and answer apart, both cleaned, the answer ended by stop sequences."""

    def __init__(self, template: ChatTemplate, decoding: Decoding, *, is_open: bool | None) -> None:
        self._detokenizer = Detokenizer(template.decode)
        self.new_mask_splitter = partial(template.split_for_mask, is_open=is_open)
        """Makes what tells the part of this text that a mask holds to the sources from the rest."""
        self._split = template.split_thinking(is_open=is_open)
        self._thought, self._answer = CleanText(()), CleanText(decoding.stop)
        self._max_answers = decoding.max_new_tokens
        self.thoughts = self.answers = 0
        """Tokens of thinking, its tags included, and of the answer."""

    @property
    def is_thinking(self) -> bool:
        """True while the thinking is open."""
        return self._split.is_thinking

    @property
    def is_answering(self) -> bool:
        """True once the answer has begun."""
        return not (self._split.is_thinking or self._split.is_undecided)

    @property
    def stopped(self) -> bool:
        """True once a stop sequence was met."""
        return self._answer.stopped

    @property
    def is_complete(self) -> bool:
        """True if the answer must not go on."""
        return self.stopped or self.answers >= self._max_answers

    def push(self, token: int) -> list[TextDelta]:
        """Return the deltas that this token makes safe to show."""
        was_thinking = self._split.is_thinking
        thought, answer = self._split.push(self._detokenizer.push(token))
        if self._split.is_thinking and not was_thinking:  # with the tokens of which the opening tag consists
            self.thoughts, self.answers = self.answers + 1, 0
        elif was_thinking:
            self.thoughts += 1
        else:
            self.answers += 1
        return self._deltas(self._thought.push(thought), self._answer.push(answer))

    def thoughts_held_back(self) -> list[TextDelta]:
        """Return the end of a thinking that is not closed."""
        if not self.is_thinking:
            return []
        thought, _ = self._split.push(self._detokenizer.finish())
        rest, _ = self._split.finish()
        return self._deltas(self._thought.push(thought + rest), "")

    def finish(self) -> str:
        """Return the rest of the answer at the end of generation."""
        _, answer = self._split.push(self._detokenizer.finish())
        _, rest = self._split.finish()
        return self._answer.push(answer + rest) + self._answer.finish()

    def _deltas(self, thought: str, answer: str) -> list[TextDelta]:
        deltas: list[TextDelta] = [ThoughtDelta("", self.answers, thought=thought)] if thought else []
        return [*deltas, TextDelta(answer, self.answers)] if answer else deltas


class Delivery:
    """Deliver the text that a scheduler generates: streamed token by token, or whole after a beam search.

    Of a `window` of so many tokens, thinking leaves the usual room to prompt and answer, or takes a quarter if it is
    small.
    """

    def __init__(self, scheduler: Scheduler, template: ChatTemplate, end_tokens: Collection[int], window: int) -> None:
        self._scheduler = scheduler
        self._template = template
        self._end_tokens = end_tokens
        self._most_thinking = thinking_room(window)

    def reserved_tokens(self, decoding: Decoding) -> int:
        """Return how many tokens may follow a prompt at most."""
        budget = self._budget(decoding)
        others = self._template.break_off_thinking() if budget else self._template.skip_thinking()
        return budget + len(others) + decoding.max_new_tokens

    def stream(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, rules: MaskRules | None = None
    ) -> Iterator[TextDelta]:
        """Yield the text after a prompt, its answer masked by rules if there are any; the last delta has a reason."""
        if not self._budget(decoding):
            prompt = [*prompt, *self._template.skip_thinking()]
        if decoding.beams > 1:
            yield from self._whole(prompt, decoding, cancelled, rules)
        else:
            yield from self._streamed(prompt, decoding, cancelled, rules)

    def _budget(self, decoding: Decoding) -> int:
        """Return how many tokens are set aside for thinking; 0 if none is expected or wanted."""
        return min(decoding.thinking_tokens, self._most_thinking) if self._template.expects_thinking else 0

    def _new_text(self, decoding: Decoding, *, may_think: bool = True) -> _GeneratedText:
        is_open = None if may_think and decoding.thinking_tokens else False
        return _GeneratedText(self._template, decoding, is_open=is_open)

    def _streamed(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, rules: MaskRules | None
    ) -> Iterator[TextDelta]:
        """Deliver token by token, in one batch with other sequences."""
        expected, breaking_off = self._budget(decoding), self._template.break_off_thinking()
        # A model that thinks unexpectedly does so at the expense of its answer: the window has no more room.
        budget = expected or max(1, decoding.max_new_tokens // 2)
        total = expected + decoding.max_new_tokens
        text = self._new_text(decoding)
        part = yield from self._generate(
            prompt, replace(decoding, max_new_tokens=total), cancelled, text, budget, rules
        )
        room = min(decoding.max_new_tokens, total - text.thoughts - (0 if expected else len(breaking_off)))
        if text.is_thinking and part.reason != "cancelled" and room > 0:
            yield from text.thoughts_held_back()
            prompt = [*prompt, *part.tokens, *breaking_off]
            text = self._new_text(decoding, may_think=False)
            shorter = replace(decoding, max_new_tokens=room)
            answer = yield from self._generate(prompt, shorter, cancelled, text, room, rules, before=part.sequence)
            part = _joined(part, answer)
        yield from text.thoughts_held_back()
        yield TextDelta(text.finish(), text.answers, part.reason, part.stats, part.certainty)

    def _generate(
        self,
        prompt: list[int],
        decoding: Decoding,
        cancelled: CancelEvent,
        text: _GeneratedText,
        budget: int,
        rules: MaskRules | None = None,
        *,
        before: TokenSequence | None = None,
        is_over: Callable[[], bool] = lambda: False,
    ) -> Generator[TextDelta, None, "_Part"]:
        """Generate a sequence into a text, until its end or until its thinking takes more than its budget.

        Its prompt may go on from the sequence `before`.
        """
        sequence = self._scheduler.submit(prompt, decoding, cancelled, rules, text.new_mask_splitter(), before)
        tokens = self._scheduler.tokens(sequence)
        read: list[int] = []
        reason: StopReason | None = None
        try:
            for token in tokens:
                if isinstance(token, PromptRead):
                    yield ReadDelta("", 0, read=token)
                    continue
                if not read and before is None:
                    yield TextDelta("", 0, certainty=Certainty(sequence.certainty().answerable))
                read.append(token)
                yield from text.push(token)
                if text.is_complete or (text.is_thinking and text.thoughts >= budget) or is_over():
                    reason = "stop" if text.stopped else "length"
                    break
        finally:
            tokens.close()
        reason = reason or sequence.reason or "length"
        return _Part(read, reason, sequence.stats(), sequence.certainty(text.thoughts), sequence)

    def _whole(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, rules: MaskRules | None
    ) -> Iterator[TextDelta]:
        """Deliver the answer of a beam search at once: until the end it may change any token."""
        text = self._new_text(decoding)
        thought = GenerationStats()
        if budget := self._budget(decoding):
            prompt, text, thought = yield from self._think(prompt, decoding, cancelled, text, budget)
        started = time.perf_counter()
        prefilled = self._scheduler.prefill(prompt, len(prompt) + decoding.max_new_tokens, cancelled)
        prefilled_at = time.perf_counter()
        if prefilled is None:
            stats = _sum(thought, GenerationStats(prefill_s=prefilled_at - started))
            yield TextDelta(text.finish(), 0, "cancelled", stats)
            return
        cache, answerable = prefilled
        best = beam_search(
            self._scheduler.forward,
            cache,
            prompt,
            beams=decoding.beams,
            max_new_tokens=decoding.max_new_tokens,
            end_tokens=self._end_tokens,
            processors=logits_processors(decoding, len(prompt)),
            is_cancelled=cancelled.is_set,
            rules=rules,
            openings=decoding.openings,
        )
        stats = GenerationStats(prefill_s=prefilled_at - started, decode_s=time.perf_counter() - prefilled_at)
        certainty = Certainty(answerable, best.least_log_prob)
        yield from self._delivered(best.tokens, text, cancelled, _sum(thought, stats), certainty)

    def _delivered(
        self,
        tokens: list[int],
        text: _GeneratedText,
        cancelled: CancelEvent,
        stats: GenerationStats,
        certainty: Certainty,
    ) -> Iterator[TextDelta]:
        """Yield finished tokens as one delta, after one of thinking if there is any."""
        ended = bool(tokens) and tokens[-1] in self._end_tokens
        deltas: list[TextDelta] = []
        for token in tokens[:-1] if ended else tokens:
            deltas += text.push(token)
            if text.stopped:
                break
        deltas += text.thoughts_held_back()
        answer = "".join(delta.text for delta in deltas) + text.finish()
        reason: StopReason = (
            "cancelled" if cancelled.is_set() else "stop" if text.stopped else "end" if ended else "length"
        )
        yield from (delta for delta in deltas if isinstance(delta, ThoughtDelta))
        yield TextDelta(answer, len(tokens) - text.thoughts, reason, stats, certainty)

    def _think(
        self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, text: _GeneratedText, budget: int
    ) -> Generator[TextDelta, None, tuple[list[int], _GeneratedText, GenerationStats]]:
        """Generate the thinking alone, greedily; return the prompt with it, the text so far and the time it took."""
        greedy = replace(decoding, beams=1, max_new_tokens=budget)
        thinking = self._generate(prompt, greedy, cancelled, text, budget, is_over=lambda: text.is_answering)
        deltas = _Deltas(thinking)
        held: list[TextDelta] = []
        for delta in deltas:
            if isinstance(delta, ThoughtDelta | ReadDelta):
                yield delta
            elif delta.text:
                held.append(delta)
        yield from text.thoughts_held_back()
        part = deltas.part
        if not text.thoughts:  # it answers at once, and the beams begin anew
            return prompt, self._new_text(decoding), part.stats
        yield from held
        closing = self._template.break_off_thinking() if text.is_thinking else []
        if closing:
            text = self._new_text(decoding, may_think=False)
        return [*prompt, *part.tokens, *closing], text, part.stats


@dataclass(frozen=True, slots=True)
class _Part:
    """A generated sequence, as far as it was read; its certainty is that of the answer."""

    tokens: list[int]
    reason: StopReason
    stats: GenerationStats
    certainty: Certainty
    sequence: TokenSequence


class _Deltas:
    """The deltas of a sequence; `part` is the sequence itself, once all of them are read."""

    def __init__(self, generated: Generator[TextDelta, None, _Part]) -> None:
        self._generated = generated
        self.part: _Part

    def __iter__(self) -> Iterator[TextDelta]:
        self.part = yield from self._generated


def _joined(thinking: _Part, answer: _Part) -> _Part:
    """Return the part that answers, with what the one that thinks knew of the prompt and the time of both."""
    certainty = Certainty(thinking.certainty.answerable, answer.certainty.min_log_prob)
    return replace(answer, stats=_sum(thinking.stats, answer.stats), certainty=certainty)


def _sum(one: GenerationStats, other: GenerationStats) -> GenerationStats:
    """Add up times and drafts; what is reused of a first sequence was not saved."""
    return replace(one + other, reused_tokens=one.reused_tokens)
