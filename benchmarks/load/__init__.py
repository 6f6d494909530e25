"""Libraries of up to a million chunks in PostgreSQL: made, searched and measured."""
