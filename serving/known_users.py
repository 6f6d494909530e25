"""Find the users of a library: in the database where it is, else in the auth file that is set."""

from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from rag.stores.library_folder import BESIDE
from serving.auth_file import users_at
from serving.stored_users import StoredUsers
from serving.user_store import UserStore


def users_of(services: Services) -> UserStore | None:
    """Return the users; None where nobody has to sign in. In a database everybody has to once there is a user."""
    if stored := stored_users_of(services):
        return stored if stored.are_there else None
    auth_file = services.settings.auth_file
    return users_at(auth_file) if auth_file else None


def stored_users_of(services: Services) -> StoredUsers | None:
    """Return the users of the library's database; None if it is in a folder."""
    database = services.stores.shared("accounts")
    return StoredUsers(database) if database else None


def require_in_database(settings: Settings) -> None:
    """Check that no accounts, keys or shares are left in files when a database is set: they would be ignored.

    Raises:
        SettingsError: something is.
    """
    if settings.database is None:
        return
    if settings.auth_file is not None:
        raise SettingsError(
            f"With the setting 'database' the users are in the database. Take those of {settings.auth_file} over with "
            f"'citewell users import {settings.auth_file}', and take 'auth_file' out of the settings."
        )
    if left := files_left(settings):
        raise SettingsError(
            f"With the setting 'database' keys and shares are in the database, and {' and '.join(left)} in "
            f"{settings.library} would be forgotten. Take them over with 'citewell users import', or delete them."
        )


def files_left(settings: Settings) -> list[str]:
    """Return the names of files in the library's folder that have keys or shares."""
    return [name for name in BESIDE if (settings.library / name).is_file()]
