"""Search for a question by its plan, and put what is found into the prompt."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from rag.answering.ask_options import AskOptions
from rag.answering.conversation_thread import conversation_after, thread, without_sources
from rag.answering.list_completion import LEAST_ITEMS
from rag.answering.multi_pass import grouped
from rag.answering.overviews import SUMMARISE, summarised
from rag.answering.prompt import Prompt, build_messages, fenced, fit_prompt, grounding, not_in_turns
from rag.answering.system_prompts import default_system_prompt, form_prompt, told_form, with_instructions, with_language
from rag.answering.tables.table_answer import TableAnswer, TableAnswers
from rag.answering.translation import Translator
from rag.errors import QuestionError
from rag.grounding.abstention import is_abstention
from rag.grounding.translated_answers import Asked
from rag.interfaces import Embedder, Generator, Library, PromptReader, Reranker, Retriever
from rag.retrieval.deduplication import deduplicate, join_neighbours
from rag.retrieval.fusion import best_of, in_turn, near_best
from rag.retrieval.gatherer import Gatherer
from rag.retrieval.named_terms import is_named, may_be_term
from rag.retrieval.nearest_sentences import nearest_sentences
from rag.retrieval.passage_budgets import CHARACTERS_PER_TOKEN, ReadingBudget, beside_earlier, in_time, reading_for
from rag.retrieval.query_rewriting import may_stand_alone, needs_model, rewrite, standalone_query
from rag.retrieval.query_translation import search_wordings
from rag.retrieval.reading_extent import Extent, extent_read
from rag.runtime.progress import CancelEvent
from rag.settings import Settings
from rag.text.answer_language import reading_language
from rag.text.document_names import file_names
from rag.text.item_lists import item_lists
from rag.types import Computed, Dropped, Passage, Plan, Turn
from rag.types.decoding import Decoding, GroundedDecoding, Grounding
from rag.understanding.parts import with_subject
from rag.understanding.question_reader import needs_conversation, read_question
from rag.understanding.summary_subjects import named_documents

FACT_WINDOW = 4096
"""Window of a question of fact: its conversation is read anew when it is full, and that must not take long."""

PASS_TOKENS = 1500
"""Sources of one pass, in tokens."""

_LEAST_PASSES = 4
"""Passes of a summary on a slow machine, so that its first words come after a part of the time."""

_SUMMARY_SENTENCES = 10
_FULL = 0.7
"""Share of the tokens that can be read in time from which others were probably left out."""

_NO_TIME = "would take longer to read than there is time (setting seconds_to_answer)"

_OTHER_TOKENS = 1000
"""Room for instructions, question and conversation beside the sources of a longer answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Settings of the search: a `system_prompt` of None is the form's own, a `fact_window` of 0 the model's.

    A question of fact is to be read within `seconds_to_answer`, if that is not 0. With `tools` the model may search on.
    """

    passages: int
    candidates: int
    system_prompt: str | None
    decoding: Decoding
    fact_window: int = FACT_WINDOW
    seconds_to_answer: float = 0.0
    rewrite_followups: bool = True
    translate_queries: bool = True
    grounded_decoding: GroundedDecoding = "off"
    tools: bool = False


def search_settings(settings: Settings, *, translate: bool, tools: bool = False) -> SearchSettings:
    """Return the settings of the search; `translate` if the embedder needs questions in the documents' language."""
    return SearchSettings(
        passages=settings.passages,
        candidates=settings.candidates,
        system_prompt=settings.system_prompt,
        decoding=settings.decoding,
        fact_window=0 if settings.context_tokens else FACT_WINDOW,
        seconds_to_answer=settings.seconds_to_answer,
        rewrite_followups=settings.rewrite_followups,
        translate_queries=translate and settings.translate_queries == "auto",
        grounded_decoding=settings.grounded_decoding,
        tools=tools,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """A query and the prompt made of its results; `dropped` are those that are not in it.

    `computed` is what the question asks for as far as it could be computed from the tables found; `is_unclear` if it
    asks for that alone, and it is not clear what: small models compute wrongly, so no text of theirs stands. `passes`
    are the prompts of an answer that is read in several; `grounding` is what a written answer is held to. `unread`
    passages were dropped because there was no room for them, and `extent` is how much was read for a summary.
    `first` is the prompt of the best passage alone, if a list that it has may be the answer.
    `read_within_s` are the seconds to which reading was held, if it was; `stages` those of `retrieve_s` that went into
    "rerank" and into "prompt". `conversation` are the earlier turns, to which the next question comes back.
    """

    asked: Asked
    plan: Plan
    query: str
    prompt: Prompt
    conversation: tuple[Turn, ...]
    dropped: tuple[Dropped, ...]
    rewrite_s: float
    retrieve_s: float
    computed: Computed | None = None
    is_unclear: bool = False
    passes: tuple[Prompt, ...] = ()
    first: Prompt | None = None
    grounding: Grounding | None = None
    unread: int = 0
    extent: Extent | None = None
    read_within_s: float = 0.0
    stages: Mapping[str, float] = field(default_factory=dict)


class _StageClock:
    """Counts the seconds of one search that go into reranking, and into fitting passages into the prompt."""

    def __init__(self) -> None:
        self.seconds = {"rerank": 0.0, "prompt": 0.0}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a `with` block."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """A question with its plan and all that it comes with; `reading` is how much is read for it."""

    question: str
    plan: Plan
    reading: ReadingBudget
    history: Sequence[Turn]
    within: AbstractSet[int] | None
    options: AskOptions


class PromptSearch:
    """Make prompts for the questions of one library; see `Assistant` for the parts."""

    def __init__(
        self,
        library: Library,
        retriever: Retriever,
        reranker: Reranker,
        generator: Generator,
        embedder: Embedder | None,
        settings: SearchSettings,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._reranker = reranker
        self._generator = generator
        self._settings = settings
        self._embedder = embedder
        self._gatherer = Gatherer(library, embedder)
        self._tables = TableAnswers(library, retriever, generator)
        self._translate = Translator(generator).question if settings.translate_queries else None

    def asks_model(self, question: str, plan: Plan, history: Sequence[Turn]) -> bool:
        """Return True if the model may be asked for the query, in a follow-up or in another language."""
        rewrites = self._settings.rewrite_followups and needs_model(question, history)
        return rewrites or (self._translate is not None and plan.language not in ("", "en"))

    def is_term(self, question: str, within: AbstractSet[int] | None) -> bool:
        """Return whether a question is but a term that the documents have as a name, a heading or a row's label."""
        if not may_be_term(question):
            return False
        found = self._retriever.with_words(question, self._settings.candidates, within)
        return any(is_named(question, passage.chunk) for passage in found)

    def names_document(self, question: str, language: str, within: AbstractSet[int] | None) -> bool:
        """Return whether a question names nothing but documents: "What is the staff handbook about?"."""
        return bool(named_documents(question, language, self._names(within), self._library.facts()))

    def missing_document(
        self, question: str, plan: Plan, within: AbstractSet[int] | None
    ) -> tuple[str, Collection[str]]:
        """Return the file to be summarised that no document has as its name, and none mentions, with all names.

        The file is "" if there is no such file. Asked for a fact, a file may be anything: "How do I open a report.pdf?"
        """
        if plan.kind != "summary" or not (files := file_names(question)):
            return "", ()
        names = self._names(within).values()
        for file in files:
            if not any(file.lower() in name.lower() for name in names):
                found = self._retriever.with_words(file, self._settings.candidates, within)
                if not any(file.lower() in passage.chunk.text.lower() for passage in found):
                    return file, names
        return "", names

    def search(
        self,
        question: str,
        plan: Plan,
        history: Sequence[Turn],
        within: AbstractSet[int] | None,
        options: AskOptions,
        cancelled: CancelEvent | None,
    ) -> Searched:
        """Make the question a query, search for it by its plan, and fit what is found into the prompt."""
        started = time.perf_counter()
        query = self._query(question, history, cancelled)
        plan = replace(plan, parts=with_subject(plan.parts, question, query))
        wordings = search_wordings(query, self._retriever, self._translate, within, cancelled)
        translated, searched_for = "".join(wordings[1:]), " · ".join(wordings)
        is_either = query != question and may_stand_alone(question)
        if is_either:
            wordings, searched_for = [question, *wordings], f"{question} | {searched_for}"
        rewritten = time.perf_counter()
        clock = _StageClock()
        task = _Task(
            question=self._to_be_written(question, plan, history, within),
            plan=plan,
            reading=self._reading(plan, options),
            history=history,
            within=within,
            options=options,
        )
        if any(turn.passages for turn in self._turns(task)):
            task = replace(task, reading=beside_earlier(task.reading))
        found, repeated = self._found(task, wordings, clock)
        if plan.kind == "table" and read_question(question).likeliest == "table" and not self._tables.are_in(found):
            task = self._as_fact(task)
            found, repeated = self._found(task, wordings, clock)
        self._require_documents([*options.brought, *found])
        readings = self._readings(task, query, found, cancelled)
        figures = self._figures([question, *readings] if is_either else readings, task, wordings, found, cancelled)
        if task.plan.kind == "table" and figures.is_lookup:
            task = self._as_fact(task)
            found, repeated = self._found(task, wordings, clock)
        plan = task.plan
        with clock.stage("prompt"):
            turns = self._turns(task)
            unread = not_in_turns(found, turns)
            shortened, skipped = self._shortened(unread, wordings, task.reading)
            read = [*options.brought, *(in_turn([figures.passages, shortened]) if figures.passages else shortened)]
            prompt, dropped = self._prompt(task, turns, read)
            known = self._generator.count_tokens(build_messages("", prompt.turns, (), "")) if prompt.turns else 0
        is_held = _is_held(task.reading, prompt.tokens - known, dropped, is_shortened=shortened != unread)
        is_foreign = bool(reading_language(prompt.passages, plan.language))
        written_in = "?" if is_foreign else plan.language
        return Searched(
            asked=Asked(question, translated, plan.language, is_foreign),
            plan=plan,
            query=searched_for,
            prompt=prompt,
            conversation=conversation_after(history, prompt.turns),
            dropped=(*dropped, *skipped, *repeated),
            rewrite_s=rewritten - started,
            retrieve_s=time.perf_counter() - rewritten,
            computed=figures.computed,
            is_unclear=figures.is_unclear and (plan.is_short_answer or plan.kind == "table"),
            passes=self._passes(task, prompt.new),
            first=None if is_foreign or figures.computed else self._first(task, prompt),
            grounding=grounding(prompt, question, self._settings.grounded_decoding, written_in),
            unread=len(dropped) + len(skipped),
            extent=extent_read(plan, found, prompt.passages, self._library),
            read_within_s=self._seconds(options) * task.reading.patience if is_held else 0.0,
            stages=clock.seconds,
        )

    def _to_be_written(
        self, question: str, plan: Plan, history: Sequence[Turn], within: AbstractSet[int] | None
    ) -> str:
        """Return the question that the model is asked: of a whole document, called by its name, for its overview.

        Asked what a document is about, a small model says it in one vague sentence, and in each pass the same. The
        words of a title stay in the question: they say what is to be summarised.
        """
        if plan.kind != "summary" or plan.language not in SUMMARISE:
            return question
        names = self._names(within)
        return question if summarised(question, plan, history, names, {}) is None else SUMMARISE[plan.language]

    def _names(self, within: AbstractSet[int] | None) -> dict[int, str]:
        return {id_: name for id_, name in self._library.names().items() if within is None or id_ in within}

    def _as_fact(self, task: _Task) -> _Task:
        """Ask for a figure as for any other fact: a sentence may state it, or a cell that is only to be read."""
        plan = replace(task.plan, kind="fact")
        return replace(task, plan=plan, reading=self._reading(plan, task.options))

    def _require_documents(self, found: Sequence[Passage]) -> None:
        if not found and not self._library.chunk_count():
            raise QuestionError(
                "Nothing to ask yet: the library is empty. Run 'citewell ingest PATH', or upload a document."
            )

    def _seconds(self, options: AskOptions) -> float:
        return 0.0 if options.fresh else self._settings.seconds_to_answer

    def _reading(self, plan: Plan, options: AskOptions) -> ReadingBudget:
        """Return how much is read by a plan: on a slow machine, what it can read in the time there is.

        Tables are read whole: a figure compared with half of them is wrong, not short.
        """
        reading, seconds = reading_for(plan), self._seconds(options)
        if not seconds or plan.kind == "table" or not isinstance(self._generator, PromptReader):
            return reading
        return in_time(reading, self._generator.tokens_per_s(), seconds)

    def _shortened(
        self, found: Sequence[Passage], wordings: Sequence[str], reading: ReadingBudget
    ) -> tuple[Sequence[Passage], list[Dropped]]:
        """Return what can be read in time of the passages found for a question of fact, and those left out whole."""
        if reading.tokens or reading.limit is None or self._embedder is None or not found:
            return found, []
        text = fenced(found, 1)
        tokens = self._generator.count_tokens([{"role": "user", "content": text}])
        if tokens <= reading.limit:
            return found, []
        kept = nearest_sentences(found, wordings, self._embedder, len(text) * reading.limit // tokens)
        ids = {passage.chunk.id for passage in kept}
        return kept, [Dropped(each, _NO_TIME) for each in found if each.chunk.id not in ids]

    def _passes(self, task: _Task, passages: Sequence[Passage]) -> tuple[Prompt, ...]:
        """Return the prompts of a summary that one does no justice to; none if one does, or a length is asked."""
        plan = task.plan
        if plan.kind != "summary" or plan.sentences or plan.length == "short":
            return ()
        tokens = PASS_TOKENS if task.reading.limit is None else min(PASS_TOKENS, task.reading.limit // _LEAST_PASSES)
        groups = grouped(passages, tokens * CHARACTERS_PER_TOKEN)
        share = replace(plan, sentences=max(2, _SUMMARY_SENTENCES // max(1, len(groups))))
        prompts = tuple(self._fit(replace(task, plan=share, history=()), group) for group in groups)
        return prompts if len(prompts) > 1 else ()

    def _first(self, task: _Task, prompt: Prompt) -> Prompt | None:
        """Return the prompt of the best passage, if it has a list and is less than half of what this prompt reads."""
        if task.plan.kind != "list" or task.plan.parts or prompt.turns or not prompt.new:
            return None
        best = max(prompt.new, key=lambda passage: passage.score)
        is_short = 2 * len(best.chunk.text) < sum(len(passage.chunk.text) for passage in prompt.new)
        has_list = any(len(items) >= LEAST_ITEMS for items in item_lists(best.chunk.text))
        return self._fit(replace(task, history=()), [best]) if is_short and has_list else None

    def _readings(self, task: _Task, query: str, found: Sequence[Passage], cancelled: CancelEvent | None) -> list[str]:
        """Return what is asked of tables: the query, but of two questions joined the one that the model makes of them.

        Of both in one text the first was answered again ("Which is the cheapest? And the most expensive?").
        """
        question = task.question.strip()
        if query == question or not query.endswith(question):
            return [query]
        if not self._settings.rewrite_followups or not self._tables.may_answer(question, found):
            return []
        rewritten = rewrite(question, _answered(task.history), self._generator, cancelled)
        return [rewritten] if rewritten else []

    def _figures(
        self,
        readings: Sequence[str],
        task: _Task,
        wordings: Sequence[str],
        found: Sequence[Passage],
        cancelled: CancelEvent | None,
    ) -> TableAnswer:
        """Return what tables have for the first of a question's readings that they answer."""
        plan = task.plan
        is_counted = plan.counts and plan.kind == "list"  # the search for a stated number has asked the tables
        if task.options.brought or plan.kind == "summary" or is_counted:
            return TableAnswer()
        queries = [*wordings, *(part.query for part in plan.parts)]
        language = plan.language or "en"
        best = TableAnswer()
        for each in readings:
            answer = self._tables.answer(each, queries, found, task.within, language, cancelled)
            if answer.computed:
                return answer
            best = answer if answer.is_unclear or answer.is_lookup else best
        return best

    def _query(self, question: str, history: Sequence[Turn], cancelled: CancelEvent | None) -> str:
        """Return the query: made by rules, or by the model where the rules would miss the subject."""
        history = _answered(history)
        if self._settings.rewrite_followups and needs_model(question, history):
            return rewrite(question, history, self._generator, cancelled) or standalone_query(question, history)
        return standalone_query(question, history)

    def _found(self, task: _Task, wordings: Sequence[str], clock: _StageClock) -> tuple[list[Passage], list[Dropped]]:
        """Return the passages to read, and those that only repeat others."""
        passages = task.options.passages or self._settings.passages

        def search(wording: str, limit: int) -> list[Passage]:
            candidates = max(self._settings.candidates, limit)
            found = near_best(self._retriever.retrieve(wording, candidates, task.within))
            with clock.stage("rerank"):
                return self._reranker.rerank(wording, found, candidates)

        if not task.reading.tokens:
            candidates = max(self._settings.candidates, passages)
            each = [self._retriever.retrieve(wording, candidates, task.within) for wording in wordings]
            found = best_of(each, candidates)
            limit = min(passages, task.reading.passages or passages)
            with clock.stage("rerank"):
                ranked = self._reranker.rerank(wordings[-1], found, candidates)
            return deduplicate(ranked, limit)
        gathered = self._gatherer.gather(task.plan, task.reading, wordings, search, task.within, passages)
        return deduplicate(gathered, len(gathered))

    def _turns(self, task: _Task) -> Sequence[Turn]:
        """Return the turns of the conversation that the prompt has, with the forms in which they are told.

        What the conversation has shown is read again for a summary: its passes see no conversation.
        """
        if not needs_conversation(task.question):
            return ()
        turns = thread(task.history)
        if task.plan.kind == "summary" or not any(turn.passages for turn in turns):
            return without_sources(turns)
        begun = Plan(kind=turns[0].kind)
        return [replace(turn, form=self._told(task, Plan(kind=turn.kind), begun)) for turn in turns]

    def _prompt(
        self, task: _Task, turns: Sequence[Turn], found: Sequence[Passage]
    ) -> tuple[Prompt, tuple[Dropped, ...]]:
        """Fit the passages to the window and join neighbours; return the prompt and what it lacks."""
        task = replace(task, history=turns)
        fitting = self._fit(task, found)
        # Join after fitting: a passage that fits alone must not be left out because its neighbour does not.
        unread = [*fitting.new, *(dropped.passage for dropped in fitting.dropped)]
        known = [passage for passage in found if passage not in unread]
        joined = join_neighbours(fitting.new, self.page_text)
        prompt = self._fit(task, [*known, *joined])
        return prompt, (*prompt.dropped, *fitting.dropped)

    def _instructed(self, task: _Task, plan: Plan) -> str:
        """Return the system prompt for the form of an answer."""
        default = default_system_prompt(self._generator.parameters)
        return task.options.system_prompt or self._settings.system_prompt or form_prompt(plan, default)

    def _told(self, task: _Task, plan: Plan, begun: Plan) -> str:
        """Return the form that a question by a plan asks for in a conversation begun by another plan."""
        if task.options.system_prompt or self._settings.system_prompt:
            return ""
        return told_form(plan, begun, default_system_prompt(self._generator.parameters))

    def _fit(self, task: _Task, passages: Sequence[Passage]) -> Prompt:
        plan, options = task.plan, task.options
        begun = Plan(kind=task.history[0].kind) if any(turn.passages for turn in task.history) else plan
        reserved = self._generator.reserved_tokens(options.decoding or self._settings.decoding)
        system_prompt = with_language(self._instructed(task, begun), plan.language, passages)
        system_prompt = with_instructions(system_prompt, options.instructions)
        window, tokens = self._generator.context_tokens, task.reading.tokens
        if tokens:
            # The turns of a conversation have been read. Where time is short, no more is read than is meant.
            other = self._generator.count_tokens(build_messages(system_prompt, task.history, (), task.question))
            other = max(other, _OTHER_TOKENS) if task.reading.limit is None else other
            window = min(window, tokens + reserved + other)
        elif self._settings.fact_window:
            window = min(window, self._settings.fact_window)
        return fit_prompt(
            task.question,
            passages,
            task.history,
            system_prompt=system_prompt,
            window=window,
            max_new_tokens=reserved,
            count=self._generator.count_tokens,
            form=self._told(task, plan, begun),
        )

    def page_text(self, document_id: int, number: int) -> str:
        """Return the text of a document's page; "" if there is none."""
        return page.text if (page := self._library.page(document_id, number)) else ""


def _answered(history: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns to come back to: a question that was refused is no subject, if there is another one."""
    return [turn for turn in history if not is_abstention(turn.answer)] or history


def _is_held(reading: ReadingBudget, tokens: int, dropped: Sequence[Dropped], *, is_shortened: bool) -> bool:
    """Return whether less was read than without a limit to the time: of a fact, a full window is no such limit."""
    if reading.limit is None:
        return False
    if not reading.tokens:
        return is_shortened
    return bool(dropped) or tokens >= _FULL * reading.limit
