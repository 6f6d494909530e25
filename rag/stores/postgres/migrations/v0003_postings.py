"""Postings: for each word the texts that have it. Scoring these takes a small part of what it took by a GIN index.

The words of texts that are there already are indexed anew, before the next search.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = (
    # `rag.stores.postgres.postings` says what is in a block.
    """
    CREATE TABLE postings (
        is_part BOOLEAN NOT NULL,
        word TEXT COLLATE "C" NOT NULL,
        block BIGINT NOT NULL,
        texts BYTEA NOT NULL,
        PRIMARY KEY (is_part, word, block)
    )
    """,
    "ALTER TABLE postings ALTER COLUMN texts SET STORAGE EXTERNAL",
    "DROP INDEX keywords_by_word",
    "DROP INDEX keywords_by_part",
    "DELETE FROM meta WHERE key = 'indexed'",
)


def upgrade() -> None:
    """Make the table, and have the words indexed anew."""
    for statement in _STATEMENTS:
        op.get_bind().exec_driver_sql(statement)
