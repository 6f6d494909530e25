"""The files that one server accepted and has not taken in yet, each in a folder of its own, under its own name."""

import shutil
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from ingest.sources.originals.folder_files import FolderFiles
from ingest.upkeep.removal import stored_name


class AcceptedFiles:
    """The accepted files in a folder. A file's reader goes by its name, so that is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = FolderFiles(folder)

    def move_in(self, name: str, file: Path) -> str:
        """Move a file into a folder of its own, all on the disk; return that folder's name, the file's place."""
        place = token_hex(8)
        self._files.put(f"{place}/{stored_name(name)}", file)
        return place

    def path(self, place: str, name: str) -> Path:
        """Return where the file of this place is."""
        return self._folder / place / stored_name(name)

    def delete(self, place: str) -> None:
        """Delete the file of a place, if there is one."""
        if place:
            shutil.rmtree(self._folder / place, ignore_errors=True)

    def delete_unknown(self, known: Callable[[], set[str]]) -> None:
        """Delete the files of places that nobody knows."""
        found = self._files.folders("")
        places = known() if found else set()
        for place in found.keys() - places:
            self.delete(place)
