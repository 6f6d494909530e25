"""The documents that a question at the shell is answered from."""

from collections.abc import Callable

import pytest

from cli.question_scope import askable_documents, only_own
from rag.errors import QuestionError
from rag.services import Services
from rag.settings import Settings
from rag.stores.sqlite.sqlite_library import SqliteLibrary


def test_all_documents_of_one_owner_are_asked(library: SqliteLibrary, store_text: Callable[..., int]) -> None:
    services = Services(Settings())
    services.__dict__["library"] = library
    with pytest.raises(QuestionError, match="the library is empty"):
        askable_documents(services, "")
    id_ = store_text("a.txt", "It is so.")
    own = askable_documents(services, "")
    assert [document.id for document in own] == [id_]
    assert only_own(services, own) is None
    assert only_own(services, []) == frozenset()
    with pytest.raises(QuestionError, match="User 'ann' has no documents"):
        askable_documents(services, "ann")
