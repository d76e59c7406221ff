"""The database: one handle, opened by whoever starts the work, closed there.

Nothing connects by itself (`autoconnect=False`), so a worker's fork never inherits a socket.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from typing import Any, TypeVar

import peewee
from peewee import InterfaceError, OperationalError
from playhouse.pool import PooledPostgresqlDatabase
from psycopg2.errors import DeadlockDetected
from psycopg2.extras import execute_values

DatabaseDownError = (OperationalError, InterfaceError)

MOST_TRIES = 6

Given = TypeVar("Given")


class Database(PooledPostgresqlDatabase):
    """A pool that notices, without a query, that the server closed an idle connection."""

    def _is_closed(self, conn: Any) -> bool:
        """Tell a dead socket: an idle connection with something to read was closed on us.

        The pool's own way is a query each time; what came back from a request is idle already.
        """
        if conn.closed:
            return True
        readable, _, _ = select.select([conn], [], [], 0)
        if readable:
            conn.close()
        return bool(readable)

    def connect_apart(self) -> Any:
        """Open a connection beside the pool, for work with a transaction of its own."""
        # The pool's own way to make one.
        return peewee.PostgresqlDatabase._connect(self)  # type: ignore[attr-defined]  # noqa: SLF001


database = Database(None, autoconnect=False)


def configure(url: str, *, pool_size: int) -> None:
    """Point the handle at a PostgreSQL URL; opens nothing yet."""
    database.init(
        url,
        max_connections=pool_size,
        stale_timeout=300,
        timeout=10,
        options="-c timezone=UTC",
        application_name="backspin",
        connect_timeout=5,
        keepalives_idle=30,
    )


def connection() -> AbstractContextManager[None]:
    """Hold a connection for the length of a block (reused if one is open)."""
    return _Held()


def disconnect() -> None:
    """Close every pooled connection: before a fork, a child must not find one."""
    database.close_idle()


def transaction() -> AbstractContextManager[Any]:
    """All or nothing; nests as savepoints."""
    held: AbstractContextManager[Any] = database.atomic()
    return held


def settle(work: Callable[[], Given]) -> Given:
    """Do something in a transaction, again if it and another one waited for each other.

    PostgreSQL breaks one of the two off, so that the other goes on: each try lets somebody end.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            with transaction():
                return work()
        except OperationalError as error:
            if not isinstance(getattr(error, "orig", None), DeadlockDetected):
                raise
    with transaction():
        return work()


def insert_values(sql: str, rows: Sequence[Sequence[Any]], *, page_size: int = 1000) -> int:
    """Run `INSERT ... VALUES %s` for all rows in as few statements as fit; return rows written."""
    if not rows:
        return 0
    written = 0
    with _translated(), database.cursor() as cursor:
        for start in range(0, len(rows), page_size):
            execute_values(cursor, sql, rows[start : start + page_size], page_size=page_size)
            written += cursor.rowcount
    return written


def insert_returning(
    sql: str, rows: Sequence[Sequence[Any]], types: str | None = None
) -> list[tuple[Any, ...]]:
    """Run a statement with `VALUES %s` for all rows at once; give what it returns.

    `types` writes a row's values with their types, where PostgreSQL could not tell them.
    """
    if not rows:
        return []
    with _translated(), database.cursor() as cursor:
        found: list[tuple[Any, ...]] = execute_values(
            cursor, sql, rows, template=types, page_size=len(rows), fetch=True
        )
        return found


def copy(sql: str, lines: str) -> None:
    """Run `COPY ... FROM STDIN` with lines in its text format."""
    with _translated(), database.cursor() as cursor:
        cursor.copy_expert(sql, StringIO(lines))


def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows, if it has any."""
    cursor = database.execute_sql(sql, values or None)
    return list(cursor.fetchall()) if cursor.description else []


def query_by_name(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run one statement whose values have names (`%(name)s`), and return its rows."""
    cursor = database.execute_sql(sql, values)
    return list(cursor.fetchall()) if cursor.description else []


def iterate(sql: str, *values: Any, size: int = 5000) -> Iterator[tuple[Any, ...]]:
    """Run one statement and give its rows as they are asked for, however many they are.

    A transaction is held until the last one, or until the caller lets go.
    """
    with transaction():
        query(f"DECLARE iterated NO SCROLL CURSOR FOR {sql}", *values)
        while rows := query(f"FETCH {size} FROM iterated"):
            yield from rows
        query("CLOSE iterated")


@contextmanager
def snapshot() -> Iterator["Snapshot"]:
    """See the database as it is now, for the length of a block, whatever others write meanwhile.

    It has a connection of its own, so that the caller may write and commit beside it.
    """
    with _translated():
        apart = database.connect_apart()
    try:
        apart.set_session(isolation_level="REPEATABLE READ", autocommit=False)
        yield Snapshot(apart)
    finally:
        apart.close()


class Snapshot:
    """One moment of the database. What it makes for itself (temporary tables) goes with it."""

    def __init__(self, apart: Any) -> None:
        self._apart = apart

    def query(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run one statement, its values by name, and return its rows, if it has any."""
        with _translated(), self._apart.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def iterate(self, sql: str, *, size: int, **values: Any) -> Iterator[list[tuple[Any, ...]]]:
        """Run one statement and give its rows some at a time, as they are asked for."""
        with _translated(), self._apart.cursor(name="lines") as cursor:
            cursor.execute(sql, values or None)
            while rows := cursor.fetchmany(size):
                yield rows


def _translated() -> AbstractContextManager[Any]:
    """Raise peewee's errors for psycopg2's, as its own statements do."""
    wrapper: AbstractContextManager[Any] = peewee.__exception_wrapper__  # type: ignore[attr-defined]
    return wrapper


class _Held(AbstractContextManager[None]):
    def __init__(self) -> None:
        self._ours = False

    def __enter__(self) -> None:
        self._ours = database.connect(reuse_if_open=True)

    def __exit__(self, *_: object) -> None:
        if self._ours:
            database.close()
