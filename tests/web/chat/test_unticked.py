"""A refusal names the documents that were left out of its search, and only the user's own."""

from dataclasses import replace

from rag.services import Services
from tests.web.rendering.test_answer_html import answer
from tests.web.routes.conftest import id_of, store
from tests.web.routes.conftest import services as services
from web.chat.unticked import with_unticked

REFUSED = replace(answer(text="", abstained=True), question="What is the entry fee?", query="")


def test_the_likeliest_of_the_documents_left_out_are_named_first(services: Services) -> None:
    others = [store(services, f"note {number}.txt", f"Note {number}.", "ann") for number in range(4)]
    left_out = {id_of_fees(services), *others}
    (note,) = with_unticked(REFUSED, services, "ann", left_out).notes
    assert note.startswith("5 documents were not searched, because they are not ticked or are filtered out, among them")
    assert note.partition("among them ")[2].startswith("anns.txt, ")
    assert note.count(".txt") == 3


def test_nobody_elses_document_is_named(services: Services) -> None:
    assert with_unticked(REFUSED, services, "ann", {id_of(services, "bob")}).notes == ()


def test_an_answer_that_stands_and_a_search_of_everything_need_no_note(services: Services) -> None:
    fees = {id_of(services, "ann")}
    assert with_unticked(replace(REFUSED, abstained=False), services, "ann", fees).notes == ()
    assert with_unticked(REFUSED, services, "ann", frozenset()).notes == ()


def id_of_fees(services: Services) -> int:
    return next(each.id for each in services.library.documents("ann") if each.name == "anns.txt")
