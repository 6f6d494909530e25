"""Tables that several servers share beside the library: accounts, sessions, failed sign-ins, keys, shares.

Times of sessions and failures are seconds of the database's clock; `key` and `hash` are hashes of secrets.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = (
    """
    CREATE TABLE accounts (
        name TEXT COLLATE "C" PRIMARY KEY,
        salt TEXT NOT NULL,
        hash TEXT NOT NULL,
        cost INTEGER NOT NULL,
        role TEXT NOT NULL,
        identity TEXT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX accounts_by_identity ON accounts(identity) WHERE identity <> ''",
    """
    CREATE TABLE sessions (
        key TEXT PRIMARY KEY,
        account TEXT COLLATE "C" NOT NULL,
        stamp TEXT NOT NULL,
        begun DOUBLE PRECISION NOT NULL,
        last_used DOUBLE PRECISION NOT NULL
    )
    """,
    "CREATE INDEX sessions_by_account ON sessions(account, begun)",
    """
    CREATE TABLE failed_sign_ins (
        kind TEXT NOT NULL,
        what TEXT NOT NULL,
        failures INTEGER NOT NULL,
        at DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (kind, what)
    )
    """,
    "CREATE INDEX failed_sign_ins_by_time ON failed_sign_ins(at)",
    """
    CREATE TABLE keys (
        id TEXT PRIMARY KEY,
        name TEXT COLLATE "C" NOT NULL UNIQUE,
        owner TEXT COLLATE "C" NOT NULL,
        collection TEXT,
        read_only INTEGER NOT NULL,
        requests INTEGER NOT NULL,
        tokens INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        last_used_at TEXT NOT NULL,
        hash TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE shared_collections (
        owner TEXT COLLATE "C" NOT NULL,
        collection TEXT COLLATE "C" NOT NULL,
        "user" TEXT COLLATE "C" NOT NULL,
        role TEXT NOT NULL,
        shared_at TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (owner, collection, "user")
    )
    """,
    'CREATE INDEX shared_collections_by_user ON shared_collections("user")',
    """
    CREATE TABLE shared_conversations (
        owner TEXT COLLATE "C" NOT NULL,
        conversation TEXT COLLATE "C" NOT NULL,
        "user" TEXT COLLATE "C" NOT NULL,
        shared_at TEXT COLLATE "C" NOT NULL,
        PRIMARY KEY (conversation, "user")
    )
    """,
    'CREATE INDEX shared_conversations_by_user ON shared_conversations("user")',
    """
    CREATE TABLE shared_links (
        id TEXT PRIMARY KEY,
        owner TEXT COLLATE "C" NOT NULL,
        conversation TEXT COLLATE "C" NOT NULL,
        created_at TEXT COLLATE "C" NOT NULL,
        expires_at TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE
    )
    """,
    'CREATE TABLE shared_borrowed (conversation TEXT COLLATE "C" PRIMARY KEY)',
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _TABLES:
        op.get_bind().exec_driver_sql(statement)
