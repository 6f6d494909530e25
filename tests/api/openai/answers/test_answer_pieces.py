"""The pieces of an answer follow its events; a refusal says so, and what nobody has seen of its draft is left out."""

from collections.abc import AsyncIterator
from dataclasses import replace

from api.openai.answers.answer_pieces import (
    Annotated,
    Finished,
    Piece,
    Searched,
    Thinking,
    Written,
    answer_pieces,
    ending_of,
)
from rag.types import Answer, Citation, Cited, Event, Retrieved, Thought, Token
from tests.api.openai.answers.test_answer_endings import ANSWER
from tests.api.openai.openai_clients import a_request, sentence
from tests.conftest import passages
from tests.support.coroutines import run_coroutine


def pieces(*events: Event) -> list[Piece]:
    async def given() -> AsyncIterator[Event]:
        for event in events:
            yield event

    async def read() -> list[Piece]:
        return [piece async for piece in answer_pieces(given(), a_request())]

    return run_coroutine(read())


def text(made: list[Piece]) -> str:
    return "".join(piece.text for piece in made if isinstance(piece, Written))


FOUND = Retrieved("q", tuple(passages(["The fee is 20 euros."])), ())


def test_the_pieces_come_in_the_order_of_the_events() -> None:
    cited = sentence(ANSWER.text, ANSWER.text, 1)
    made = pieces(FOUND, Thought("Hm."), Token("The fee is"), Token(" 20 euros."), replace(ANSWER, sentences=(cited,)))
    kinds = [type(piece) for piece in made]
    assert kinds == [Searched, Thinking, Written, Written, Written, Annotated, Finished]
    assert text(made) == "The fee is 20 euros. [1]"
    (annotation,) = next(piece.annotations for piece in made if isinstance(piece, Annotated))
    assert annotation.quote.document_id == FOUND.passages[0].chunk.document_id
    assert annotation.quote.url.startswith("https://citewell.example/api/v1/documents/")


def test_a_refusal_in_place_of_an_answer_is_in_the_language_of_the_question() -> None:
    refused = replace(ANSWER, text="I could not find this in the documents.", abstained=True, language="de")
    said = text(pieces(FOUND, Token(refused.text), refused))
    assert "Dokumenten" in said
    assert "I could not find" not in said


def test_a_draft_that_was_seen_is_refused_below_it_with_the_nearest_quote() -> None:
    nearest = Citation(number=1, document="a", page=1, label="", start=0, end=9, quote="It is 30.", score=0.5)
    refused = replace(ANSWER, abstained=True, nearest=nearest, sentences=(sentence(ANSWER.text, ANSWER.text, 1),))
    made = pieces(FOUND, Token("The fee is"), Token(" 20 euros."), refused)
    assert text(made).startswith("The fee is 20 euros.\n\nI could not find this in the documents.")
    assert text(made).endswith("“It is 30.” [1]")
    finished = made[-1]
    assert isinstance(finished, Finished)
    assert finished.citewell()["citewell"]["abstained"] is True  # type: ignore[index]


def test_sentences_are_marked_while_the_answer_is_written() -> None:
    whole = "One is here. Two is there."
    first = sentence("One is here.", whole, 1)
    made = pieces(FOUND, Token("One is here."), Token(" Two"), Cited((first,)), replace(ANSWER, text=whole))
    assert [piece.text for piece in made if isinstance(piece, Written)][:2] == ["One is here.", " [1]"]


def test_why_a_text_ended_is_said_in_openais_words() -> None:
    assert [ending_of(reason) for reason in ("end", "stop", "length", "filtered", None)] == [
        "stop",
        "stop",
        "length",
        "content_filter",
        "stop",
    ]


def test_without_a_search_there_is_nothing_of_ours_to_tell() -> None:
    assert Finished(ending="stop", prompt_tokens=1, output_tokens=1).citewell() == {}
    assert isinstance(ANSWER, Answer)
