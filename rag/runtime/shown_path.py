"""Write paths as people read them."""

from pathlib import Path


def shown(path: Path) -> str:
    """Return a path with the home folder as "~": a report need not name its user."""
    try:
        return f"~/{path.absolute().relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path.absolute())
