"""A calculation is evidence if its numbers stand in the passages or the question."""

from rag.answering.arithmetic import calculate
from rag.answering.calculated_evidence import computed_from, unbacked
from rag.grounding.computed_evidence import cite_computed
from rag.types import Passage
from tests.support.values import chunk, present

TEXT = "The club has 143 members, of whom 57 are juniors. The fee is $1.2 million.\n| Courts | 8,400 |\n"


def passage(text: str = TEXT, start: int = 100) -> Passage:
    return Passage(chunk(text, start=start, document_id=7, document="club.md", page=2, page_label="2"), 1.0)


def test_the_numbers_are_cited_where_they_stand() -> None:
    computed = present(computed_from([calculate("143 - 57")], "How many are seniors?", [passage()], "en"))
    assert (computed.expression, computed.results) == ("143 − 57 = 86", ("86",))
    assert [(operand.text, operand.page, operand.quote) for operand in computed.operands] == [
        ("143", 2, "The club has 143 members, of whom 57 are juniors."),
        ("57", 2, "The club has 143 members, of whom 57 are juniors."),
    ]
    assert [TEXT[operand.start - 100 : operand.end - 100] for operand in computed.operands] == ["143", "57"]
    cited = cite_computed("The club has 86 senior members.", computed, [passage()])
    assert [citation.quote for citation in cited] == ["The club has 143 members, of whom 57 are juniors."]
    assert cite_computed("The club has 85 senior members.", computed, [passage()]) == ()


def test_a_row_of_a_table_is_cited_alone() -> None:
    computed = present(computed_from([calculate("8400 / 12")], "", [passage()], "en"))
    assert computed.operands[0].quote == "| Courts | 8,400 |"


def test_a_number_of_no_source_makes_a_calculation_no_evidence() -> None:
    assert computed_from([calculate("143 - 58")], "", [passage()], "en") is None
    assert computed_from([calculate("143 - 58")], "How many are not the 58?", [passage()], "en") is not None
    assert computed_from([calculate("2 * 100")], "", [passage()], "en") is None, "constants alone say nothing"
    assert computed_from([], "", [passage()], "en") is None


def test_numbers_may_be_earlier_results() -> None:
    first, second = calculate("143 - 57"), calculate("86 * 20")
    assert [str(number) for number in unbacked(second, "", [passage()])] == ["86", "20"]
    assert unbacked(second, "At 20 euros each?", [passage()], [first]) == []
    assert present(computed_from([first, second], "At 20 euros each?", [passage()], "en")).results == ("86", "1720")


def test_of_several_those_that_are_backed_count() -> None:
    calculations = [calculate("143 - 57"), calculate("143 - 99"), calculate("57 / 143 * 100")]
    computed = present(computed_from(calculations, "", [passage()], ""))
    assert computed.results == ("86", "39.8601398601")
    assert computed.statement == "143 − 57 = 86; 57 / 143 × 100 = 39.8601398601"
    assert len(computed.operands) == 2
    assert computed.language == "en"


def test_thousands_are_read_in_the_language_of_the_passage() -> None:
    rent = passage("Die jährliche Miete der Wohnung beträgt nach dem Vertrag 12.345 Euro und ist im Voraus fällig.")
    assert unbacked(calculate("12345 / 12"), "Wie hoch ist die Miete im Monat?", [rent]) == []
    assert unbacked(calculate("12.345 / 12"), "Wie hoch ist die Miete im Monat?", [rent]) != []
