"""Structure and facts as JSON in the library."""

import pytest

from rag.errors import LibraryError
from rag.stores.json_columns import facts_of, structure_of


def test_a_damaged_column_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(LibraryError, match="from a backup"):
        structure_of('{"headings": [7]}')
    with pytest.raises(LibraryError, match="from a backup"):
        facts_of("[")
