"""The words that people read while their question is being answered."""

from rag.understanding.descriptions import describe
from rag.understanding.planner import plan


def test_people_read_what_is_being_done() -> None:
    assert describe(plan("Who founded Debian?")) == "Searching …"
    assert describe(plan("Compare the old lease with the new lease.")) == "Comparing old lease and new lease …"
    assert describe(plan("Summarise section 6.")) == "Reading section 6 …"
    assert describe(plan("Summarise it.")) == "Reading the document from beginning to end …"
    assert describe(plan("Who signs, and when does it end?")) == "Searching for the answers to 2 questions …"
    assert describe(plan("List all parties.")) == "Gathering the list …"
