"""Answer a question: search, prompt, generation, citations and verdict, as typed events that the faces translate."""

import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Generator as Generating
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import replace
from functools import partial

from rag.answering.about_app import about_app, narrow_down, no_such_document
from rag.answering.ask_options import AskOptions
from rag.answering.counting import counted_items, is_guess, may_be_counted, refused, states_number
from rag.answering.list_completion import ListCompletion
from rag.answering.multi_pass import in_passes
from rag.answering.overviews import KeptAnswers, Overviews, events
from rag.answering.prompt import Prompt
from rag.answering.prompt_search import PromptSearch, Searched, SearchSettings
from rag.answering.reading_on import reading_on
from rag.answering.streamed_answer import StreamedAnswer, finished_answer, judge, timings_of
from rag.answering.tool_rounds import Gathered, ToolRounds
from rag.answering.toolbox import Toolbox
from rag.answering.translation import Translator
from rag.answering.unsupported_lines import LineFilter, keep_supported
from rag.answering.yes_no import YesNo, stating
from rag.errors import QuestionError
from rag.grounding.abstention import NOT_FOUND, Abstention, is_abstention
from rag.grounding.citations import Citer
from rag.grounding.near_meaning import NearMeaning
from rag.grounding.translated_answers import TranslatedSupport
from rag.interfaces import (
    ContentFilter,
    Embedder,
    Generator,
    Library,
    PromptReader,
    Reranker,
    Retriever,
    Scorer,
    TextDelta,
)
from rag.postprocessing.output_checks import check_stream, check_thoughts
from rag.runtime.progress import CancelEvent
from rag.types import (
    Answer,
    Dropped,
    Event,
    Passage,
    Plan,
    Planned,
    PromptRead,
    Retrieved,
    Sentence,
    Token,
    ToolCalled,
    Turn,
)
from rag.types.decoding import Decoding
from rag.understanding.planner import may_be_summary
from rag.understanding.planner import plan as make_plan

_NOT_READ_AHEAD = ("about_app", "summary")
"""Kinds of questions without a prompt of their own, or with several."""


_NOT_NEEDED = "was not read: the list of another passage is the answer"


class KeepOrder:
    """A `Reranker` that keeps the retriever's order."""

    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:  # noqa: ARG002  a seam
        """Return the first `limit` passages."""
        return list(passages[:limit])


class Assistant:
    """Answer questions from one library."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        reranker: Reranker,
        generator: Generator,
        scorer: Scorer,
        abstention: Abstention,
        search: SearchSettings,
        *,
        max_question_chars: int,
        embedder: Embedder | None = None,
        content_filter: ContentFilter | None = None,
        overviews: KeptAnswers | None = None,
    ) -> None:
        self._generator = generator
        self._scorer = scorer
        self._abstention = abstention
        self._embedder = embedder
        self._decoding = search.decoding
        self._system_prompt = search.system_prompt
        self._max_question_chars = max_question_chars
        self._translated_support = TranslatedSupport(Translator(generator).sentence, scorer)
        self._yes_no = YesNo(generator, embedder)
        self._prompts = PromptSearch(library, retriever, reranker, generator, embedder, search)
        toolbox = Toolbox(library, retriever, reranker, search.candidates)
        self._tools = ToolRounds(toolbox, generator) if search.tools and generator.can_call_tools else None
        self._content_filter = content_filter
        self._overviews = Overviews(library, overviews, search.decoding, content_filter)

    @property
    def generator(self) -> Generator:
        """The generator that writes the answers."""
        return self._generator

    @property
    def context_tokens(self) -> int:
        """The model's context window for prompt and answer, in tokens."""
        return self._generator.context_tokens

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        options: AskOptions | None = None,
        cancelled: CancelEvent | None = None,
    ) -> Answer:
        """Answer a question as `ask` does, and return only the finished answer."""
        *_, answer = self.ask(question, history, within=within, options=options, cancelled=cancelled)
        assert isinstance(answer, Answer)  # noqa: S101  the last event
        return answer

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        options: AskOptions | None = None,
        cancelled: CancelEvent | None = None,
    ) -> Iterator[Event]:
        """Yield one `Retrieved`, `Thought`s if the model thinks, `Token`s and `Cited` sentences, and the `Answer`.

        Where something is counted, or more is read, another `Retrieved` takes the first one's place before there is
        any text. If the model may call tools, a `ToolCalled` for each call follows `Retrieved`, with the passages that
        it adds.

        `history` is the `turns` of the previous answer, `within` restricts the search to these document ids, `options`
        override settings, and `cancelled`, once set, ends the answer with the text so far.

        Raises:
            QuestionError: the question is empty or too long, the content filter objects to it, or the library is empty.
        """
        started = time.perf_counter()
        question = self._checked(question)
        options = options or AskOptions()
        plan = self._plan(question, history, within)
        yield Planned(plan)
        if said := self._said_at_once(question, plan, history, within, started):
            yield Token(said.text)
            yield said
            return
        overview = self._overviews.asked(question, plan, history, within, options)
        if kept := self._overviews.find(overview, question, plan, history, options):
            yield from events(kept)
            return
        for event in self._searched(question, plan, history, within, options, cancelled, started):
            if isinstance(event, Answer):
                self._overviews.keep(overview, event)
            yield event

    def read_ahead(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        within: AbstractSet[int] | None = None,
        options: AskOptions | None = None,
        reader: str = "",
        cancelled: CancelEvent,
    ) -> None:
        """Search for a question that may be asked soon, and read the prompt it would get while nobody waits.

        The answer is then as it would be, and comes sooner. Of each `reader` only the last question's prompt is kept.

        Raises:
            QuestionError: as `ask` does.
        """
        if self._tools or not isinstance(self._generator, PromptReader):  # tools are told of in the prompt too
            return
        question, options = self._checked(question), options or AskOptions()
        plan = self._plan(question, history, within)
        if plan.kind in _NOT_READ_AHEAD or self._prompts.asks_model(question, plan, history):
            return
        search = self._prompts.search(question, plan, history, within, options, cancelled)
        if search.prompt.passages and not search.computed:
            self._generator.read_ahead(search.prompt.messages, reader, cancelled)

    def _plan(self, question: str, history: Sequence[Turn], within: AbstractSet[int] | None) -> Plan:
        """Return the plan of a question, which may say something else beside these documents than by itself.

        Small talk that they have as a term asks to have it explained; what may ask for a summary does so of a document
        that it names.
        """
        plan = make_plan(question, [turn.question for turn in history])
        if (
            plan.kind != "summary"
            and may_be_summary(question)
            and self._prompts.names_document(question, plan.language, within)
        ):
            return replace(plan, kind="summary", parts=(), steps=False, counts=False)
        is_term = plan.kind == "about_app" and self._prompts.is_term(question, within)
        return replace(plan, kind="explanation") if is_term else plan

    def _said_at_once(
        self, question: str, plan: Plan, history: Sequence[Turn], within: AbstractSet[int] | None, started: float
    ) -> Answer | None:
        """Return the answer to a question that needs no search; None if it needs one."""
        if plan.kind == "about_app":
            return about_app(question, plan, history, time.perf_counter() - started)
        missing, names = self._prompts.missing_document(question, plan, within)
        if missing:
            return no_such_document(missing, names, question, plan, history, time.perf_counter() - started)
        if too_many := self._overviews.too_many(question, plan, history, within):
            return narrow_down(too_many, question, plan, history, time.perf_counter() - started)
        return None

    def _searched(
        self,
        question: str,
        plan: Plan,
        history: Sequence[Turn],
        within: AbstractSet[int] | None,
        options: AskOptions,
        cancelled: CancelEvent | None,
        started: float,
    ) -> Generating[Event]:
        """Yield the events of an answer that is searched for; in place of a refusal for want of time all is read."""
        search = self._prompts.search(question, plan, history, within, options, cancelled)
        if search.first and (yield from self._first_list(search, search.first, options, within, cancelled, started)):
            return
        written = self._write(search, options, within, cancelled, started)
        if plan.counts and not search.computed and self._tools is None:  # with tools the model calculates
            listed = replace(plan, kind="list")
            listing = partial(self._prompts.search, question, listed, history, within, options, cancelled)
            written = self._counted(written, listing, options, within, cancelled, started)
        if search.read_within_s and plan.kind != "summary":
            fresh = replace(options, fresh=True)
            whole = partial(self._searched, question, plan, history, within, fresh, cancelled, started)
            written = reading_on(written, whole)
        yield from written

    def _first_list(
        self,
        search: Searched,
        first: Prompt,
        options: AskOptions,
        within: AbstractSet[int] | None,
        cancelled: CancelEvent | None,
        started: float,
    ) -> Generating[Event, None, bool]:
        """Yield the events of an answer that is a list of the best passage; return whether it is."""
        others = [passage for passage in search.prompt.passages if passage not in first.passages]
        dropped = (*(Dropped(passage, _NOT_NEEDED) for passage in others), *search.dropped)
        alone = replace(search, prompt=first, first=None, dropped=dropped, unread=0, read_within_s=0.0)
        drafted = yield from _shown_while_drafted(
            self._write(alone, options, within, cancelled, started, only_whole=True)
        )
        is_answer = any(isinstance(event, Answer) and not event.abstained for event in drafted)
        if is_answer:
            yield from drafted
        return is_answer

    def _write(
        self,
        search: Searched,
        options: AskOptions,
        within: AbstractSet[int] | None,
        cancelled: CancelEvent | None,
        started: float,
        *,
        only_whole: bool = False,
    ) -> Iterator[Event]:
        """Yield the events of an answer that is written from what was found.

        With `only_whole` it is one list of a passage, or has no `Answer`; see `ListCompletion`.
        """
        question, plan = search.asked.question, search.plan
        yield Retrieved(search.query, search.prompt.passages, search.dropped)
        gathered = yield from self._gather(search, options, within, cancelled)
        search = gathered.search if gathered else search
        prompt, streamed = search.prompt, StreamedAnswer()
        is_foreign = search.asked.is_foreign
        beginning = self._yes_no.beginning(search)
        decoding = self._yes_no.opened(options.decoding or self._decoding, beginning, search)
        abstention = self._abstention.at(options.strictness, beginning.decided if beginning else 1.0)
        citer = self._citer(question, search)
        # Words of another language say nothing before they are translated.
        leaves_out = plan.is_gathered and not is_foreign

        def cited(piece: str) -> Sequence[Sentence]:
            return citer.sentences(piece) if leaves_out and not is_abstention(piece) else ()

        kept = LineFilter(cited, is_list=plan.kind == "list")
        # Whoever says how to answer is not answered by a sentence of the sources as it is.
        is_usual = self._system_prompt is None and options.are_usual(self._decoding)
        stated = beginning.stated if beginning and is_usual else ""
        deltas = self._generate(search, decoding, abstention, cancelled, gathered, stated)
        deltas = deltas if plan.is_short_answer else keep_supported(deltas, kept)
        page_text = self._prompts.page_text
        completion = ListCompletion(question, plan, prompt.passages, citer, page_text, only_whole=only_whole)
        if plan.kind == "list" and not is_foreign:
            sources = [passage.chunk.text for passage in prompt.passages]
            deltas = check_stream(completion.complete(deltas), self._content_filter, sources)  # what is quoted, too
        yield from streamed.collect(deltas, citer)
        if only_whole and streamed.last.stop_reason not in ("end", "cancelled"):
            return
        written = time.perf_counter()
        sentences = () if is_abstention(streamed.text) else citer.sentences(streamed.text)
        sentences = self._translated_support.judge(sentences, search.asked, prompt.passages, cancelled)
        if beginning:
            abstention = abstention.at(options.strictness, beginning.decided_by(sentences))
        translated, certainty = search.asked.translated, streamed.certainty
        verdict = judge(abstention, plan, question, prompt.passages, sentences, certainty, translated)
        timings = timings_of(search, streamed, started, written)
        calls = gathered.calls if gathered else ()
        left_out, added = kept.left_out, completion.added
        answer = finished_answer(search, streamed, sentences, verdict, left_out, timings, calls, added)
        yield citer.with_nearest(answer)

    def _counted(
        self,
        stated: Iterator[Event],
        listing: Callable[[], Searched],
        options: AskOptions,
        within: AbstractSet[int] | None,
        cancelled: CancelEvent | None,
        started: float,
    ) -> Iterator[Event]:
        """Yield the events of an answer to how many there are: as `stated`, if the sources state it, else counted."""
        drafted = yield from _shown_while_drafted(stated)
        answer = drafted[-1]
        if isinstance(answer, Answer) and may_be_counted(answer) and not states_number(answer):
            search = listing()
            listed = yield from _shown_while_drafted(self._write(search, options, within, cancelled, started))
            items = listed[-1]
            if isinstance(items, Answer) and (counted := counted_items(items)):
                yield from self._write(replace(search, computed=counted), options, within, cancelled, started)
                return
            if isinstance(items, Answer) and is_guess(answer) and not (items.abstained or is_guess(items)):
                yield from listed  # whoever asks can count
                return
            yield Retrieved(answer.query, answer.passages, answer.dropped)
            drafted[-1] = refused(answer) if is_guess(answer) else answer
        yield from drafted

    def _gather(
        self, search: Searched, options: AskOptions, within: AbstractSet[int] | None, cancelled: CancelEvent | None
    ) -> Generating[ToolCalled, None, Gathered | None]:
        """Yield the model's calls of tools; return what they gathered, None if it was to call none.

        What was computed needs no model, what was not found at all no tools, and a long document is read in its order.
        """
        decoding = options.decoding or self._decoding
        is_open = search.prompt.passages and not (search.computed or search.passes or search.plan.kind == "summary")
        can_call = is_open and self._generator.can_call_tools  # a server may have rejected tools meanwhile
        if self._tools is None or not can_call or not self._tools.has_room(search, decoding):
            return None
        return (yield from self._tools.gather(search, decoding, within, cancelled))

    def _citer(self, question: str, search: Searched) -> Citer:
        passages, near = search.prompt.passages, None
        if search.plan.kind == "summary" and self._embedder:
            near = NearMeaning(question, passages, self._scorer, self._embedder)
        return Citer(question, passages, self._scorer, search.computed, near)

    def _checked(self, question: str) -> str:
        question = question.strip()
        if self._content_filter and (objection := self._content_filter.objection(question)):
            raise QuestionError(f"The content filter objects to this question: {objection} (setting content_filter).")
        if not question:
            raise QuestionError("The question is empty. Type what you want to know.")
        if len(question) > self._max_question_chars:
            raise QuestionError(
                f"The question has {len(question)} characters, and the limit is {self._max_question_chars} (setting "
                "max_question_chars). Shorten it, or ingest the long part as a document."
            )
        return question

    def _generate(
        self,
        search: Searched,
        decoding: Decoding,
        abstention: Abstention,
        cancelled: CancelEvent | None,
        gathered: Gathered | None,
        stated: str,
    ) -> Iterator[TextDelta]:
        """Yield the model's text; a refusal if there are no passages, or as soon as no answer could stand.

        What was computed from tables needs no model, and what is `stated` takes the place of its text.
        """
        prompt = search.prompt
        if search.computed and not gathered:
            yield TextDelta(search.computed.statement, 0, "end")
            return
        if not prompt.passages:
            yield TextDelta(NOT_FOUND, 0, "none")
            return

        def begin(prompt: Prompt) -> Iterator[TextDelta]:
            return self._generator.stream(prompt.messages, decoding, cancelled, search.grounding)

        sources = [passage.chunk.text for passage in prompt.passages]
        if gathered:
            stream = gathered.deltas
        elif search.passes:
            stream = in_passes(search.passes, lambda each: check_stream(begin(each), sources=sources))
        else:
            stream = stating(stated, begin(prompt)) if stated else begin(prompt)
        thoughtful = check_thoughts(stream, self._content_filter)
        with closing(check_stream(thoughtful, self._content_filter, sources)) as deltas:
            for delta in deltas:
                is_first = delta.certainty and not delta.stop_reason and search.plan.kind != "summary"
                if is_first and delta.certainty and abstention.is_hopeless(delta.certainty):
                    yield TextDelta(NOT_FOUND, 0, "none", certainty=delta.certainty)
                    return
                yield delta


def _shown_while_drafted(events: Iterator[Event]) -> Generating[Event, None, list[Event]]:
    """Yield what is found and how far it is read; return the other events, the last of which is the answer."""
    drafted: list[Event] = []
    for event in events:
        if isinstance(event, Retrieved | PromptRead):
            yield event
        else:
            drafted.append(event)
    return drafted
