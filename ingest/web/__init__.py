"""Pages of the web as sources: fetch only what the user names, from public addresses only, and keep a copy of it."""
