"""Look at everything once: the findings that `citewell doctor` prints."""

from collections.abc import Iterator

from observing import database_checks, library_checks, machine_checks
from observing.finding import Finding
from rag.settings import Settings


def findings(settings: Settings) -> Iterator[Finding]:
    """Yield what is found, in the order of a report; nothing of it is a secret or from a document."""
    yield machine_checks.versions()
    yield from machine_checks.machine()
    yield from machine_checks.disk("library", settings.library)
    yield from machine_checks.disk("models", settings.models)
    if settings.database is not None:
        library = database_checks.library(settings.database.get_secret_value())
        yield from database_checks.left_in_files(settings)
        if settings.shared_folder is not None:
            yield database_checks.shared_files(settings)
    else:
        library = library_checks.library(settings.library)
    yield from library.findings
    if settings.milvus is not None:
        yield database_checks.milvus(settings.milvus.get_secret_value())
    yield machine_checks.clock(library.latest)
    yield from library_checks.models(settings)
    yield library_checks.changed_settings(settings)
