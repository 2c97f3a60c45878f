"""The message queue in PostgreSQL that Celery uses where there is no Redis.

It holds hints, never truth: dropping its schema and installing it again loses no work.
"""

from django.db import connection, transaction

# The application's login makes a table for each queue that it declares, so besides using
# what is there it may create in this one schema, which holds nothing else.
_RIGHTS = """
GRANT USAGE, CREATE ON SCHEMA pgmq TO purser_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgmq TO purser_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA pgmq TO purser_app;
"""


def install() -> bool:
    """Install the queue as the schema's owner; return False when it is there already."""
    # Only installations without Redis have the package.
    from pgmq.install import get_embedded_install_sql  # noqa: PLC0415

    with transaction.atomic(), connection.cursor() as cursor:
        # Two that prepare one database at once: the second waits, and finds it done.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('purser install_broker'))")
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        (present,) = cursor.fetchone()
        if not present:
            cursor.execute(get_embedded_install_sql())
            cursor.execute(_RIGHTS)
    return not present
