"""The statements of the queue in PostgreSQL. Times are the server's, so that the clocks of machines may differ."""

COLUMNS = (
    "id, owner, sender, name, address, collection, sha256, priority, place, state, stage, done, total, share, text, "
    "document_id, tries, worker, accepted_at"
)

_SAID = "CASE WHEN document_id IS NULL THEN '' ELSE text END"
"""What is stored already only waits for its file to be moved: what to say of it is known."""

_OFF = "worker = '', held_until = NULL, is_unlocking = FALSE, stage = '', done = 0, total = 0, share = NULL"
_HELD = "WHERE id = %(id)s AND worker = %(worker)s AND state = 'working'"
_HOLD = "held_until = clock_timestamp() + make_interval(secs => %(seconds)s)"

# A sender's next turn comes after their others, and is not before the one that is being served: who comes late does
# not get all the turns that they have missed. What was put off keeps its own, which says nothing of the others'.
ACCEPT = f"""
    INSERT INTO jobs (owner, sender, name, address, collection, sha256, priority, place, state, text, source, turn,
                      ended_at)
    SELECT %(owner)s, %(sender)s, %(name)s, %(address)s, %(collection)s, %(sha256)s, %(priority)s, %(place)s,
           %(state)s, %(text)s, %(source)s,
           greatest(
               (SELECT max(turn) + 1 FROM jobs
                WHERE state = 'waiting' AND sender = %(sender)s AND priority = %(priority)s),
               (SELECT turn FROM jobs WHERE state = 'waiting' AND priority = %(priority)s AND tries = 0
                ORDER BY priority, turn, id LIMIT 1),
               0
           ),
           CASE WHEN %(state)s = 'failed' THEN clock_timestamp() END
    RETURNING {COLUMNS}
"""  # noqa: S608  our own names

CLAIM = f"""
    WITH next AS (
        SELECT id FROM jobs AS job
        WHERE state = 'waiting' AND due_at <= clock_timestamp() AND (address <> '') = %(pages)s
            AND NOT EXISTS (
                SELECT 1 FROM jobs AS other
                WHERE other.owner = job.owner AND other.id <> job.id
                    AND (other.source = job.source OR other.sha256 = job.sha256 AND job.sha256 <> '')
                    AND (other.state = 'working' OR other.state = 'waiting' AND other.id < job.id)
            )
        ORDER BY priority, turn, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
    UPDATE jobs SET state = 'working', text = {_SAID}, tries = tries + 1, worker = %(worker)s, {_HOLD}
    WHERE id IN (SELECT id FROM next) AND state = 'waiting'
    RETURNING {COLUMNS}
"""  # noqa: S608

CLAIM_LOCKED = f"""
    UPDATE jobs
    SET state = 'working', text = '', ended_at = NULL, is_unlocking = TRUE, worker = %(worker)s, {_HOLD}
    WHERE id = %(id)s AND state = 'locked'
    RETURNING {COLUMNS}
"""  # noqa: S608

RENEW = f"""
    UPDATE jobs SET {_HOLD}, stage = %(stage)s, done = %(done)s, total = %(total)s, share = %(share)s
    {_HELD}
    RETURNING is_cancelled
"""  # noqa: S608

EXPIRE = f"""
    UPDATE jobs
    SET state = CASE
            WHEN is_unlocking THEN 'locked'
            WHEN lost + 1 >= %(most)s AND document_id IS NULL THEN 'failed'
            ELSE 'waiting'
        END,
        text = CASE
            WHEN is_unlocking THEN %(locked)s
            WHEN lost + 1 >= %(most)s AND document_id IS NULL THEN %(reason)s
            ELSE text
        END,
        lost = lost + 1,
        ended_at = clock_timestamp(),
        {_OFF}
    WHERE state = 'working' AND held_until < clock_timestamp()
    RETURNING {COLUMNS}
"""  # noqa: S608

NOTE_STORED = f"UPDATE jobs SET document_id = %(document_id)s, text = %(text)s {_HELD} RETURNING id"  # noqa: S608

END = f"""
    UPDATE jobs
    SET state = %(state)s, text = %(text)s, ended_at = clock_timestamp(),
        place = CASE WHEN %(keeps_file)s THEN place ELSE '' END, {_OFF}
    {_HELD}
    RETURNING id
"""  # noqa: S608

PUT_OFF = f"""
    UPDATE jobs
    SET state = 'waiting', text = CASE WHEN document_id IS NULL THEN %(text)s ELSE text END,
        due_at = clock_timestamp() + make_interval(secs => %(seconds)s), {_OFF}
    {_HELD}
    RETURNING id
"""  # noqa: S608

GIVE_BACK = f"""
    UPDATE jobs
    SET state = CASE WHEN is_unlocking THEN 'locked' ELSE 'waiting' END,
        text = CASE WHEN is_unlocking THEN %(locked)s ELSE text END,
        tries = CASE WHEN is_unlocking THEN tries ELSE tries - 1 END, {_OFF}
    {_HELD}
    RETURNING id
"""  # noqa: S608

CANCEL = f"""
    WITH chosen AS (
        SELECT id, state AS was FROM jobs
        WHERE sender = %(sender)s AND state IN ('waiting', 'working') AND document_id IS NULL
            AND (CAST(%(id)s AS BIGINT) IS NULL OR id = %(id)s)
        ORDER BY id FOR UPDATE
    ), cancelled AS (
        UPDATE jobs
        SET is_cancelled = TRUE,
            state = CASE WHEN was = 'waiting' THEN 'failed' ELSE state END,
            text = CASE WHEN was = 'waiting' THEN %(text)s ELSE text END,
            ended_at = CASE WHEN was = 'waiting' THEN clock_timestamp() END
        FROM chosen WHERE jobs.id = chosen.id
        RETURNING jobs.*
    )
    SELECT {COLUMNS} FROM cancelled WHERE state = 'failed'
"""  # noqa: S608

OF = f"SELECT {COLUMNS} FROM jobs WHERE sender = %(sender)s ORDER BY id"  # noqa: S608

COMING_TO = f"""
    SELECT {COLUMNS} FROM jobs WHERE owner = %(owner)s AND state IN ('waiting', 'working', 'locked') ORDER BY id
"""  # noqa: S608

ALL = f"SELECT {COLUMNS} FROM jobs WHERE state = ANY(%(states)s) ORDER BY id"  # noqa: S608

DROP_ENDED = f"""
    WITH dropped AS (
        SELECT id FROM jobs WHERE sender = %(sender)s AND state IN ('ready', 'failed', 'locked')
        ORDER BY state = 'ready', id DESC OFFSET %(most)s
    )
    DELETE FROM jobs WHERE id IN (SELECT id FROM dropped) AND state IN ('ready', 'failed', 'locked')
    RETURNING {COLUMNS}
"""  # noqa: S608

DROP_OLD = """
    DELETE FROM jobs WHERE state = 'ready' AND ended_at < clock_timestamp() - make_interval(secs => %(seconds)s)
    RETURNING id
"""

FORGET = f"""
    DELETE FROM jobs WHERE (owner = %(owner)s OR sender = %(owner)s) AND state IN ('ready', 'failed', 'locked')
    RETURNING {COLUMNS}
"""  # noqa: S608

COUNT = "SELECT count(*) FROM jobs WHERE owner = %(owner)s OR sender = %(owner)s"

RETRY = """
    UPDATE jobs
    SET state = 'waiting', text = '', tries = 0, lost = 0, ended_at = NULL, is_cancelled = FALSE,
        due_at = clock_timestamp()
    WHERE id = %(id)s AND state = 'failed' AND NOT is_cancelled AND (place <> '' OR address <> '')
    RETURNING id
"""

PLACES = "SELECT place FROM jobs WHERE place <> ''"
