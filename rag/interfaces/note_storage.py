"""Protocol of the store of notes."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from rag.types import Note


class Notes(Protocol):
    """Store notes by owner, in the order that the owner gave them."""

    def create(self, owner: str, title: str, text: str = "", record: Mapping[str, Any] | None = None) -> Note:
        """Store a note after the owner's others."""

    def find(self, id_: str, owner: str) -> Note | None:
        """Return the note, if it exists and is this owner's."""

    def notes(self, owner: str) -> list[Note]:
        """Return an owner's notes in their order."""

    def owners(self) -> set[str]:
        """Return the owners of notes."""

    def edit(self, id_: str, owner: str, title: str, text: str, version: int) -> Note | None:
        """Replace title and words of a note that is still at this version, and return it; None if there is none.

        Raises:
            ConflictError: it was edited since, and stays as it is.
        """

    def move(self, id_: str, owner: str, place: int) -> bool:
        """Put a note at this place among the owner's, from 0; False if there is no such note."""

    def delete(self, id_: str, owner: str) -> bool:
        """Delete a note; False if there is no such note."""

    def rewrite(
        self, owner: str, holding: Collection[str], change: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    ) -> int:
        """Change the records of this owner's notes that have one of these strings as a value; return how many.

        All are changed or none, and no trace of the old ones is left.
        """
