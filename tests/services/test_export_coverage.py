"""Everything is in the archive, or stands in docs/exports.md with the reason why it is not."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from webapp import db
from webapp.domain.export_format import BY_FILE, MANIFEST
from webapp.queries.export_lines import RAW, RAW_MEMBER, SOURCES
from webapp.services.export_writing import CHOSEN

PAGE = Path(__file__).parents[2] / "docs" / "exports.md"
REASONS = {"derived", "secret", "operational", "shared"}
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""

named = re.compile(r"`([^`]+)`").findall


def listed(heading: str) -> dict[str, tuple[str, str]]:
    """Read a table of the page: what stands beside each table's name."""
    part = PAGE.read_text().split(f"<!-- {heading} -->")[1]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| `")]
    found = {named(first)[0]: (second.strip(), third.strip()) for first, second, third in rows}
    assert len(found) == len(rows), "each table once"
    return found


@pytest.fixture
def tables(database: None) -> dict[str, set[str]]:
    """Give the columns of every table."""
    found = defaultdict(set)
    for table, column in db.query(COLUMNS):
        found[table].add(column)
    return found


def test_every_table_is_in_the_archive_or_has_its_reason(tables: dict[str, set[str]]) -> None:
    held, left_out = listed("in the archive"), listed("not in the archive")
    assert set(tables) == held.keys() | left_out.keys()
    assert not held.keys() & left_out.keys()
    assert {kind for kind, _ in left_out.values()} <= REASONS
    assert all(why for _, why in left_out.values())


def test_every_column_of_what_is_in_it_is_too_or_has_its_reason(
    tables: dict[str, set[str]],
) -> None:
    for table, (member, exceptions) in listed("in the archive").items():
        file = named(member)[0]
        told = {*CHOSEN} if file == MANIFEST else {*BY_FILE[file].fields}
        without = tables[table].intersection(named(exceptions))
        assert tables[table] - told == without, f"{table}: export a column, or say why not"


def test_every_member_comes_from_the_tables_it_is_said_to() -> None:
    for table, (member, _) in listed("in the archive").items():
        file = named(member)[0]
        if file != MANIFEST:
            part = BY_FILE[file].name
            sql = RAW if part == RAW_MEMBER else SOURCES[part].sql
            assert re.search(rf"\b{table}\b", sql), f"{part} is not read from {table}"
