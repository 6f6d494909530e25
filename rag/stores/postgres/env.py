"""Entry point of alembic: run migrations over the connection that `rag.stores.postgres.migrating` hands over."""

from alembic import context

VERSION_TABLE = "citewell_schema"


def migrate() -> None:
    """Run what is missing, in one transaction."""
    context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
    with context.begin_transaction():
        context.run_migrations()


migrate()
