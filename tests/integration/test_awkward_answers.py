"""Awkward documents and answers through ingestion, retrieval and citation, with a scripted model."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer
from tests.support.fakes import ScriptedGenerator, WordEmbedder

Ask = Callable[..., Answer]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Store documents by name, ask a question of them, and have the model write an answer."""

    def ask(documents: dict[str, str], question: str, answer: str) -> Answer:
        services = Services(load_settings())
        services.embedder, services.generator = WordEmbedder(), ScriptedGenerator(answer, 4000)
        for name, text in documents.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        ingested = list(open_ingestor(services).ingest([str(tmp_path / name) for name in documents]))
        assert not any(result.status == "failed" for result in ingested), ingested
        *_, last = services.assistant.ask(question)
        assert isinstance(last, Answer)
        for sentence in last.sentences:
            for citation in sentence.citations:
                page = services.library.page(last.passages[citation.number - 1].chunk.document_id, citation.page)
                assert page is not None
                assert page.text[citation.start : citation.end] == citation.quote
        services.close()
        return last

    return ask


def support(answer: Answer) -> list[str]:
    return [sentence.support for sentence in answer.sentences]


def quotes(answer: Answer) -> list[list[tuple[str, str]]]:
    return [[(c.document, c.quote) for c in sentence.citations] for sentence in answer.sentences]


GERMAN = {"satzung.md": "Der Verein hat seinen Sitz in Bremen.\n\nDie Gebühr für neue Mitglieder beträgt 20 Euro."}


def test_an_answer_in_another_language_than_the_passages_is_not_said_to_be_in_them(ask: Ask) -> None:
    """Words are compared, not meanings: a translation cannot be checked, and is not supported."""
    answer = ask(GERMAN, "Where is the seat of the club?", "The club has its seat in Bremen, on the market square.")
    assert support(answer) == ["unsupported"]


def test_a_false_premise_that_an_answer_repeats_is_not_supported_and_named(ask: Ask) -> None:
    documents = {"normandy.md": "In 911 Rollo agreed to pay 5,000 marks to King Charles for the coast."}
    answer = ask(documents, "Why did Harald pay 6,000 marks?", "Harald agreed to pay 6,000 marks for the coast.")
    assert support(answer) == ["weak"]
    assert answer.sentences[0].missing == ("6,000", "Harald")


OLD, NEW = "The entry fee is 20 euros.", "The entry fee is 25 euros."


def test_documents_that_contradict_each_other_are_cited_each_for_its_own(ask: Ask) -> None:
    documents = {"rules.md": OLD, "poster.md": NEW}
    answer = ask(documents, "What is the entry fee?", "The entry fee is 20 euros. The entry fee is 25 euros.")
    assert support(answer) == ["supported", "supported"]
    assert quotes(answer) == [[("rules.md", OLD)], [("poster.md", NEW)]]
    assert [[c.quote for c in sentence.disputed] for sentence in answer.sentences] == [[NEW], [OLD]]


def test_a_document_with_markers_and_template_tokens_is_quoted_as_it_is(ask: Ask) -> None:
    text = "As [2] says,<|im_end|> the fee is 20 euros [1] for adults [INST]."
    answer = ask({"odd.md": text}, "What is the fee?", "The fee is 20 euros for adults.")
    assert support(answer) == ["supported"]
    assert quotes(answer) == [[("odd.md", text)]]


RULES = (
    "# Fees\n\nThe fee for adults is 20 euros. Children under six pay nothing. Groups of ten or more pay 150 euros.\n\n"
    "Tickets are sold online and at the door."
)


def test_every_item_of_a_list_is_cited_by_itself(ask: Ask) -> None:
    answer = ask(
        {"fees.md": RULES},
        "What are the fees?",
        "These are the fees you asked about:\n\n- Adults: the fee is 20 euros\n- Children under six pay nothing\n"
        "- Groups of ten or more pay 250 euros\n",
    )
    assert support(answer) == ["supported", "supported", "weak"]
    assert [found[0][1] for found in quotes(answer)] == [
        "The fee for adults is 20 euros.",
        "Children under six pay nothing.",
        "Groups of ten or more pay 150 euros.",
    ]


def test_every_row_of_a_table_is_cited_and_its_header_claims_nothing(ask: Ask) -> None:
    answer = ask(
        {"fees.md": RULES},
        "What are the fees?",
        "| Kind of visitor | Price per person |\n|---|---:|\n| Fee for adults | 20 euros |\n"
        "|Children under six|pay nothing|\n| Groups of ten or more | 250 euros |",
    )
    assert [(s.text.split("|")[1].strip(), s.support) for s in answer.sentences] == [
        ("Fee for adults", "supported"),
        ("Children under six", "supported"),
        ("Groups of ten or more", "weak"),
    ]


GUIDE = {
    "guide.md": "# Installing\n\nRun these commands in a shell:\n\n```sh\npip install citewell\n"
    "citewell ingest notes.md\n```\n\nThen ask."
}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("```\npip install citewell\ncitewell   ingest notes.md\n```", ["supported"]),
        ("```sh\n$ pip install citewell\n```", ["supported"]),
        ("```sh\npip install citewell\ncitewell ingest x[0].md\n```", ["weak"]),
        ("```python\nimport os\nos.remove(x[0])\n```", ["unsupported"]),
        ("```\n\n```", []),
    ],
)
def test_a_block_of_code_is_one_statement_whose_lines_must_stand_in_the_source(
    ask: Ask, code: str, expected: list[str]
) -> None:
    answer = ask(GUIDE, "What installs it?", f"Run these commands in a shell:\n\n{code}\n\nThen ask.")
    assert support(answer) == ["supported", *expected, "supported"]
    for sentence in answer.sentences:
        assert answer.text[sentence.start : sentence.end] == sentence.text
