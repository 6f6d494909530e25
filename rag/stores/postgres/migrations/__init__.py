"""Migrations of the tables in PostgreSQL, run by alembic."""
