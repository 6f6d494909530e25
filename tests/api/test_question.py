"""A question is answered from the caller's own documents, and from those among them that it chooses."""

from typing import Any

import pytest

from api.caller import Caller
from api.question import Question, Selection, documents_for, options_of
from rag.errors import QuestionError, SettingsError
from rag.services import Services
from tests.support.servers.api_server import store_document


def names(services: Services, caller: Caller, **chosen: Any) -> list[str] | None:
    ids = documents_for(services, caller, Selection(**chosen))
    return None if ids is None else sorted(services.library.names()[id_] for id_ in ids)


def test_documents_of_others_are_never_searched(services: Services) -> None:
    assert names(services, Caller()) == ["birds.txt", "fees.txt"]
    assert names(services, Caller(owner="ann", key="k")) == ["anns.txt"]
    assert names(services, Caller(collection="nature", key="k")) == ["birds.txt"]


def test_who_is_alone_searches_everything_as_the_command_does(services: Services) -> None:
    for document in services.library.documents("ann"):
        services.library.remove_all([document.id])
    assert names(services, Caller()) is None
    assert names(services, Caller(key="k")) == ["birds.txt", "fees.txt"]
    assert names(services, Caller(), collections=("nature",)) == ["birds.txt"]


def test_a_selection_narrows_and_never_widens(services: Services) -> None:
    (anns,) = services.library.documents("ann")
    assert names(services, Caller(), names=("fees*",)) == ["fees.txt"]
    assert names(services, Caller(), excluded=frozenset({1})) == ["birds.txt"]
    with pytest.raises(QuestionError, match="no document"):
        names(services, Caller(), ids=frozenset({anns.id}))
    with pytest.raises(QuestionError, match=r"No document matches 'anns\.txt'"):
        names(services, Caller(), names=("anns.txt",))
    with pytest.raises(QuestionError, match="all are left out"):
        names(services, Caller(), excluded=frozenset({1, 2}))
    with pytest.raises(QuestionError, match="no documents"):
        names(services, Caller(owner="bob", key="k"))


def test_ids_and_names_must_both_match(services: Services) -> None:
    more = store_document(services, "more fees.txt", "The fee for two is 30 euros.")
    assert names(services, Caller(), ids=frozenset({more}), names=("*fees*",)) == ["more fees.txt"]


def test_chosen_settings_are_checked_as_those_of_a_conversation(services: Services) -> None:
    chosen = options_of(services, Question(text="", chosen={"passages": 2, "temperature": 0.5, "seed": 3}, fresh=True))
    assert (chosen.passages, chosen.fresh) == (2, True)
    assert chosen.decoding is not None
    assert (chosen.decoding.temperature, chosen.decoding.seed) == (0.5, 3)
    assert options_of(services, Question(text="")).decoding is None
    with pytest.raises(SettingsError, match="'passages' cannot be used"):
        options_of(services, Question(text="", chosen={"passages": 10**6}))
    assert Question(text="", chosen={"model": "tiny"}).model == "tiny"
