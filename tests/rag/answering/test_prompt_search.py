"""Passages become the prompt, in the form and with the room of its plan."""

from collections.abc import Callable, Sequence, Set
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from rag.answering.ask_options import AskOptions
from rag.answering.prompt_search import PromptSearch, Searched, SearchSettings
from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.assistant import KeepOrder
from rag.grounding.abstention import NOT_FOUND
from rag.interfaces import Message
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.passage_budgets import LEAST_TOKENS
from rag.runtime.progress import CancelEvent
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Passage, Turn
from rag.types.decoding import Decoding
from rag.understanding.planner import plan
from tests.rag.answering.tables.test_table_answer import FormGenerator
from tests.support.assistants import retriever_over
from tests.support.fakes import ScriptedGenerator, WordEmbedder

Store = Callable[..., int]
Search = Callable[..., Searched]


class MeasuredGenerator(ScriptedGenerator):
    """A generator that reads so many tokens a second."""

    def __init__(self, tokens_per_s: float) -> None:
        super().__init__("Yes.", context_tokens=8192)
        self._tokens_per_s = tokens_per_s

    def tokens_per_s(self) -> float:
        return self._tokens_per_s

    def read_ahead(self, messages: Sequence[Message], reader: str, cancelled: CancelEvent) -> None:
        raise NotImplementedError


@pytest.fixture
def make(library: SqliteLibrary, tmp_path: Path) -> Callable[..., PromptSearch]:
    retriever = retriever_over(library, tmp_path / "library")

    def made(system_prompt: str | None = None, tokens_per_s: float = 0.0) -> PromptSearch:
        generator = MeasuredGenerator(tokens_per_s) if tokens_per_s else ScriptedGenerator("Yes.", context_tokens=8192)
        settings = SearchSettings(
            passages=2,
            candidates=6,
            system_prompt=system_prompt,
            decoding=Decoding(max_new_tokens=50),
            seconds_to_answer=8.0,
        )
        return PromptSearch(library, retriever, KeepOrder(), generator, WordEmbedder(), settings)

    return made


@pytest.fixture
def search(make: Callable[..., PromptSearch]) -> Search:
    def run(
        question: str,
        *,
        system_prompt: str | None = None,
        history: Sequence[Turn] = (),
        tokens_per_s: float = 0.0,
        **options: object,
    ) -> Searched:
        asked = make(system_prompt, tokens_per_s)
        return asked.search(question, plan(question), history, None, AskOptions(**options), None)  # type: ignore[arg-type]

    return run


def system_prompt(found: Searched) -> str:
    return str(found.prompt.messages[0]["content"])


def test_a_list_has_a_prompt_of_its_own_and_reads_more(search: Search, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.", "Dogs sleep by day.", "Dogs eat meat.")
    found = search("List all things that dogs do.")
    assert "one item a line" in system_prompt(found)
    read = " ".join(passage.chunk.text for passage in found.prompt.passages)
    assert all(word in read for word in ("bark", "sleep", "meat"))


def test_passages_that_score_far_below_the_best_are_not_read(search: Search, store_text: Store) -> None:
    store_text("a.txt", "All things that dogs do: dogs bark.")
    store_text("b.txt", "Nobody knows whether cats purr in the rain that falls on the old roof.")
    found = search("List all things that dogs do.")
    assert [passage.chunk.document for passage in found.prompt.passages] == ["a.txt"]


def test_the_model_is_asked_for_an_overview_whatever_words_a_document_is_asked_about_with(
    search: Search, store_text: Store
) -> None:
    def asked(question: str) -> str:
        return str(search(question).prompt.messages[-1]["content"])

    store_text("dogs.txt", "Dogs bark at night.", "Dogs sleep by day.")
    store_text("cats.txt", "Cats purr.")
    assert "Summarise this document." in asked("What is dogs.txt about?")
    assert "Fasse dieses Dokument zusammen." in asked("Worum geht es in dem Dokument dogs.txt?")
    assert "Summarise how dogs bark." in asked("Summarise how dogs bark.")


def test_a_persons_system_prompt_holds_for_every_form_and_instructions_of_a_program_stand_below_any(
    search: Search, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.")
    assert system_prompt(search("List all dogs.", system_prompt="Mine.")) == "Mine."
    instructed = system_prompt(search("When do dogs bark?", instructions="Speak like a pirate."))
    assert instructed == f"{SYSTEM_PROMPT}\n\nSpeak like a pirate."


def test_a_slow_machine_reads_the_sentences_nearest_to_a_question_of_fact(search: Search, store_text: Store) -> None:
    dogs = f"Dogs bark at night. {'People who live near them complain about it. ' * 60}"
    store_text("a.txt", dogs, "Nothing about animals is here. " * 60)
    whole = search("When do dogs bark?", tokens_per_s=1e6)
    assert sum(len(each.chunk.text) for each in whole.prompt.passages) > len(dogs)
    assert whole.read_within_s == 0.0
    held, fresh = (search("When do dogs bark?", tokens_per_s=25.0, fresh=again) for again in (False, True))
    assert fresh.prompt == whole.prompt
    assert held.prompt.tokens <= LEAST_TOKENS + 60
    assert held.prompt.passages[0].chunk.text.startswith("Dogs bark at night.")
    assert held.read_within_s == 8.0


def test_what_a_slow_machine_leaves_out_whole_is_named_with_the_reason(search: Search, store_text: Store) -> None:
    store_text("a.txt", f"Dogs bark {'and bark ' * 400}at night.", f"Cats purr {'and purr ' * 400}by day.")
    held = search("When do dogs bark?", tokens_per_s=25.0)
    assert [each.chunk.text[:9] for each in held.prompt.passages] == ["Dogs bark"]
    (dropped,) = [each for each in held.dropped if each.passage.chunk.text.startswith("Cats purr")]
    assert "seconds_to_answer" in dropped.reason
    assert held.unread == 1


def test_a_slow_machine_reads_less_for_a_list_and_summarises_in_shorter_passes(
    search: Search, store_text: Store
) -> None:
    store_text("a.txt", *(f"Item {number}: {'a b c d ' * 60}" for number in range(12)))
    usual, held = (search("List all items.", tokens_per_s=rate, passages=12) for rate in (1e6, 25.0))
    form = len(system_prompt(held).split()) + 20
    assert held.prompt.tokens <= 500 + form < usual.prompt.tokens
    assert held.read_within_s == 20.0
    usual, held = (search("Summarise this document.", tokens_per_s=rate) for rate in (1e6, 25.0))
    assert (len(usual.passes), len(held.passes)) == (0, 2)


def test_a_table_is_read_whole_however_slow_a_machine_is(search: Search, ingestor: Ingestor, tmp_path: Path) -> None:
    rows = "".join(f"| Sales of shop {number} {'in a street ' * 20} | {number} |\n" for number in range(40))
    (tmp_path / "sales.md").write_text(f"# Sales of the shops\n\n| | Q3 2019 |\n|---|---|\n{rows}")
    list(ingestor.ingest([str(tmp_path / "sales.md")]))
    question = "What were the sales of the shops in Q3 2019?"
    whole, slow = (search(question, tokens_per_s=rate, passages=12) for rate in (1e6, 25.0))
    assert whole.plan.kind == "table"
    assert slow.prompt == whole.prompt
    assert slow.prompt.tokens > 2.5 * 8.0 * 25.0
    assert not slow.read_within_s


def test_a_long_document_is_summarised_in_passes_that_share_its_passages(search: Search, store_text: Store) -> None:
    store_text("a.txt", *(f"Rule {number} says this. " * 60 for number in range(20)))
    found = search("Summarise the rules.")
    prompts = found.passes
    assert len(prompts) > 1
    assert [each for part in prompts for each in part.new] == list(found.prompt.new)
    assert "sentences what the question asks about" in prompts[0].messages[0]["content"]
    assert search("Summarise the rules in two sentences.").passes == ()


def test_a_question_that_was_refused_is_no_subject_of_the_next(search: Search, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.")
    history = [Turn("When do dogs bark?", "At night."), Turn("Who won the cup?", NOT_FOUND)]
    assert search("And why?", history=history).query == "When do dogs bark? And why?"
    assert search("And why?", history=history[1:]).query == "Who won the cup? And why?"


DOGS = ("Dogs bark at night.", "Dogs sleep by day, in the shed.", "All things that dogs do: dogs bark and sleep.")


@pytest.mark.parametrize("question", ["List all things that dogs do.", "Where do dogs sleep?", "Do dogs sleep by day?"])
def test_a_question_that_stands_alone_is_read_as_the_first_of_a_conversation(
    search: Search, store_text: Store, question: str
) -> None:
    store_text("a.txt", *DOGS)
    asked = Turn("When do dogs bark?", "At night.", search("When do dogs bark?").prompt.passages)
    later = search(question, history=[asked])
    assert later.prompt == search(question).prompt
    assert later.conversation == (Turn("When do dogs bark?", "At night."),)


def test_a_follow_up_goes_on_where_the_last_question_that_stood_alone_was_read(
    search: Search, store_text: Store
) -> None:
    store_text("a.txt", *DOGS)
    before = Turn("Who feeds the dogs?", "Nobody knows.")
    first = search("When do dogs bark?", history=[before])
    asked = Turn("When do dogs bark?", "At night.", first.prompt.new)
    second = search("And where do they sleep?", history=[*first.conversation, asked])
    assert second.prompt.messages[: len(first.prompt.messages)] == first.prompt.messages
    assert not {each.chunk.id for each in first.prompt.new} & {each.chunk.id for each in second.prompt.new}
    assert second.conversation == (before, asked)
    third = search(
        "And when do they eat?",
        history=[*second.conversation, Turn("And where do they sleep?", "In the shed.", second.prompt.new)],
    )
    assert third.prompt.messages[: len(second.prompt.messages)] == second.prompt.messages


def test_a_follow_up_in_another_form_goes_on_from_what_was_read(search: Search, store_text: Store) -> None:
    store_text("a.txt", *DOGS)
    first = search("When do dogs bark?").prompt
    earlier = first.passages
    history = [Turn("When do dogs bark?", "At night.", earlier)]
    prompt = search("List all the other things that they do.", history=history).prompt
    assert [each["role"] for each in prompt.messages] == ["system", "user", "assistant", "user"]
    assert prompt.messages[:2] == first.messages
    assert prompt.messages[-1]["content"].startswith("Answer with a list")
    assert not {each.chunk.id for each in earlier} & {each.chunk.id for each in prompt.new}
    kept = [*prompt.turns, Turn("List all the other things that they do.", "- sleep", prompt.new, "list")]
    third = search("And when do they bark?", history=kept).prompt
    assert third.messages[: len(prompt.messages)] == prompt.messages
    listed = [Turn("List all things that dogs do.", "- bark", earlier, "list")]
    assert search("List all the other things that they do.", history=listed).prompt.turns == tuple(listed)


def test_what_a_follow_up_finds_read_already_takes_no_time_of_what_is_read_anew(
    search: Search, store_text: Store
) -> None:
    store_text("a.txt", f"Dogs bark at night. {'People who live near them complain about it. ' * 60}")
    first = search("When do dogs bark?")
    history = [Turn("When do dogs bark?", "At night.", first.prompt.new)]
    again = search("And where do they bark at night?", history=history, tokens_per_s=25.0)
    assert again.prompt.messages[: len(first.prompt.messages)] == first.prompt.messages
    assert again.read_within_s == 0
    assert again.dropped == ()


def test_a_file_to_summarise_that_no_document_is_called_by_and_none_mentions_is_missing(
    make: Callable[..., PromptSearch], store_text: Store
) -> None:
    def missing(question: str, within: Set[int] | None = None) -> str:
        return make().missing_document(question, plan(question), within)[0]

    dogs = store_text("our dogs.txt", "Dogs bark at night, as old.pdf has it.")
    store_text("cats.txt", "Cats purr.")
    assert missing("Summarise birds.txt.") == "birds.txt"
    assert missing("Summarise cats.txt.") == missing("Summarise our dogs.txt") == ""
    assert missing("Summarise what old.pdf has.") == ""
    assert missing("Summarise cats.txt.", within={dogs}) == "cats.txt"
    assert missing("When do the dogs of birds.txt bark?") == missing("Summarise this document.") == ""


def test_what_may_be_no_follow_up_is_searched_for_by_itself_too(search: Search, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.", "The cheapest plan is Mini.")
    history = [Turn("When do dogs bark?", "At night.")]
    found = search("And which plan is the cheapest?", history=history)
    assert found.query == "And which plan is the cheapest? | When do dogs bark? And which plan is the cheapest?"
    assert "The cheapest plan is Mini." in found.prompt.messages[-1]["content"]
    assert found.asked.translated == ""


def test_a_figure_that_no_table_has_is_asked_for_as_a_fact(
    search: Search, store_text: Store, ingestor: Ingestor, tmp_path: Path
) -> None:
    question = "What were the sales of the shop in Q3 2019?"
    store_text("a.txt", "The sales of the shop were 5 million in Q3 2019.")
    assert search(question).plan.kind == "fact"
    (tmp_path / "sales.md").write_text(
        "# Sales of the shop\n\n| | Q3 2019 |\n|---|---|\n| Sales | 5 |\n| Costs | 4 |\n"
    )
    list(ingestor.ingest([str(tmp_path / "sales.md")]))
    assert search(question).plan.kind == "table"


@pytest.fixture
def plans(library: SqliteLibrary, ingestor: Ingestor, tmp_path: Path) -> Search:
    """Search a table of two plans after another question."""
    (tmp_path / "plans.md").write_text("# Plans\n\n| Plan | Fee |\n|---|---|\n| Mini | 7 |\n| Maxi | 9 |\n")
    list(ingestor.ingest([str(tmp_path / "plans.md")]))
    settings = SearchSettings(passages=2, candidates=6, system_prompt=None, decoding=Decoding(max_new_tokens=50))
    retriever = retriever_over(library, tmp_path / "library")

    def run(question: str, before: Turn, generator: FormGenerator) -> Searched:
        prompts = PromptSearch(library, retriever, KeepOrder(), generator, WordEmbedder(), settings)
        return prompts.search(question, plan(question), [before], None, AskOptions(), None)

    return run


@pytest.mark.parametrize(
    ("rewritten", "results"),
    [
        ("Which plan is the most expensive?", ("Maxi", "9")),
        ("Which plan is the cheapest? And the most expensive?", None),
        ("Which plan is the cheapest?", None),
    ],
    ids=["rewritten", "only joined", "another question"],
)
def test_a_table_is_asked_for_a_follow_up_in_the_models_words_if_these_keep_its_own(
    plans: Search, rewritten: str, results: tuple[str, ...] | None
) -> None:
    generator = FormGenerator('{"operation":"highest","columns":["Fee"],"rows":"all"}')
    generator.script, generator.context_tokens = rewritten, 2000
    before = Turn("Which plan is the cheapest?", "Mini.")
    computed = plans("And the most expensive?", before, generator).computed
    assert (computed and computed.results) == results


@pytest.mark.parametrize(("operation", "kind"), [("lookup", "fact"), ("none", "table")])
def test_a_cell_that_is_only_to_be_read_is_asked_for_as_a_fact(plans: Search, operation: str, kind: str) -> None:
    generator = FormGenerator(f'{{"operation":"{operation}"}}')
    found = plans("Give me the figure for Mini's fee.", Turn("Who barks?", "Dogs."), generator)
    assert found.plan.kind == kind
    assert found.computed is None


def test_of_two_readings_the_question_as_typed_is_computed_first(plans: Search) -> None:
    generator = FormGenerator('{"operation":"lowest","columns":["Fee"],"rows":"all"}')
    question = "And which plan is the cheapest?"
    found = plans(question, Turn("Who barks?", "Dogs."), generator)
    assert found.computed is not None
    assert found.computed.results[0] == "Mini"
    assert [asked.rsplit("Question: ", 1)[1] for asked in generator.asked] == [question] * 2


def test_a_comparison_of_two_documents_is_computed_from_the_tables_of_both(
    search: Search, ingestor: Ingestor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "| | 2019 | 2018 |\n|---|---|---|\n| {} | {} | 1,000 |\n| Net income | 90 | 80 |\n"
    (tmp_path / "amber.md").write_text(table.format("Net sales", "1,200"))
    (tmp_path / "birch.md").write_text(table.format("Revenue", "900"))
    list(ingestor.ingest([str(tmp_path / "amber.md"), str(tmp_path / "birch.md")]))
    everything = HybridRetriever.retrieve

    def first_named(self: HybridRetriever, query: str, k: int, within: Set[int] | None = None) -> list[Passage]:
        """Find one document only, as where one of two fills all places."""
        first = min(("amber", "birch"), key=query.lower().index)
        return [each for each in everything(self, query, k, within) if each.chunk.document.startswith(first)]

    monkeypatch.setattr(HybridRetriever, "retrieve", first_named)
    found = search("Compare the revenue of Amber and Birch and how each changed from the year before.")
    assert found.computed is not None
    assert found.computed.statement == (
        "- amber.md: Net sales rose by 200 (20.0%) from 1,000 (2018) to 1,200 (2019).\n"
        "- birch.md: Revenue fell by 100 (10.0%) from 1,000 (2018) to 900 (2019)."
    )


def test_it_is_known_how_much_was_read_for_a_summary_and_what_had_no_room(search: Search, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.", "Dogs sleep by day.", "Dogs eat meat.")
    summary = search("Summarise this document.")
    assert summary.extent
    assert (summary.extent.read, summary.extent.total, summary.extent.documents) == (3, 3, ("a.txt",))
    assert summary.unread == 0
    assert search("List all things that dogs do.").extent is None
