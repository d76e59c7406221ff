"""A past state written down: a table, JSON, addresses to paste."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO

import pytest

from webapp.domain.time_machine_formats import COLUMNS, FORMATS, Heading, TakenEntry

THEN = datetime(2024, 5, 1, 21, 59, 59, 999999, tzinfo=UTC)
ID = "4uLU6hMCjMI75M1A2tKUQC"
HEADING = Heading(what="playlist", name='"><b>', at=THEN, at_least=True)
ENTRIES = [
    TakenEntry(1, ID, "track", "=1+1", "Nia, Osei", "Reel", THEN, "mira", 61_000),
    TakenEntry(2, None, "", "", "", "", None, None, None),
    TakenEntry(3, "local:x", "local", "@tape\n", "", "", THEN, None, None),
    TakenEntry(4, ID, "episode", "Talk", "", "", None, None, 1),
]
HOLE = dict.fromkeys(COLUMNS) | {"position": 2, "title": "", "artists": "", "album": ""}


def written(form: str, *batches: list[TakenEntry]) -> str:
    return "".join(FORMATS[form].write(HEADING, batches))


def test_a_table_works_nothing_out() -> None:
    rows = list(csv.reader(StringIO(written("csv", ENTRIES[:2], ENTRIES[2:]), newline="")))
    when = "2024-05-01T21:59:59+00:00"
    assert rows == [
        list(COLUMNS),
        ["1", "'=1+1", "Nia, Osei", "Reel", when, "mira", "61000", "track", f"spotify:track:{ID}"],
        ["2", "", "", "", "", "", "", "", ""],
        ["3", "'@tape\n", "", "", when, "", "", "local", ""],
        ["4", "Talk", "", "", "", "", "1", "episode", f"spotify:episode:{ID}"],
    ]


@pytest.mark.parametrize("batches", [[], [ENTRIES], [ENTRIES[:1], ENTRIES[1:]]])
def test_json_says_what_it_is_of(batches: list[list[TakenEntry]]) -> None:
    told = json.loads(written("json", *batches))
    entries = told.pop("entries")
    assert told == {
        "what": "playlist",
        "name": '"><b>',
        "at": "2024-05-01T21:59:59+00:00",
        "seen_at": None,
        "at_least": True,
    }
    assert len(entries) == sum(map(len, batches))
    if entries:
        assert entries[1] == HOLE
        assert entries[0]["spotify_uri"] == f"spotify:track:{ID}"


def test_addresses_are_a_line_each_and_nothing_else() -> None:
    assert written("txt", ENTRIES) == f"spotify:track:{ID}\nspotify:episode:{ID}\n"
    assert written("txt") == ""
