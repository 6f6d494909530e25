"""Several programs and people at once."""
