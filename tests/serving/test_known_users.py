"""The users are those of the database where the library is; nothing that belongs there is left in files unsaid."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.services import Services
from rag.settings import load_settings
from rag.stores.library_folder import KEYS, SHARES
from serving.auth_file import Users
from serving.known_users import files_left, require_in_database, stored_users_of, users_of
from tests.conftest import GOOD_PASSWORD
from tests.support.values import present

ADDRESS = "postgresql://ann@127.0.0.1/library"


def test_without_a_database_they_are_in_the_auth_file_that_is_set(users: Users) -> None:
    with Services(load_settings(auth_file=users.path)) as services:
        assert present(users_of(services)).place == str(users.path)
        require_in_database(services.settings)
    with Services(load_settings()) as services:
        assert users_of(services) is None


@pytest.mark.postgres
@pytest.mark.usefixtures("cheap_passwords")
def test_in_a_database_everybody_signs_in_from_the_first_user_on(postgres_address: str) -> None:
    with Services(load_settings(database=postgres_address, embedder="words")) as services:
        assert users_of(services) is None
        present(stored_users_of(services)).add("ann", GOOD_PASSWORD)
        assert present(users_of(services)).names() == ["ann"]


def test_accounts_keys_and_shares_in_files_are_not_forgotten_in_silence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"citewell users import .*users\.json"):
        require_in_database(load_settings(database=ADDRESS, auth_file=tmp_path / "users.json"))
    settings = load_settings(database=ADDRESS)
    require_in_database(settings)
    settings.library.mkdir()
    for name in (KEYS, SHARES):
        (settings.library / name).touch()
    assert files_left(settings) == [SHARES, KEYS]
    with pytest.raises(SettingsError, match=f"{SHARES} and {KEYS} in .* would be forgotten"):
        require_in_database(settings)
