"""Tokens under the mask: what is not grounded is taken back for words, and nothing else changes."""

import random
from collections.abc import Sequence
from threading import Event

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.decoding.allowed_figures import AllowedFigures
from rag.generation.decoding.allowed_months import AllowedMonths
from rag.generation.decoding.allowed_names import AllowedNames, OrdinaryWords
from rag.generation.decoding.beam_search import beam_search
from rag.generation.decoding.grounded_text import Allowed
from rag.generation.decoding.sampling import logits_processors
from rag.generation.decoding.token_mask import MaskRules, MaskState
from rag.generation.decoding.token_texts import TokenTexts
from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache
from rag.generation.scheduler import Scheduler
from rag.generation.sequence import TokenSequence
from rag.generation.thinking import ThinkingFormat, ThinkingStream
from rag.types.decoding import Decoding
from tests.support.random_models import CPU, WatchedRunner, generated, make_scheduler

PIECES = [*"0123456789 $,.\n", " in", " the", " year", "many", " Lin", "coln", " Adams", " was", "<end>"]
PIECES += [f" word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"] + ["98", " 19", "-", "("]
END = PIECES.index("<end>")
PROMPT = [PIECES.index(" the")]


def decode(tokens: Sequence[int]) -> str:
    return "".join(PIECES[token] if token < len(PIECES) else " rest" for token in tokens if token != END)


VOCABULARY = {piece.replace(" ", "\u0120"): number for number, piece in enumerate(PIECES)}
TEXTS = TokenTexts(decode, lambda _: [PIECES.index("many")], lambda: VOCABULARY)
SOURCES = ["In 1998 Adams had 32,765."]
FIGURES = MaskRules(Allowed(AllowedFigures(SOURCES), AllowedMonths(SOURCES)), TEXTS, {END})
NAMES = MaskRules(
    Allowed(AllowedFigures(SOURCES), AllowedMonths(SOURCES), AllowedNames(SOURCES, OrdinaryWords(VOCABULARY))),
    TEXTS,
    {END},
)


def ids(text: str) -> list[int]:
    """Return the tokens of a text, the longest first."""
    found = []
    while text:
        piece = max((piece for piece in PIECES if text.startswith(piece)), key=len)
        found.append(PIECES.index(piece))
        text = text[len(piece) :]
    return found


class Wishes:
    """A model that wishes to write a text, or else words; it goes on with its wish after what it had to write."""

    def __init__(self, wish: str, rules: MaskRules | None, *, can_take_back: bool = True, tokens: int = 60) -> None:
        self.wish = [*ids(wish), END]
        mask = rules.mask(None, can_take_back=can_take_back) if rules else None
        decoding = Decoding(max_new_tokens=tokens)
        self.sequence = TokenSequence(PROMPT, decoding, Event(), {END}, None, CPU, None, mask)
        self.sequence.start(KVCache(1))
        self.shown: list[int] = []

    def write(self) -> str:
        at = 0
        for _ in range(400):
            if self.sequence.reason:
                break
            item = self.sequence.next_input(100)
            item.cache.advance(len(item.tokens))
            logits = torch.linspace(1, 0, len(PIECES))[None].clone()
            logits[0, ids(" the")[0]] = 5.0
            before = len(self.sequence.tokens)
            logits[0, self.wish[min(at, len(self.wish) - 1)]] = 9.0
            self.sequence.decode(logits)
            at += 1
            assert self.sequence.reason or self.sequence.cache.length == len(self.sequence.tokens) - 1
            if len(self.sequence.tokens) <= before:  # taken back
                at = max(at, before - len(PROMPT) + 1)
            self.shown += self.sequence.undelivered
            self.sequence.undelivered.clear()
        return decode(self.shown)


@pytest.mark.parametrize(
    "text", [" in the year 1998", "$32,765", " in 1998, 32765.", " Adams was many", " was 1998.\n1998"]
)
def test_what_the_sources_have_is_written_as_without_the_mask(text: str) -> None:
    for rules in (FIGURES, NAMES):
        masked, free = Wishes(text, rules), Wishes(text, None)
        assert masked.write() == free.write() == text
        assert (masked.sequence.tokens, masked.sequence.reason) == (free.sequence.tokens, free.sequence.reason)
        assert masked.sequence.certainty() == free.sequence.certainty()


def test_a_figure_that_turns_out_wrong_is_taken_back_for_words() -> None:
    assert Wishes(" in 1997 was", FIGURES).write().startswith(" in the")
    assert Wishes(" in 7 was", FIGURES).write().startswith(" in the")


def test_a_sequence_that_cannot_be_cropped_goes_on_with_a_figure_of_the_sources() -> None:
    assert Wishes(" in 1997 was", FIGURES, can_take_back=False).write().startswith(" in 1998")


def test_nothing_of_a_figure_is_shown_before_it_is_finished_and_a_cut_one_never_is() -> None:
    assert Wishes(" in 1998", FIGURES, tokens=2).write() == " in"
    assert Wishes(" in 1998 was", FIGURES, tokens=3).write() == " in 1998"


@given(st.lists(st.sampled_from(range(len(PIECES))), min_size=1, max_size=25), st.booleans())
def test_whatever_the_model_wishes_only_figures_and_names_of_the_sources_are_shown(wish: list[int], back: bool) -> None:
    for rules in (FIGURES, NAMES):
        asked = Wishes("", rules, can_take_back=back)
        asked.wish = wish
        text = asked.write()
        if back or rules is FIGURES:
            written = MaskState().written.after(text, rules.allowed)
            assert not isinstance(written, str)
            assert back is False or not isinstance(written.ended(rules.allowed), str)


DECODINGS = [Decoding(max_new_tokens=40), Decoding(max_new_tokens=40, temperature=1.5, seed=3, repetition_penalty=1.2)]


@pytest.mark.parametrize("decoding", DECODINGS, ids=["greedy", "sampled"])
def test_a_masked_sequence_writes_only_what_is_allowed_and_others_in_its_batch_stay_as_they_are(
    model: object, decoding: Decoding
) -> None:
    prompts = [random.Random(seed).choices(range(90), k=20) for seed in range(3)]

    def tokens(prompts: list[list[int]], masked: set[int]) -> list[list[int]]:
        scheduler = make_scheduler(WatchedRunner(model), slots=4)
        sequences = [
            scheduler.submit(prompt, decoding, Event(), FIGURES if number in masked else None)
            for number, prompt in enumerate(prompts)
        ]
        return [list(generated(scheduler, sequence)) for sequence in sequences]

    alone = [tokens([prompt], set())[0] for prompt in prompts]
    masked_alone = tokens([prompts[1]], {0})[0]
    together = tokens(prompts, {1})
    assert together == [alone[0], masked_alone, alone[2]]
    assert isinstance(MaskState().written.after(decode(alone[1]), FIGURES.allowed), str)
    assert not isinstance(MaskState().written.after(decode(masked_alone), FIGURES.allowed), str)


def test_beams_with_a_wrong_figure_are_none(model: object) -> None:
    runner = WatchedRunner(model)
    prompt = [3, 17, 5, 40]

    def text(rules: MaskRules | None) -> str:
        cache = runner.new_cache(64)
        runner.forward([ForwardInput(cache, prompt[:-1], keep=0)])
        decoding = Decoding(max_new_tokens=25, beams=3)
        best = beam_search(
            runner.forward,
            cache,
            prompt,
            beams=3,
            max_new_tokens=25,
            end_tokens={END},
            processors=logits_processors(decoding, 1),
            is_cancelled=lambda: False,
            rules=rules,
        )
        return decode(best.tokens)

    assert isinstance(MaskState().written.after(text(None), FIGURES.allowed), str)
    assert not isinstance(MaskState().written.after(text(FIGURES), FIGURES.allowed), str)


@pytest.mark.parametrize("decoding", DECODINGS, ids=["greedy", "sampled"])
def test_drafts_and_reused_prefixes_leave_a_masked_text_as_it_is(model: object, decoding: Decoding) -> None:
    prompt = random.Random(7).choices(range(len(PIECES)), k=40)

    def tokens(scheduler: Scheduler) -> list[int]:
        return list(generated(scheduler, scheduler.submit(prompt, decoding, Event(), FIGURES)))

    plain = tokens(make_scheduler(WatchedRunner(model)))
    drafting = make_scheduler(WatchedRunner(model), new_drafter=lambda: Copying(plain, len(prompt)), prefix_bytes=10**7)
    assert [tokens(drafting) for _ in range(2)] == [plain, plain]


class Copying:
    """Drafts a known continuation, and now and then a wrong figure."""

    def __init__(self, continuation: list[int], prompt: int) -> None:
        self._continuation, self._prompt = continuation, prompt

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        at = len(tokens) - self._prompt
        wrong = [PIECES.index("7")] if at % 3 == 0 else []
        return [*self._continuation[at : at + 3], *wrong][:limit]

    def learn(self, proposed: int, accepted: int) -> None:
        """Ignore what was accepted."""


def test_thinking_is_free_and_the_answer_after_it_is_masked() -> None:
    thinking = ThinkingFormat("many", "-", "-")
    state = MaskState(splitter=ThinkingStream(thinking))
    for token in ids("many in 1997-"):
        after = FIGURES.after(state, token)
        assert isinstance(after, MaskState)
        state = after
    assert FIGURES.after(state, PIECES.index("7")) == "figure"
    assert isinstance(FIGURES.after(state, PIECES.index(" the")), MaskState)
