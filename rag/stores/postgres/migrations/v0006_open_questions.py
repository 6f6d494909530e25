"""Questions that are asked and not answered yet."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table."""
    op.get_bind().exec_driver_sql(
        """
        CREATE TABLE open_questions (
            conversation_id TEXT COLLATE "C" PRIMARY KEY REFERENCES conversations(id) ON DELETE CASCADE,
            key TEXT COLLATE "C" NOT NULL,             -- of whoever answers it
            question TEXT NOT NULL,
            held_until TEXT COLLATE "C" NOT NULL       -- moved on while it is being answered
        )
        """
    )
