"""Check an answer while it streams."""
