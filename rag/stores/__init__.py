"""Storage: the library, conversations and notes in SQLite or PostgreSQL, and the search indexes that derive from them.

`open_stores` opens them. What does not depend on the database is in `sql_library`, `sql_conversations` and `sql_notes`;
the indexes are FAISS's and tantivy's (`index_sync`), PostgreSQL's own, or Milvus's.
"""
