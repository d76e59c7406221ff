"""Lines of an archive on their way back: staged as they are read, until all of them are there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from peewee import DataError, IntegrityError
from psycopg2.extras import Json

from webapp import db
from webapp.domain.errors import ExportError, ExportFault
from webapp.queries.staging import ESCAPES

LISTENER = "listener"
"""The member under which the listener's settings are staged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """An archive that is staged: the import it came with, and its number among its files."""

    user_id: int
    import_id: int
    file: int


def copy_lines(staged: Staged, member: str, lines: Sequence[tuple[int, str]]) -> None:
    """Stage lines of a member, by number; raises ExportError if one can't be stored."""
    head = f"{staged.import_id}\t{staged.file}\t{member}"
    rows = "".join(f"{head}\t{number}\t{line.translate(ESCAPES)}\n" for number, line in lines)
    with storing(f"{member}.jsonl"):
        db.copy("COPY import_lines (import_id, file, member, number, line) FROM STDIN", rows)


def add_line(
    staged: Staged, member: str, number: int, line: dict[str, Any], body: bytes | None = None
) -> None:
    """Stage one line, with bytes that belong to it."""
    db.query(
        "INSERT INTO import_lines VALUES (%s, %s, %s, %s, %s, %s)",
        staged.import_id,
        staged.file,
        member,
        number,
        Json(line),
        body,
    )


def finish_staging() -> None:
    """Let the planner know what is staged; outside of a transaction, for others wait for it."""
    db.query("ANALYZE import_lines")


def archives(user_id: int, import_id: int) -> list[Staged]:
    """List the archives that are staged with an import."""
    rows = db.query(
        "SELECT file FROM import_lines WHERE import_id = %s AND member = %s ORDER BY file",
        import_id,
        LISTENER,
    )
    return [Staged(user_id=user_id, import_id=import_id, file=file) for (file,) in rows]


def listener(staged: Staged) -> dict[str, Any]:
    """Read the settings that came along."""
    rows = db.query(
        "SELECT line FROM import_lines WHERE import_id = %s AND file = %s AND member = %s",
        staged.import_id,
        staged.file,
        LISTENER,
    )
    settings: dict[str, Any] = rows[0][0]
    return settings


def drop(staged: Staged) -> None:
    """Forget an archive that is staged."""
    db.query(
        "DELETE FROM import_lines WHERE import_id = %s AND file = %s",
        staged.import_id,
        staged.file,
    )


def drop_all(import_id: int) -> None:
    """Forget every archive that is staged with an import."""
    db.query("DELETE FROM import_lines WHERE import_id = %s", import_id)


def told(typed: str, join: str = "") -> str:
    """Write the part of a statement that reads a member's lines as `told`; for `run`."""
    return (
        f"FROM import_lines l CROSS JOIN LATERAL jsonb_to_record(l.line) AS told ({typed}) {join}"
        " WHERE l.import_id = %(import)s AND l.file = %(file)s AND l.member = %(member)s"
    )


def run(sql: str, staged: Staged, member: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run a statement over a member's lines; it may name `user`, and values of its own.

    Raises ExportError where the lines are not what the database allows.
    """
    place = {"user": staged.user_id, "import": staged.import_id, "file": staged.file}
    with storing(f"{member}.jsonl"):
        return db.query_by_name(sql, **place, member=member, **values)


@contextmanager
def storing(file: str) -> Iterator[None]:
    """Name the file whose content the database refuses."""
    try:
        yield
    except (DataError, IntegrityError):
        raise ExportError(ExportFault.BAD_LINE, file=file) from None
