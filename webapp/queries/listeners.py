"""Everybody, as the operator looks at them: a page at a time, by name or by what is wrong."""

from dataclasses import fields
from enum import StrEnum

from webapp import db
from webapp.domain.accounts import Account, State
from webapp.queries.lines import Slice, Wanted
from webapp.queries.search import condition

COLUMNS = ", ".join(f"u.{column.name}" for column in fields(Account))

PAGE = """
SELECT {columns}, count(*) OVER ()
FROM users u LEFT JOIN archive_states s ON s.user_id = u.id
WHERE {which} AND {found} ORDER BY u.id LIMIT %s OFFSET %s
"""


class Which(StrEnum):
    """Whom the operator looks for."""

    ALL = "all"
    FAILING = "failing"
    RECONNECT = "reconnect"


WHICH = {
    Which.ALL: "true",
    Which.FAILING: "u.state = 'active' AND s.failure_kind IS NOT NULL",
    Which.RECONNECT: "u.state = 'needs_reconnect'",
}


def page(which: Which, wanted: Wanted) -> Slice[Account]:
    """Read a page of listeners, oldest first; words are looked for in both of their names."""
    found, values = condition(wanted.words, "u.username", "u.display_name")
    sql = PAGE.format(columns=COLUMNS, which=WHICH[which], found=found)
    rows = db.query(sql, *values, wanted.size, wanted.offset)
    return Slice(
        rows=tuple(_account(row[:-1]) for row in rows),
        total=rows[0][-1] if rows else 0,
        page=wanted.page,
        size=wanted.size,
    )


def usernames(user_ids: list[int]) -> dict[int, str]:
    """Name listeners."""
    rows = db.query("SELECT id, username FROM users WHERE id = ANY(%s)", user_ids)
    return dict(rows)


def _account(row: tuple[object, ...]) -> Account:
    values = dict(zip((column.name for column in fields(Account)), row, strict=True))
    values["state"] = State(str(values["state"]))
    return Account(**values)  # type: ignore[arg-type]  # as the columns are
