"""An answer as it streams, its text cited sentence by sentence; whether it stands; and the whole that it becomes."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.answer_notes import answer_notes
from rag.answering.prompt_search import Searched
from rag.grounding.abstention import NOT_FOUND, Abstention, Verdict, is_abstention
from rag.grounding.citations import Citer
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta
from rag.types import (
    Answer,
    Certainty,
    Cited,
    Event,
    GenerationStats,
    Passage,
    Plan,
    Sentence,
    Thought,
    Timings,
    Token,
    ToolCalled,
    Turn,
)
from rag.understanding.summary_subjects import is_about_everything


class StreamedAnswer:
    """The text of an answer while it is written, and the last delta, which says how it ended.

    `certainty` is the last that was reported: an answer that is stopped while it repeats itself ends without one.
    """

    def __init__(self) -> None:
        self.thinking = ""
        self.text = ""
        self.last = TextDelta("", 0, "none")
        self.certainty: Certainty | None = None
        self.first_token_at: float | None = None

    def collect(self, deltas: Iterator[TextDelta], citer: Citer) -> Iterator[Event]:
        """Append the deltas; yield each text, and the sentences whenever another one is complete."""
        cited = 0
        for self.last in deltas:
            self.certainty = self.last.certainty or self.certainty
            if isinstance(self.last, ThoughtDelta):
                self.thinking += self.last.thought
                yield Thought(self.last.thought)
            elif isinstance(self.last, ReadDelta) and not self.text:  # a later pass reads while its reader has text
                yield self.last.read
            if not self.last.text:
                continue
            self.text += self.last.text
            self.first_token_at = self.first_token_at or time.perf_counter()
            yield Token(self.last.text)
            if len(complete := citer.sentences(self.text, finished=False)) > cited:
                cited = len(complete)
                yield Cited(complete)


def judge(
    abstention: Abstention,
    plan: Plan,
    question: str,
    passages: Sequence[Passage],
    sentences: Sequence[Sentence],
    certainty: Certainty | None,
    translated: str = "",
) -> Verdict:
    """Return the verdict on an answer's sentences, written from `passages` by `plan`.

    `translated` is the question in their language, if it was asked in another one.

    A document always says what it is about, so a summary stands by its support alone: neither words of the question
    that the text lacks ("summarise") nor the model's doubt count against it. A summary of everything stands as soon
    as a sentence has support: each bears its own mark, and "I could not find this" would be no answer.
    """
    if plan.kind == "summary":
        if is_about_everything(question, plan.language):
            abstention = abstention.at(0.0)
        return abstention.judge("", passages, sentences, None)
    return abstention.judge(question, passages, sentences, certainty, translated)


def finished_answer(
    search: Searched,
    streamed: StreamedAnswer,
    sentences: tuple[Sentence, ...],
    verdict: Verdict,
    left_out: Sequence[str],
    timings: Timings,
    tool_calls: Sequence[ToolCalled] = (),
    completed: int = 0,
) -> Answer:
    """Return the answer to a question that was searched for, from what has streamed, judged.

    `completed` is how many of its items were quoted from the list of a source, since the model left them off.
    """
    prompt, asked, plan = search.prompt, search.asked, search.plan
    # What nothing supports is not shown to the model again: it would be believed.
    # Who stops an answer has not been told that there is none, and the questions after it need not know of it.
    is_stopped = streamed.last.stop_reason == "cancelled" and not is_abstention(streamed.text)
    is_empty = is_stopped and all(sentence.support == "unsupported" for sentence in sentences)
    abstained = (verdict.abstained or search.is_unclear) and not is_stopped
    turn = Turn(asked.question, NOT_FOUND if abstained else streamed.text, prompt.new, plan.kind)
    answer = Answer(
        question=asked.question,
        query=search.query,
        text=streamed.text,
        sentences=sentences,
        abstained=abstained,
        passages=prompt.passages,
        dropped=search.dropped,
        timings=timings,
        stop_reason=streamed.last.stop_reason or "none",
        forgotten_turns=prompt.forgotten_turns,
        turns=search.conversation if is_empty else (*search.conversation, turn),
        confidence=verdict.confidence,
        missing=verdict.missing,
        signals=verdict.signals,
        thinking=streamed.thinking.strip(),
        language=plan.language,
        plan=plan,
        left_out=tuple(left_out),
        computed=search.computed,
        tool_calls=tuple(tool_calls),
    )
    notes = answer_notes(answer, search.unread, search.extent, search.read_within_s, completed)
    return replace(answer, notes=notes)


def timings_of(search: Searched, streamed: StreamedAnswer, started: float, written: float) -> Timings:
    """Return the timings of an answer begun at `started` and completely written at `written`, both on the clock."""
    now = time.perf_counter()
    return Timings(
        rewrite_s=search.rewrite_s,
        retrieve_s=search.retrieve_s,
        first_token_s=streamed.first_token_at - started if streamed.first_token_at else 0.0,
        total_s=now - started,
        prompt_tokens=search.prompt.tokens,
        output_tokens=streamed.last.tokens,
        generation=streamed.last.stats or GenerationStats(),
        check_s=now - written,
        rerank_s=search.stages.get("rerank", 0.0),
        prompt_s=search.stages.get("prompt", 0.0),
    )
