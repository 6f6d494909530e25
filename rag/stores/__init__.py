"""Storage: the library and conversations in SQLite, and the search indexes derived from the library."""
