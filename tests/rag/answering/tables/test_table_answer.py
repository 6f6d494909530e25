"""A question for figures is answered from a table: at once if it is plain, else by a form that the model fills in."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from rag.answering.tables.table_answer import TableAnswer, TableAnswers, cell_passages
from rag.interfaces import FilledForm, Message
from rag.runtime.progress import CancelEvent
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Computed, Operand, Passage
from tests.support.assistants import retriever_over
from tests.support.fakes import ScriptedGenerator

PLANS = """# Phone plans

Prices of our tariffs.

| Plan | Monthly fee | Data |
|---|---|---|
| Mini | 7 | 2 |
| Start | 9 | 6 |
| Family | 25 | 40 |
"""
LOOKUP = '{"operation":"lookup"}'
LOWEST = '{"operation":"lowest","columns":["Monthly fee"],"rows":"all"}'


class FormGenerator(ScriptedGenerator):
    """A generator that fills in every form alike, or each one otherwise, in turn."""

    def __init__(self, *forms: str) -> None:
        super().__init__("Yes.")
        self.forms = forms
        self.asked: list[str] = []
        self.certainties = [0.9, 0.9]

    def fill(self, messages: Sequence[Message], pattern: str, cancelled: CancelEvent | None = None) -> FilledForm:
        form = self.forms[len(self.asked) % len(self.forms)]
        assert re.fullmatch(pattern, form)
        self.asked.append(messages[-1]["content"])
        return FilledForm(form, self.certainties[(len(self.asked) - 1) % 2])


Answered = Callable[..., TableAnswer]


@pytest.fixture
def answered(library: SqliteLibrary, ingestor: Ingestor, tmp_path: Path) -> Answered:
    """Answer a question from three documents."""
    (tmp_path / "plans.md").write_text(PLANS)
    (tmp_path / "cats.md").write_text("# Cats\n\n| Cat | Weight |\n|---|---|\n| Tom | 5 |\n| Kitty | 3 |\n")
    (tmp_path / "dogs.md").write_text("# Dogs\n\nMany dogs bark at night.\n")
    list(ingestor.ingest([str(tmp_path / f"{name}.md") for name in ("plans", "cats", "dogs")]))
    retriever = retriever_over(library, tmp_path / "library")
    ids = {document.name: document.id for document in library.documents()}

    def run(question: str, generator: ScriptedGenerator, only: str = "") -> TableAnswer:
        best = [] if only else retriever.retrieve(question, 5)
        within = {ids[only]} if only else None
        tables = TableAnswers(library, retriever, generator)
        return tables.answer(question, [question], best, within, "en", None)

    return run


def test_what_the_model_wants_of_a_table_is_computed_and_cited(answered: Answered) -> None:
    generator = FormGenerator(LOWEST)
    found = answered("Which of the phone plans is the cheapest?", generator)
    computed, passages = found.computed, found.passages
    assert computed is not None
    assert computed.statement == "Monthly fee was lowest for Mini: 7 (others: Start 9, Family 25)."
    assert [passage.chunk.document for passage in passages] == ["plans.md"]
    asked = "Question: Which of the phone plans is the cheapest?"
    assert generator.asked == [
        f"Table: Phone plans\nColumns: Monthly fee | Data\nRows: Mini | Start | Family\n{asked}",
        f"Table: Phone plans\nColumns: Data | Monthly fee\nRows: Family | Start | Mini\n{asked}",
    ]


def test_forms_may_name_the_same_cells_in_another_order(answered: Answered) -> None:
    form = '{"operation":"sum","columns":["Data"],"rows":["Mini","Start"]}'
    generator = FormGenerator(form, form.replace('"Mini","Start"', '"Start","Mini"'))
    computed = answered("How much data do Mini and Start have together?", generator).computed
    assert computed is not None
    assert computed.results == ("8",)


@pytest.mark.parametrize(
    ("question", "generator"),
    [
        ("Which of the phone plans is the cheapest?", FormGenerator(LOWEST, LOWEST.replace("lowest", "highest"))),
        ("How much more data has Family than Mini?", FormGenerator(LOWEST.replace('"all"', '["Mini"]'))),
    ],
    ids=["the forms differ", "what is named is left out"],
)
def test_what_is_to_be_computed_is_unclear(answered: Answered, question: str, generator: FormGenerator) -> None:
    assert answered(question, generator) == TableAnswer(is_unclear=True)


def test_a_form_that_the_model_is_not_sure_of_is_unclear(answered: Answered) -> None:
    generator = FormGenerator(LOWEST)
    generator.certainties = [0.9, 0.1]
    assert answered("Which of the phone plans is the cheapest?", generator) == TableAnswer(is_unclear=True)


@pytest.mark.parametrize(
    ("generator", "is_lookup"),
    [(FormGenerator('{"operation":"none"}'), False), (FormGenerator(LOOKUP), True), (ScriptedGenerator(), False)],
    ids=["no figure is asked for", "a cell is to be read", "it fills in no forms"],
)
def test_what_needs_no_computing_is_left_to_the_text(
    answered: Answered, generator: ScriptedGenerator, is_lookup: bool
) -> None:
    assert answered("Which of the phone plans is the cheapest?", generator) == TableAnswer(is_lookup=is_lookup)


def test_a_question_of_fact_may_ask_for_figures_where_a_table_is_found_first(answered: Answered) -> None:
    generator = FormGenerator('{"operation":"sum","columns":["Weight"],"rows":"all"}')
    found = answered("What do the cats Kitty and Tom weigh?", generator)
    computed, passages = found.computed, found.passages
    assert computed is not None
    assert computed.statement == "Weight (Tom and Kitty) together: 8."
    assert [passage.chunk.document for passage in passages] == ["cats.md"]


@pytest.mark.parametrize(
    "question",
    [
        "Why do the phone plans have a monthly fee?",  # no figure is asked for
        "Can dogs bark at night?",  # nor here, and what is found first is no table
        "How many dogs bark at night?",  # the best passage has no table, and no other table a word of it
    ],
)
def test_the_model_is_not_asked_in_vain(answered: Answered, question: str) -> None:
    generator = FormGenerator(LOWEST)
    assert answered(question, generator) == TableAnswer()
    assert not generator.asked


def test_where_no_label_has_a_word_of_the_question_the_table_of_the_best_passage_is_shown(answered: Answered) -> None:
    assert answered("What do I pay on average?", FormGenerator(LOWEST), only="plans.md").computed


def test_a_row_that_the_search_missed_is_read_from_the_library_and_one_that_was_found_is_there_once(
    library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    row, _, note = library.chunks(library.chunk_ids({store_text("a.txt", "Sales | 5", "Costs | 6", "Notes")}))
    other, *_ = library.chunks(library.chunk_ids({store_text("b.txt", "Sales | 5")}))
    operand = Operand(
        document_id=row.document_id,
        document="a.txt",
        page=row.page,
        start=row.start,
        end=row.end,
        text="5",
        quote_start=row.start,
        quote_end=row.end,
        quote=row.text,
    )
    computed = Computed(kind="lookup", statement="5", operands=(operand, operand), confidence=1.0)
    missed, found = [Passage(other, 0.9), Passage(note, 0.7)], [Passage(note, 0.7), Passage(row, 0.5)]
    assert cell_passages(computed, missed, library) == [Passage(row, 0.7), Passage(note, 0.7)]
    assert cell_passages(computed, found, library) == found
