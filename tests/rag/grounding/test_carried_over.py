"""A translation that lost a figure or a negation proves nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.carried_over import lost_facts


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Der Umsatz betrug 1.200 Millionen Euro im Jahr 2019.", "Revenue was 1,200 million euros in the year 2019."),
        ("Die Frist endet am 21.9.2020 um Mitternacht.", "The period ends on September 21, 2020 at midnight."),
        ("公众意见的截止日期是2020年9月21日。", "The deadline for public comments is September 21, 2020."),
        ("Der Verein hat 5 Mitglieder und 2 Gäste.", "The society has five members and two guests."),
        ("Die Wahl dauert 2-3 Wochen in jedem Land.", "The election takes 2 to 3 weeks in every country."),
        ("N'importe quel membre peut se présenter.", "Any member may stand as a candidate."),
        ("在20世纪80年代末，学生们封锁了演讲。", "In the late 1980s, students blocked the speech."),
        ("Había 12 parejas no casadas en el pueblo.", "There were 12 unmarried couples in the village."),
        ("Sie arbeitet ohne Verbindung zu dem Netz.", "It works in a connectionless mode of the network."),
        ("Der Antrag wurde von dem Ausschuss nicht angenommen.", "The application was not accepted by the committee."),
        ("El comité no aceptó la propuesta de los miembros.", "The committee rejected the proposal of the members."),
    ],
)
def test_what_is_spelt_otherwise_is_not_lost(text: str, translation: str) -> None:
    assert lost_facts(text, translation) == []


@pytest.mark.parametrize(
    ("text", "translation", "lost"),
    [
        ("Der Umsatz betrug 1.200 Millionen Euro im Jahr 2019.", "Revenue was 1,300 million euros in 2019.", ["1.200"]),
        ("Die Frist endet am 21.9.2020 um Mitternacht.", "The period ends in 2020 at midnight.", ["21", "9"]),
        ("Der Antrag wurde nicht angenommen.", "The application was accepted by the committee.", ["nicht"]),
        ("Der Antrag wurde von dem Ausschuss angenommen.", "The committee did not accept the application.", ["not"]),
        ("公众意见的截止日期是2020年9月21日。", "The deadline for public comments is in 2020.", ["9", "21"]),
    ],
)
def test_what_is_lost_is_named_as_it_was_written(text: str, translation: str, lost: list[str]) -> None:
    assert lost_facts(text, translation) == lost


@given(st.lists(st.integers(0, 10**9), max_size=5))
def test_figures_in_figures_are_never_lost(numbers: list[int]) -> None:
    text = " und ".join(map(str, numbers))
    assert lost_facts(text, text.replace("und", "and")) == []
