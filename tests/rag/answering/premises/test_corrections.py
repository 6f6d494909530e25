"""A false premise is corrected with the statement that denies it."""

from rag.answering.planning.planner import plan
from rag.answering.premises.corrections import correction
from rag.text.messages.message_catalogues import messages_in
from tests.conftest import passage

QUESTION = "As the treasurer serves for two years, when is the next vote?"
SAYS = passage("8. The treasurer serves\nfor one year.")


def test_the_statement_is_told_on_a_line_of_its_own_without_its_number() -> None:
    text = correction(QUESTION, plan(QUESTION), [SAYS])
    assert text == f"{messages_in('en').gettext('The documents say otherwise:')}\n\nThe treasurer serves for one year."


def test_nothing_is_corrected_without_a_premise_a_denial_or_a_language_that_can_be_read() -> None:
    for question in (
        "Who is the treasurer?",
        "As the treasurer serves for one year, when is the next vote?",
        "Da der Schatzmeister zwei Jahre dient, wann ist die Wahl?",
        "Summarise this document.",
    ):
        assert correction(question, plan(question), [SAYS]) == ""
