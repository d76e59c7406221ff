"""Counts the SQL statements that the worker sends: it alone comes as a role that is counted."""

from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROLE = "bench_worker"
PASSWORD = "made up for the benchmark"  # noqa: S105 - opens a server that lives for a minute

SERVER_OPTIONS = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.max": "10000",
    # Nobody is counted by default, so that counting does not slow down what is timed.
    "pg_stat_statements.track": "none",
    "compute_query_id": "off",
}

SET_UP = f"""
DROP EXTENSION IF EXISTS pg_stat_statements;
CREATE EXTENSION pg_stat_statements;
SELECT pg_stat_statements_reset();
DO $$ BEGIN
  CREATE ROLE {ROLE} SUPERUSER LOGIN PASSWORD '{PASSWORD}';
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
ALTER ROLE {ROLE} SET pg_stat_statements.track = 'top';
ALTER ROLE {ROLE} SET compute_query_id = 'on';
"""

COUNT = "SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements WHERE userid = %s::regrole"


def begin_counting(database_url: str) -> str:
    """Begin at zero; give the url under which whoever connects is counted."""
    _run(database_url, SET_UP)
    parts = urlsplit(database_url)
    return urlunsplit(parts._replace(netloc=f"{ROLE}:{quoted()}@{parts.netloc.rpartition('@')[2]}"))


def quoted() -> str:
    """Write the password as a url holds it."""
    return PASSWORD.replace(" ", "%20")


def counted(database_url: str) -> int:
    """Tell how many statements there were, BEGIN and COMMIT included."""
    return _run(database_url, COUNT, ROLE)


def _run(database_url: str, sql: str, *values: str) -> int:
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            found = cursor.fetchone() if cursor.description else None
    return int(found[0]) if found else 0
