"""Databases within a running PostgreSQL server."""

from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql


def create_database(
    url: str, name: str, template: str | None = None, *, exist_ok: bool = False
) -> str:
    """Create a database on the server of `url` and return its own url.

    `template` is a database to copy (nobody may be connected to it). Raises
    `psycopg2.errors.DuplicateDatabase` unless `exist_ok`.
    """
    if not (exist_ok and _exists(url, name)):
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template1")
        )
        _execute(url, statement)
    return database_url(url, name)


def drop_database(url: str, name: str) -> None:
    """Drop a database if it is there, and end its sessions; `url` must name another database."""
    _execute(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url(url: str, name: str) -> str:
    """Return the url with another database in it."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _exists(url: str, name: str) -> bool:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return cursor.fetchone() is not None


def _execute(url: str, statement: sql.Composed) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True  # CREATE and DROP DATABASE refuse to run in a transaction
        with connection.cursor() as cursor:
            cursor.execute(statement)
