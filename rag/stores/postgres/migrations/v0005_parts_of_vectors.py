"""An index over each eighth of the vectors instead of one over all."""

from alembic import op

revision = "0005"
down_revision = "0004"

_PARTS = 8


def upgrade() -> None:
    """Make the indexes anew, if there is one."""
    db = op.get_bind()
    if db.exec_driver_sql("SELECT to_regclass('vectors_nearest')").scalar() is None:
        return
    dimension = int(db.exec_driver_sql("SELECT value FROM meta WHERE key = 'dimension'").scalar_one())
    db.exec_driver_sql("DROP INDEX vectors_nearest")
    for part in range(_PARTS):
        db.exec_driver_sql(
            f"CREATE INDEX vectors_nearest_{part} ON vectors USING hnsw ((vector::halfvec({dimension})) "
            f"halfvec_ip_ops) WITH (ef_construction = 128) WHERE mod(chunk_id, {_PARTS}) = {part}"
        )
