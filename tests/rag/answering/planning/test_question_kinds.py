"""The kind of a question, by its words; a plain question of fact stays one."""

import pytest

from rag.answering.planning.question_kinds import question_kind
from rag.types import QuestionKind

ENGLISH: list[tuple[str, QuestionKind]] = [
    ("hello!", "about_app"),
    ("What can you do?", "about_app"),
    ("Summarise the contract.", "summary"),
    ("What is this report about?", "summary"),
    ("What are the key takeaways?", "summary"),
    ("What is the difference between lease A and lease B?", "comparison"),
    ("How do cats differ from dogs?", "comparison"),
    ("By how much did net sales grow from 2017 to 2018?", "table"),
    ("What was the revenue in 2018?", "table"),
    ("Which year had the highest profit?", "table"),
    ("List all parties to the agreement.", "list"),
    ("Which documents must the tenant bring?", "list"),
    ("What are the duties of the treasurer?", "list"),
    ("How do I cancel the contract?", "explanation"),
    ("Why was the meeting moved?", "explanation"),
    ("Why did profits fall in 2018?", "explanation"),
    ("Explain the voting procedure step by step.", "explanation"),
    ("Is smoking allowed in the flat?", "yes_no"),
    ("How long is the notice period?", "fact"),
    ("How many rooms does the flat have?", "fact"),
    ("Who founded Debian?", "fact"),
    ("When does the lease end?", "fact"),
    ("What is the entry fee?", "fact"),
]


@pytest.mark.parametrize(("question", "kind"), ENGLISH)
def test_the_words_of_a_question_tell_its_kind(question: str, kind: QuestionKind) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize(
    ("language", "question", "kind"),
    [
        ("de", "Fasse den Vertrag zusammen.", "summary"),
        ("de", "Welche Unterlagen braucht der Mieter?", "list"),
        ("de", "Wie lange läuft der Vertrag?", "fact"),
        ("de", "Wie kündige ich den Vertrag?", "explanation"),
        ("fr", "Quelle est la différence entre A et B ?", "comparison"),
        ("fr", "Pourquoi la réunion a-t-elle été reportée ?", "explanation"),
        ("es", "¿Cuáles son los requisitos?", "list"),
        ("zh", "请列出所有要求", "list"),
        ("zh", "这篇文章讲了什么", "summary"),
        ("nl", "Vat het contract samen.", "fact"),
    ],
)
def test_other_languages_have_rules_of_their_own(language: str, question: str, kind: QuestionKind) -> None:
    assert question_kind(question, language) == kind
