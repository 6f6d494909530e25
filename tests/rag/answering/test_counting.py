"""How many there are is said as the sources state it, or counted; a number that the model guessed is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.grounding.abstention import NOT_FOUND
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer, Planned, PromptRead, Retrieved, Token
from tests.support.assistants import assistant_over
from tests.support.fakes import ScriptedGenerator

Store = Callable[..., int]
QUESTION = "How many clubs are there?"
CLUBS = "Clubs:\n1. Choir sings.\n2. Chess club plays.\n3. Rowing club rows."
LIST = "- Choir sings.\n- Chess club plays.\n- Rowing club rows."


class CountingGenerator(ScriptedGenerator):
    """A generator that answers in one sentence, or with a list where it is told to."""

    def __init__(self, sentence: str, listed: str = LIST) -> None:
        super().__init__(sentence, context_tokens=4000)
        self.sentence, self.listed = sentence, listed
        self.told: list[str] = []

    def begin(self) -> None:
        self.told.append(self.seen[0]["content"])
        self.script = self.listed if "Answer with a list" in self.told[-1] else self.sentence


Asked = Callable[..., Answer]


@pytest.fixture
def asked(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> Asked:
    def ask(generator: ScriptedGenerator, text: str = CLUBS) -> Answer:
        store_text("clubs.txt", text)
        return assistant_over(library, tmp_path / "library", generator, system_prompt=None).answer(QUESTION)

    return ask


def test_what_nobody_has_printed_is_counted_from_a_list(asked: Asked) -> None:
    answer = asked(CountingGenerator("There are seven clubs."))
    assert answer.text == f"3:\n{LIST}"
    assert [sentence.support for sentence in answer.sentences] == ["supported"] * 4
    assert [citation.quote for citation in answer.sentences[0].citations] == [
        "1. Choir sings.",
        "2. Chess club plays.",
        "3. Rowing club rows.",
    ]
    assert answer.sentences[2].citations[0].quote == "2. Chess club plays."
    assert not answer.abstained


def test_a_number_that_a_source_states_is_said_at_once(asked: Asked) -> None:
    generator = CountingGenerator("There are seven clubs.")
    answer = asked(generator, "In our town there are 7 clubs.")
    assert answer.text == "There are seven clubs."
    assert len(generator.told) == 1


@pytest.mark.parametrize("listed", ["- Golf club hits.\n- Ski club jumps.", "There are 5 clubs.", NOT_FOUND])
def test_a_guess_where_nothing_can_be_counted_is_refused(asked: Asked, listed: str) -> None:
    answer = asked(CountingGenerator("There are 4 clubs.", listed))
    assert answer.abstained
    assert answer.turns[-1].answer == NOT_FOUND


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("- Choir sings: 2\n- Chess club plays.", CLUBS.replace("sings.", "sings: 2")),  # two choirs
        ("- Choir sings.\n- Its members are old.", CLUBS.replace("sings.", "sings.\n   Its members are old.")),
    ],
)
def test_what_may_stand_for_several_or_for_a_part_is_listed_and_not_counted(
    asked: Asked, listed: str, text: str
) -> None:
    answer = asked(CountingGenerator("There are 4 clubs.", listed), text)
    assert (answer.text, answer.abstained) == (listed, False)


def test_the_number_of_an_item_is_no_number_that_is_stated(asked: Asked) -> None:
    assert asked(CountingGenerator("There are 2 clubs."), CLUBS).text.startswith("3:")


def test_an_answer_without_a_number_that_cannot_be_counted_stays(asked: Asked) -> None:
    answer = asked(CountingGenerator("Choir sings.", NOT_FOUND))
    assert (answer.text, answer.abstained) == ("Choir sings.", False)


def test_people_see_what_is_read_before_any_text(library: SqliteLibrary, store_text: Store, tmp_path: Path) -> None:
    store_text("clubs.txt", CLUBS)
    generator = CountingGenerator("There are seven clubs.")
    assistant = assistant_over(library, tmp_path / "library", generator, system_prompt=None)
    planned, *events, answer = assistant.ask(QUESTION)
    assert isinstance(planned, Planned)
    assert isinstance(answer, Answer)
    first_text = next(at for at, event in enumerate(events) if isinstance(event, Token))
    assert all(isinstance(event, Retrieved | PromptRead) for event in events[:first_text])
    (*_, last) = (event for event in events[:first_text] if isinstance(event, Retrieved))
    assert last.passages == answer.passages
    assert "".join(event.text for event in events if isinstance(event, Token)) == answer.text
