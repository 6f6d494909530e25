"""The assistant: the order of events, the contents of an answer, and when it abstains."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from rag.answering.ask_options import AskOptions
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.grounding.abstention import NOT_FOUND, STRICTNESS
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer, Certainty, Cited, Planned, Retrieved, Token, Turn, YesNoVerdict
from rag.types.decoding import Decoding
from tests.conftest import passages
from tests.rag.answering.tables.test_table_answer import LOOKUP, LOWEST, PLANS, FormGenerator
from tests.rag.answering.test_prompt_search import MeasuredGenerator
from tests.rag.postprocessing.test_output_checks import NoBananas
from tests.support.assistants import assistant_over
from tests.support.fakes import ScriptedGenerator, WordEmbedder

Store = Callable[..., int]


class UnsureJudge(ScriptedGenerator):
    """A generator that cannot tell yes from no by the quote that decides, which is the first."""

    def judge_yes_no(self, question: str, quotes: Sequence[str]) -> YesNoVerdict:
        return YesNoVerdict((0.9, *[0.0] * (len(quotes) - 1)), 0.5)

    def beginning_with(self, decoding: Decoding, wanted: str, words: Sequence[str]) -> Decoding:
        return decoding


class SlowReader(MeasuredGenerator):
    """A generator on a slow machine that answers if it reads who won, and else says what no source has."""

    def __init__(self) -> None:
        super().__init__(tokens_per_s=25.0)

    def begin(self) -> None:
        is_read = "Bern won" in self.seen[-1]["content"]
        self.script = "Bern won the cup." if is_read else "Bananas are yellow."


@pytest.fixture
def generator() -> ScriptedGenerator:
    return ScriptedGenerator("Dogs bark at night. Bananas are yellow.")


@pytest.fixture
def assistant(library: SqliteLibrary, generator: ScriptedGenerator, tmp_path: Path) -> Assistant:
    return assistant_with(generator, library, tmp_path)


def assistant_with(generator: ScriptedGenerator, library: SqliteLibrary, tmp_path: Path) -> Assistant:
    return assistant_over(library, tmp_path / "library", generator)


def ask(assistant: Assistant, question: str, *history: Turn, within: set[int] | None = None) -> Answer:
    *_, answer = assistant.ask(question, history, within=within)
    assert isinstance(answer, Answer)
    return answer


def test_first_what_was_found_then_the_text_then_the_answer(assistant: Assistant, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    planned, first, *between, last = assistant.ask("When do dogs bark?")
    assert isinstance(planned, Planned)
    assert isinstance(first, Retrieved)
    assert isinstance(last, Answer)
    tokens = [event.text for event in between if isinstance(event, Token)]
    assert "".join(tokens) == last.text
    assert len(tokens) == 7
    assert last.passages == first.passages


def test_before_it_refuses_a_slow_machine_reads_all(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> None:
    store_text(
        "a.txt", f"The cup: who won the cup? {'The cup is of gold, they say. ' * 80}", "In Rome it rained. Bern won."
    )
    assistant = assistant_over(
        library, tmp_path / "library", SlowReader(), embedder=WordEmbedder(), seconds_to_answer=8.0
    )
    _, first, second, *written = assistant.ask("Who won the cup?")
    assert isinstance(first, Retrieved)
    assert isinstance(second, Retrieved)
    assert [len(first.dropped), len(second.dropped)] == [1, 0]
    *_, answer = written
    assert isinstance(answer, Answer)
    assert answer.text == "Bern won the cup."
    assert not answer.abstained
    assert not answer.notes


def test_a_sentence_is_cited_as_soon_as_the_next_begins(assistant: Assistant, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    *events, last = assistant.ask("When do dogs bark?")
    assert isinstance(last, Answer)
    (at,) = [index for index, event in enumerate(events) if isinstance(event, Cited)]
    cited = events[at]
    assert isinstance(cited, Cited)
    assert cited.sentences == last.sentences[:1]
    assert any(isinstance(event, Token) for event in events[at + 1 :])


def test_every_sentence_is_tied_to_its_source_or_marked(assistant: Assistant, store_text: Store) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    answer = ask(assistant, "When do dogs bark?")
    assert [sentence.support for sentence in answer.sentences] == ["supported", "unsupported"]
    assert answer.sentences[0].citations[0].quote == "Dogs bark at night."
    assert not answer.abstained


def test_an_answer_that_nothing_supports_is_a_refusal(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "dogs bark at night")
    generator.script = "France won the cup."
    assert ask(assistant, "Who won the cup?").abstained
    generator.script = NOT_FOUND
    answer = ask(assistant, "Who won the cup?")
    assert (answer.abstained, answer.sentences) == (True, ())


def test_when_nothing_is_found_the_model_is_not_asked(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "dogs bark at night")
    answer = ask(assistant, "When do dogs bark?", within={999})
    assert (answer.abstained, answer.text, answer.stop_reason) == (True, NOT_FOUND, "none")
    assert generator.seen == []


def test_a_follow_up_is_searched_with_its_subject_and_told_with_its_history(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "dogs bark at night")
    answer = ask(assistant, "And why?", Turn("When do dogs bark?", "At night."))
    assert answer.query == "When do dogs bark? And why?"
    assert [m["content"] for m in generator.seen[1:3]] == ["Question: When do dogs bark?", "At night."]


def test_the_next_question_is_told_what_was_said_with_its_sources_and_no_refused_draft(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    first = ask(assistant, "When do dogs bark?")
    assert [(turn.question, turn.answer) for turn in first.turns] == [("When do dogs bark?", first.text)]
    assert first.turns[0].passages == first.passages
    second = ask(assistant, "And cats?", *first.turns)
    assert len(second.turns) == 2
    assert second.turns[1].passages == ()  # it was all told already
    assert second.passages == first.passages
    generator.script = "France won the cup."
    refused = ask(assistant, "Who won the cup?")
    assert [turn.answer for turn in refused.turns] == [NOT_FOUND]


def test_what_a_model_must_not_show_is_not_in_the_answer_unless_it_is_quoted(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep in <s> tags.")
    generator.script = "Dogs bark at night.<|im_end|> <|im_start|>assistant\nCats\u200b sleep in <s> tags.</s>"
    *_, answer = events = list(assistant.ask("When do dogs bark?"))
    assert isinstance(answer, Answer)
    assert answer.text == "Dogs bark at night. Cats sleep in <s> tags."
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.text


def test_a_content_filter_refuses_questions_and_stops_answers(
    library: SqliteLibrary, assistant: Assistant, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    assistant._content_filter = NoBananas()
    answer = ask(assistant, "When do dogs bark?")
    assert (answer.text.strip(), answer.stop_reason) == ("Dogs bark at night.", "filtered")
    with pytest.raises(QuestionError, match=r"speaks of bananas \(setting content_filter\)"):
        ask(assistant, "Why are bananas yellow?")


def test_empty_overlong_and_premature_questions_are_refused(assistant: Assistant, store_text: Store) -> None:
    with pytest.raises(QuestionError, match="library is empty"):
        ask(assistant, "Anything?")
    store_text("a.txt", "dogs bark at night")
    with pytest.raises(QuestionError, match="empty"):
        ask(assistant, "  \n")
    with pytest.raises(QuestionError, match="201 characters"):
        ask(assistant, "x" * 201)


def test_a_follow_up_about_the_answer_is_rewritten_by_the_model_and_searched_so(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "Rex barks at night.")
    generator.script = "When does Rex bark?"
    answer = ask(assistant, "When does he bark?", Turn("Which dog is loud?", "The loud dog is Rex."))
    assert answer.query == "When does Rex bark?"
    generator.script = "Something about Bob."
    answer = ask(assistant, "When does he bark?", Turn("Which dog is loud?", "The loud dog is Rex."))
    assert answer.query == "Which dog is loud? When does he bark?"


def test_what_the_sources_do_not_answer_is_refused_before_it_is_written(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.")
    generator.certainty = Certainty(answerable=-8.0, min_log_prob=-0.1)
    *events, answer = assistant.ask("Who feeds the dogs of Baden?")
    assert isinstance(answer, Answer)
    assert [event.text for event in events if isinstance(event, Token)] == [NOT_FOUND]
    assert (answer.abstained, answer.sentences, answer.timings.output_tokens) == (True, (), 0)
    assert answer.missing == ("feeds", "Baden")
    assert answer.turns[-1].answer == NOT_FOUND


def test_an_answer_the_model_doubts_is_a_draft_though_a_passage_supports_it(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.")
    generator.script = "Dogs bark loudly at night."
    generator.certainty = Certainty(answerable=-0.85, min_log_prob=-2.0)
    answer = ask(assistant, "When do dogs bark?")
    assert (answer.text, answer.sentences[0].support) == ("Dogs bark loudly at night.", "supported")
    assert answer.abstained
    assert 0.0 < answer.confidence < STRICTNESS
    assert answer.signals.certainty == generator.certainty


def test_options_of_one_question_change_that_answer_only(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text("a.txt", "Dogs bark at night.")
    store_text("b.txt", "Dogs bark at strangers.")
    store_text("c.txt", "Dogs bark at cats.")
    generator.script = "Dogs bark at night."
    strict = AskOptions(passages=1, strictness=1.0, system_prompt="Be a pirate.", decoding=Decoding(max_new_tokens=2))
    *_, answer = assistant.ask("When do dogs bark?", options=strict)
    assert isinstance(answer, Answer)
    assert (len(answer.passages), answer.stop_reason, answer.abstained) == (1, "length", True)
    assert generator.seen[0]["content"] == "Be a pirate."
    usual = ask(assistant, "When do dogs bark?")
    assert (len(usual.passages) > 1, usual.stop_reason, usual.abstained) == (True, "end", False)
    assert generator.seen[0]["content"] != "Be a pirate."


def test_a_question_in_another_language_is_searched_for_in_that_of_the_documents(
    assistant: Assistant, generator: ScriptedGenerator, store_text: Store
) -> None:
    store_text(
        "a.txt", "Dogs bark at night because they are afraid of the dark.", "Cats sleep all day on the warm roof."
    )
    generator.script = "When do dogs bark at night?"
    answer = ask(assistant, "Wann bellen die Hunde in der dunklen Nacht?")
    assert answer.query == "Wann bellen die Hunde in der dunklen Nacht? · When do dogs bark at night?"
    assert answer.passages[0].chunk.text.startswith("Dogs bark")


@pytest.mark.parametrize(
    ("question", "forms", "is_refused"),
    [
        ("Which of the phone plans is the cheapest?", (LOWEST, LOWEST.replace("lowest", "highest")), True),
        ("Which of the phone plans is the cheapest?", (LOOKUP, LOOKUP.replace("Mini", "Start")), False),
        (
            "Which of the phone plans is the cheapest, and who sells it?",
            (LOWEST, LOWEST.replace("lowest", "highest")),
            False,
        ),
    ],
    ids=["something is to be computed", "something is to be looked up", "something else is asked, too"],
)
def test_text_about_what_cannot_be_computed_surely_does_not_stand(
    library: SqliteLibrary,
    ingestor: Ingestor,
    tmp_path: Path,
    question: str,
    forms: tuple[str, ...],
    *,
    is_refused: bool,
) -> None:
    (tmp_path / "plans.md").write_text(PLANS)
    list(ingestor.ingest([str(tmp_path / "plans.md")]))
    generator = FormGenerator(*forms)
    generator.script = "Start has a monthly fee of 9."
    answer = ask(assistant_with(generator, library, tmp_path), question)
    assert answer.text == "Start has a monthly fee of 9."
    assert answer.abstained == is_refused


def test_a_word_that_is_small_talk_elsewhere_asks_about_what_a_document_calls_so(
    assistant: Assistant, store_text: Store
) -> None:
    assert ask(assistant, "Solo").plan.kind == "about_app"
    store_text("plans.txt", "One person pays less with the Solo plan.")
    answer = ask(assistant, "Solo")
    assert (answer.plan.kind, len(answer.passages)) == ("explanation", 1)


def test_a_question_that_may_ask_for_a_summary_does_so_of_a_document_that_it_names(
    assistant: Assistant, store_text: Store
) -> None:
    store_text("plans.txt", "Two people pay less with the Duo plan.")
    question = "What is the Debian FAQ about?"
    assert ask(assistant, question).plan.kind != "summary"
    store_text("debian-faq.txt", "Debian is an operating system.")
    answer = ask(assistant, question)
    assert answer.plan.kind == "summary"
    assert {passage.chunk.document for passage in answer.passages} == {"debian-faq.txt"}


def test_a_file_to_summarise_that_is_not_there_is_said(assistant: Assistant, store_text: Store) -> None:
    store_text("plans.txt", "Two people pay less with the Duo plan.")
    answer = ask(assistant, "Summarise plan.txt")
    assert answer.text.startswith("There is no document “plan.txt”")
    assert answer.text.endswith("Did you mean “plans.txt”?")
    assert answer.passages == ()


def test_a_list_that_the_model_leaves_off_is_completed(
    library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    clubs = "- Choir sings.\n- Chess club plays.\n- Rowing club rows.\n- Fire brigade trains."
    store_text("clubs.txt", f"Clubs:\n{clubs}")
    generator = ScriptedGenerator("- Choir sings.\n- Chess club plays.\n- Rowing club rows.", context_tokens=4000)
    answer = ask(assistant_with(generator, library, tmp_path), "List all clubs.")
    assert answer.text == clubs
    assert [sentence.support for sentence in answer.sentences] == ["supported"] * 4
    assert answer.notes[0].startswith("The last item was added")


@pytest.mark.parametrize(
    ("script", "read"),
    [
        ("- Choir sings.\n- Chess club plays.\n- Rowing club rows.\n- The fair is in May.", [1]),
        ("- Chess club plays.\n- Choir sings.\n- The fair is in May.", [1, 3]),
        ("The fair is in May.", [1, 3]),
    ],
    ids=["its list", "another list", "no list"],
)
def test_no_other_passage_is_read_where_the_list_of_the_best_is_the_answer(
    library: SqliteLibrary, store_text: Store, tmp_path: Path, script: str, read: list[int]
) -> None:
    clubs = "- Choir sings.\n- Chess club plays.\n- Rowing club rows.\n- Fire brigade trains."
    store_text("clubs.txt", f"The clubs of the old town:\n{clubs}")
    store_text("fair.txt", "The fair is in May, in the old town, and in the town hall the rest of the year.")
    store_text("lake.txt", "The old lake is near the town, and its clubs, too, and boats, and a pier, and ducks.")
    generator = ScriptedGenerator(script, context_tokens=4000)
    before = [Turn("When is the fair?", "In May.", tuple(passages(["The fair is in May."])))]
    *events, answer = assistant_with(generator, library, tmp_path).ask("List all clubs of the old town.", before)
    assert [len(each.passages) for each in events if isinstance(each, Retrieved)] == read
    assert isinstance(answer, Answer)
    is_list = len(read) == 1
    assert (answer.text == clubs) is is_list
    assert [each.passage.chunk.document for each in answer.dropped] == ["fair.txt", "lake.txt"] * is_list
    assert "".join(each.text for each in events if isinstance(each, Token)) == answer.text


def test_the_content_filter_reads_what_completes_a_list(
    library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    store_text("shop.txt", "Fruit:\n- Apples are red.\n- Pears are green.\n- Plums are blue.\n- Bananas are yellow.")
    generator = ScriptedGenerator("- Apples are red.\n- Pears are green.\n- Plums are blue.", context_tokens=4000)
    assistant = assistant_with(generator, library, tmp_path)
    assistant._content_filter = NoBananas()
    answer = ask(assistant, "List all fruit.")
    assert "Bananas" not in answer.text
    assert answer.stop_reason == "filtered"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (AskOptions(), "Dogs bark at night, but not on Sundays."),
        (AskOptions(instructions="Answer in capitals."), "DOGS BARK AT NIGHT."),
        (AskOptions(decoding=Decoding(max_new_tokens=60)), "DOGS BARK AT NIGHT."),
    ],
    ids=["as usual", "by an instruction", "by other decoding"],
)
def test_a_sentence_that_decides_yes_or_no_unclearly_is_the_answer_unless_it_is_to_be_written_otherwise(
    library: SqliteLibrary, store_text: Store, tmp_path: Path, options: AskOptions, expected: str
) -> None:
    store_text("dogs.txt", "Cats sleep. Dogs bark at night, but not on Sundays.")
    generator = UnsureJudge("DOGS BARK AT NIGHT.")
    assistant = assistant_over(library, tmp_path / "library", generator, embedder=WordEmbedder(), system_prompt=None)
    answer = assistant.answer("Do dogs bark at night?", options=options)
    assert answer.text == expected
    assert [sentence.support for sentence in answer.sentences] == ["supported"]
