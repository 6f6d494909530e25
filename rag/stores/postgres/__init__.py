"""The library in PostgreSQL: the same tables and rows as in SQLite, vectors in pgvector, words in its full-text search.

Only `rag.stores.open_stores` imports it, if the setting `database` names a server: psycopg and alembic are of the extra
`citewell[postgres]`, and pgvector is an extension of the server.
"""
