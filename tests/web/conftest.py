"""An app with the users of an auth file, whose routes tests ask as one of them or as a stranger."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from serving.auth_file import Users

if TYPE_CHECKING:
    from tests.web.routes.sharing_app import SharingApp


@pytest.fixture
def app(users: Users) -> "Iterator[SharingApp]":
    # Imported late: the page brings authlib, whose warnings the tests of sign-in have to meet first.
    from tests.web.routes.sharing_app import sharing_app

    with sharing_app(users) as made:
        yield made
