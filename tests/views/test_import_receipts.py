"""The receipt of an import: totals that add up to the rows, and every row as a table."""

import csv
import json
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest

from tests.browsing import Browsing
from tests.exporting import account_data, extended, history, tally
from tests.providers.exports.writing import ACCOUNT, EXTENDED
from tests.queries.playing import missed
from tests.views.importing import Importing, number_of, words_of
from webapp import db
from webapp.services.wiring import Wiring

ROWS = list(history(400))
PACKAGE = extended(ROWS).getvalue()


@pytest.fixture
def mine(browsing: Browsing) -> Importing:
    return Importing(browsing)


def test_an_import_runs_on_a_worker_and_gives_a_receipt(mine: Importing) -> None:
    url = mine.brought((PACKAGE, "my_spotify_data.zip"))
    wanted = tally(ROWS)
    text = mine.seen(url)
    for name, rows in (
        ("New", wanted.new),
        ("Merged", 0),
        ("Already had", wanted.had),
        ("Too short", wanted.short),
        ("Spoken", wanted.podcast),
        ("Unreadable", wanted.unreadable),
        ("All rows", 400),
    ):
        assert f"{name} {rows} " in text
    assert "of 1 file, none left out" in text
    assert f"names no track {wanted.unreadable} row" in text
    assert "hx-trigger" not in mine.pages.fragment(f"{url}/progress")
    listed = words_of(mine.pages.page("/imports"))
    assert f"In all: 400 rows, {wanted.new} new plays." in listed
    assert "Spotify: extended streaming history" in listed


def test_the_receipt_has_every_row(mine: Importing) -> None:
    url = mine.brought(
        (PACKAGE, "a.zip"),
        (json.dumps([{**EXTENDED, "master_metadata_track_name": "=1+1"}]).encode(), "b.json"),
    )
    reply = mine.pages.client.get(f"{url}/receipt.csv")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in reply.headers["Cache-Control"]
    lines = list(csv.DictReader(StringIO(reply.text)))
    assert [int(line["row"]) for line in lines] == [*range(1, 401), 1]
    counts, wanted = Counter(line["outcome"] for line in lines), tally(ROWS)
    assert counts["new"] == wanted.new + 1
    assert counts["short"] == wanted.short
    assert {line["reason"] for line in lines if line["outcome"] == "podcast"} == {"a podcast"}
    assert lines[0]["time"].startswith(ROWS[0]["ts"][:19])
    assert lines[0]["ms"] == str(ROWS[0]["ms_played"])
    assert lines[-1]["title"] == "'=1+1"
    assert lines[-1]["file"] == "b.json"


def test_formulas_are_names_again(mine: Importing) -> None:
    names = ["=a()", "+b", "-c", "@d", "\te", "plain"]
    rows = [
        {**EXTENDED, "spotify_track_uri": None, "master_metadata_track_name": name, "ts": time}
        for name, time in zip(names, (f"2023-03-19T18:31:0{n}Z" for n in range(6)), strict=True)
    ]
    url = mine.brought((json.dumps(rows).encode(), "=cmd.json"))
    lines = list(csv.DictReader(StringIO(mine.pages.client.get(f"{url}/receipt.csv").text)))
    assert [line["title"] for line in lines] == ["'=a()", "'+b", "'-c", "'@d", "e", "plain"]
    assert {line["file"] for line in lines} == {"'=cmd.json"}


def test_the_same_file_twice_changes_nothing(mine: Importing) -> None:
    mine.brought((PACKAGE, "a.zip"))
    with db.connection():
        before = db.query("SELECT * FROM plays ORDER BY ended_at, track_id")
    text = mine.seen(mine.brought((PACKAGE, "b.zip")))
    wanted = tally(ROWS)
    assert "New 0 " in text
    assert f"Already had {wanted.new + wanted.short + wanted.had} " in text
    with db.connection():
        assert db.query("SELECT * FROM plays ORDER BY ended_at, track_id") == before


def test_gaps_that_are_closed_are_named(mine: Importing) -> None:
    first, last = (row["ts"] for row in (ROWS[0], ROWS[-1]))
    with db.connection():
        inside = db.query("SELECT %s::timestamptz + interval '1 day'", first)[0][0]
        after = db.query("SELECT %s::timestamptz + interval '1 day'", last)[0][0]
        missed(mine.id, inside, inside + timedelta(hours=3))
        missed(mine.id, after, after + timedelta(hours=3))
    text = mine.seen(mine.brought((PACKAGE, "a.zip")))
    assert "1 gap closed" in text
    assert f"{inside:%b %-d, %Y}" in text


def test_what_is_left_of_files_is_forgotten(mine: Importing) -> None:
    url = mine.brought((PACKAGE, "a.zip"))
    with db.connection():
        assert db.query("SELECT count(*) FROM import_uploads") == [(0,)]
        rows = db.query("SELECT rows FROM import_files WHERE import_id = %s", number_of(url))
    assert rows == [(400,)]


def test_account_data_tells_of_library_and_plays(mine: Importing, wiring: Wiring) -> None:
    packed = account_data(wiring.clock() - timedelta(days=3), StreamingHistory_music_0=[ACCOUNT])
    url = mine.brought((packed, "my_spotify_data.zip"))
    assert "New 1 " in mine.seen(url)
