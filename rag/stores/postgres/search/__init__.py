"""Words and vectors searched in PostgreSQL."""
