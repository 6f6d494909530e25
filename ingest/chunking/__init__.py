"""Cut pages into chunks."""
