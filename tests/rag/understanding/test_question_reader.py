"""What a question asks for, and whether it stands alone, is read in any language, with a certainty."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import ThreadpoolController

from rag.errors import ModelError
from rag.understanding import question_reader
from rag.understanding.planner import form_of
from rag.understanding.question_encoder import MAX_TOKENS
from rag.understanding.question_reader import Asked, needs_conversation, read_question


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Who signed the lease?", "fact"),
        ("Is subletting allowed?", "yes_no"),
        ("List all fees.", "list"),
        ("How many members voted against the motion?", "count"),
        ("Which plan is better, Basic or Premium?", "comparison"),
        ("What made the committee change its mind?", "why"),
        ("When does the lease end, and who pays for the repairs?", "parts"),
        ("Which region had the highest sales?", "table"),
        ("What do all the invoices of March add up to?", "calculation"),
        ("Thank you very much!", "chat"),
        ("Welche Fristen gibt es?", "list"),
        ("¿De qué trata este documento?", "summary"),
        ("请列出所有费用", "list"),
    ],
)
def test_what_a_question_asks_for_is_read(question: str, asked: Asked) -> None:
    assert read_question(question).likeliest == asked


@pytest.mark.parametrize(
    "question", ["Even for students?", "The other flat?", "And in winter?", "Who founded it?", "why?", "Und im Winter?"]
)
def test_what_cannot_be_understood_alone_needs_the_conversation(question: str) -> None:
    assert needs_conversation(question)


@pytest.mark.parametrize(
    "question",
    [
        "Is there a gym in the hotel?",
        "Which fees are due this month?",
        "If the boiler leaks, who repairs it?",
        "Do Lena and Omar have the same manager?",
        "Who founded Debian?",
    ],
)
def test_words_that_may_refer_to_something_do_not_make_a_follow_up(question: str) -> None:
    assert not needs_conversation(question)


@pytest.mark.parametrize("question", ["How many branches do you have?", "Combien de salariés avez-vous ?"])
def test_whom_the_documents_are_about_may_be_addressed(question: str) -> None:
    assert form_of(read_question(question)) == "fact"


@given(st.text(max_size=3000))
def test_any_text_is_read_with_shares_that_add_up(text: str) -> None:
    reading = read_question(text)
    assert sum(reading.asked.values()) == pytest.approx(1, abs=1e-4)
    assert 0 <= reading.needs_conversation <= 1


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    background = "We moved in last May and the landlord came by. " * 400
    assert read_question(f"{background}Which documents do I need for the deposit?").likeliest == "list"
    assert len(question_reader._model().encoder.tokenise(background)) == MAX_TOKENS


def test_its_products_are_computed_in_one_thread() -> None:
    read_question("Who pays?")
    libraries = ThreadpoolController().select(prefix="libscipy_openblas").lib_controllers
    of_numpy = [library for library in libraries if "numpy" in library.filepath]  # scipy, once imported, has its own
    assert {library.num_threads for library in of_numpy} <= {1}


def test_damaged_weights_are_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights").write_bytes(b"nonsense")
    for file in (tmp_path / "weights", tmp_path / "none"):
        monkeypatch.setattr(question_reader, "WEIGHTS", file)
        question_reader._model.cache_clear()
        with pytest.raises(ModelError, match="Install Citewell anew"):
            question_reader._model()
    question_reader._model.cache_clear()
