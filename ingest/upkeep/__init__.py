"""Keep the library true to its sources: what was deleted, and what is removed."""
