"""The form that a model fills in for a table: what it may write, and how it is read."""

import re

import pytest

from rag.answering.tables.table_form import TableForm, TableOutline, form_messages, form_pattern, read_form

OUTLINE = TableOutline("Plans", ("Fee (€)", 'Size 2"'), ("Mini", "Start"))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"operation":"none"}', TableForm("none")),
        ('{"operation":"sum","columns":["Fee (€)"],"rows":"all"}', TableForm("sum", (), ("Fee (€)",))),
        ('{"operation":"lookup"}', TableForm("lookup")),
        (
            '{"operation":"average","columns":["Size 2\\""],"rows":["Mini","Start","Mini"]}',
            TableForm("average", ("Mini", "Start"), ('Size 2"',)),
        ),
        (
            '{"operation":"highest","columns":["Fee (€)"],"rows":"all","nth":2}',
            TableForm("highest", (), ("Fee (€)",), nth=2),
        ),
        (
            '{"operation":"count","columns":["Fee (€)"],"rows":"all","where":">= 1,000.5"}',
            TableForm("count", (), ("Fee (€)",), where=">= 1,000.5"),
        ),
    ],
)
def test_a_form_of_the_tables_own_labels_can_be_filled_in(text: str, form: TableForm) -> None:
    assert re.fullmatch(form_pattern(OUTLINE), text)
    assert read_form(text) == form
    assert read_form("") == TableForm("none")


@pytest.mark.parametrize(
    "text",
    [
        '{"operation":"sum","columns":["Price"],"rows":"all"}',
        '{"operation":"sum","columns":[],"rows":"all"}',
        '{"operation":"guess","columns":["Fee (€)"],"rows":"all"}',
        '{"operation":"sum","columns":["Fee (€)"],"rows":"all","nth":2}',
        '{"operation":"count","columns":["Fee (€)"],"rows":"all","where":"cheap"}',
        '{"operation":"sum","columns":"all","rows":"all"}',
        '{"operation":"ratio","columns":["Fee (€)"],"rows":["Mini"]}',
        '{"operation":"share","columns":["Fee (€)"],"rows":"all"}',
    ],
)
def test_nothing_else_can_be_filled_in(text: str) -> None:
    assert not re.fullmatch(form_pattern(OUTLINE), text)


def test_every_example_is_a_form_of_its_table() -> None:
    messages = form_messages(OUTLINE, "Which is cheapest?")
    shown: dict[str, str] = {}
    for asked, answer in zip(messages[1::2], messages[2::2], strict=False):
        lines = dict(line.split(": ", 1) for line in asked["content"].splitlines())
        shown |= lines
        outline = TableOutline("", tuple(shown["Columns"].split(" | ")), tuple(shown["Rows"].split(" | ")))
        assert re.fullmatch(form_pattern(outline), answer["content"])


def test_all_before_the_question_is_the_same_for_every_table() -> None:
    other = TableOutline("Boats", ("Seats",), ("Canoe",))
    assert form_messages(OUTLINE, "Which is cheapest?")[:-1] == form_messages(other, "How many seats?")[:-1]


@pytest.mark.parametrize(
    "outline",
    [
        TableOutline("", (), ("Mini",)),
        TableOutline("", ("Fee", "Fee"), ("Mini",)),
        TableOutline("", ("Fee",), ("",)),
        TableOutline("", ("Fee",), ("a" * 81,)),
        TableOutline("", ("Fee",), tuple(map(str, range(41)))),
    ],
)
def test_a_table_whose_labels_name_nothing_or_are_too_many_is_not_shown(outline: TableOutline) -> None:
    assert not outline.is_short
