"""Where models come from: which have a name, which are on this disk, and how they are fetched, whole and checked."""
