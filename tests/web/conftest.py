"""An app with the users of an auth file, whose routes tests ask as one of them or as a stranger."""

from collections.abc import Iterator

import pytest

from serving.users.auth_file import Users
from tests.web.admin.sharing_app import SharingApp, sharing_app


@pytest.fixture
def app(users: Users) -> Iterator[SharingApp]:
    with sharing_app(users) as made:
        yield made
