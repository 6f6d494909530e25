"""Why a copy of a library cannot be begun, as sentences that both databases' ends of a copy say."""

from rag.errors import LibraryError


def in_use(label: str) -> LibraryError:
    """Return what to do while another copy into the same place runs."""
    return LibraryError(f"Another copy into {label} is running. Wait until it is done.")


def another_format(label: str, version: str, *, is_newer: bool) -> LibraryError:
    """Return how to go on with a library whose tables are not of this program's version."""
    way = "Upgrade Citewell" if is_newer else "Open it once with 'citewell library list', which brings it up to date"
    return LibraryError(
        f"The library in {label} is of another format ({version}) than this Citewell copies. {way}, and try again."
    )
