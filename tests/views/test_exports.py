"""The exports page: make an archive, watch it, take it, and nobody else's; the plays alone."""

import csv
import io
import json
import re
from zipfile import ZipFile

import pytest
from werkzeug.test import TestResponse

from tests.browsing import Browsing
from tests.exporting import extended, history
from tests.importing import bring_in
from tests.pages import Pages, check_headers
from tests.telling import NOON, Tune, tell
from webapp import db
from webapp.domain.play_formats import COLUMNS
from webapp.domain.reports import Source
from webapp.queries import exports

POLLS = 'hx-trigger="every 2s'
LINK = re.compile(r"/exports/\d+/archive\.zip")
PLAYS = ("plays.csv", "spotify.json", "listenbrainz.jsonl")


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny", work=True)


def make(browsing: Browsing, pages: Pages) -> str:
    """Make an archive as the page does; give its address."""
    reply = pages.post("/exports")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/exports")
    browsing.work()
    found = LINK.search(pages.page("/exports"))
    assert found
    return found.group()


def set_export(**columns: object) -> None:
    with db.connection():
        for name, value in columns.items():
            db.query(f"UPDATE exports SET {name} = %s", value)  # noqa: S608 - our own names


def taken(reply: TestResponse, name: str) -> bytes:
    """Check what every file to keep has, and read it."""
    assert reply.status_code == 200
    check_headers(reply)
    assert reply.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert reply.headers["Cache-Control"] == "private, no-store"
    return bytes(reply.data)


def test_an_archive_is_made_watched_and_taken(browsing: Browsing, tiny: Pages) -> None:
    assert "No archive is here" in tiny.page("/exports")
    reply = tiny.post("/exports", htmx=True)
    assert POLLS in reply.text
    assert "Waiting for its turn" in tiny.page("/exports")
    assert '<meta http-equiv="refresh"' in tiny.page("/exports"), "it works without JavaScript"
    set_export(status="PROCESSING", lines_done=1200, lines_total=4800, bytes=2_500_000)
    text = tiny.fragment("/exports/progress")
    assert POLLS in text
    assert "1,200 lines so far, 2.4 MB" in text
    assert "25%" in text
    set_export(status="PENDING")
    browsing.work()
    text = tiny.fragment("/exports/progress")
    assert POLLS not in text
    assert "Your archive is ready" in text
    found = LINK.search(text)
    assert found
    day = f"{browsing.wiring.clock():%Y-%m-%d}"
    reply = tiny.client.get(found.group())
    body = taken(reply, f"backspin-ida-moe-{day}.zip")
    assert reply.headers["Content-Type"] == "application/zip"
    assert int(reply.headers["Content-Length"]) == len(body)
    with ZipFile(io.BytesIO(body)) as package:
        assert json.loads(package.read("backspin.json"))["listener"]["username"] == "ida-moe"


def test_a_second_click_makes_no_second_one(browsing: Browsing, tiny: Pages) -> None:
    for _ in range(2):
        assert tiny.post("/exports").status_code == 303
    with db.connection():
        assert db.query("SELECT count(*) FROM exports") == [(1,)]


def test_nobody_elses_archive_exists(browsing: Browsing, tiny: Pages) -> None:
    url = make(browsing, tiny)
    other = browsing.sign_in("empty")
    assert other.client.get(url).status_code == 404
    remove = url.replace("archive.zip", "remove")
    assert other.post(remove).status_code == 404
    assert "No archive is here" in other.page("/exports")
    assert other.client.get("/exports/999999/archive.zip").status_code == 404
    guest = Pages(browsing.app.test_client())
    for path in ("/exports", url, *(f"/exports/{name}" for name in PLAYS)):
        assert guest.client.get(path).status_code == 401
    assert tiny.client.get(url).status_code == 200


def test_what_is_not_ready_cannot_be_taken(browsing: Browsing, tiny: Pages) -> None:
    url = make(browsing, tiny)
    set_export(status="PROCESSING")
    assert tiny.client.get(url).status_code == 404
    set_export(status="FAILED", error="crashed")
    assert tiny.client.get(url).status_code == 404
    text = tiny.page("/exports")
    assert "could not be made" in text
    assert "Try again" in text


def test_what_expired_cannot_be_taken(browsing: Browsing, tiny: Pages) -> None:
    url = make(browsing, tiny)
    set_export(expires_at=browsing.wiring.clock())
    assert tiny.client.get(url).status_code == 404
    assert "No archive is here" in tiny.page("/exports")


def test_an_archive_can_be_deleted_before_its_time(browsing: Browsing, tiny: Pages) -> None:
    url = make(browsing, tiny)
    reply = tiny.post(url.replace("archive.zip", "remove"), htmx=True)
    assert "No archive is here" in reply.text
    assert tiny.client.get(url).status_code == 404
    with db.connection():
        assert db.query("SELECT count(*) FROM export_parts") == [(0,)]


def test_forms_need_their_token(browsing: Browsing, tiny: Pages) -> None:
    url = make(browsing, tiny)
    assert tiny.post("/exports", csrf=False).status_code == 422
    assert tiny.post(url.replace("archive.zip", "remove"), csrf=False).status_code == 422
    assert tiny.client.get(url).status_code == 200


def test_an_archive_of_many_parts_comes_whole(browsing: Browsing, tiny: Pages) -> None:
    url = make(browsing, tiny)
    body = tiny.client.get(url).data
    with db.connection():
        db.query("DELETE FROM export_parts")
        export_id = int(url.split("/")[2])
        for part in range(0, len(body), 1000):
            exports.add_part(export_id, part // 1000, body[part : part + 1000])
    assert tiny.client.get(url).data == body


def test_settings_and_deletion_lead_here(tiny: Pages) -> None:
    text = tiny.page("/settings")
    assert text.count('href="/exports"') >= 3, "menu, data, and before deleting"


@pytest.mark.parametrize("name", PLAYS)
def test_plays_alone_come_in_three_forms(browsing: Browsing, tiny: Pages, name: str) -> None:
    day = f"{browsing.wiring.clock():%Y-%m-%d}"
    kind, ending = name.split(".")
    reply = tiny.client.get(f"/exports/{name}")
    body = taken(reply, f"backspin-ida-moe-{kind}-{day}.{ending}").decode()
    if ending == "csv":
        rows = list(csv.reader(io.StringIO(body, newline="")))
        assert rows[0] == list(COLUMNS)
        assert len(rows) == 51
        assert [row[0] for row in rows[1:]] == sorted(row[0] for row in rows[1:])
    elif ending == "json":
        assert len(json.loads(body)) == 50
    else:
        assert len([json.loads(line) for line in body.splitlines()]) == 50


@pytest.mark.parametrize("name", PLAYS)
def test_a_listener_without_plays_takes_an_empty_file(browsing: Browsing, name: str) -> None:
    pages = browsing.sign_in("empty")
    assert pages.client.get(f"/exports/{name}").status_code == 200
    assert pages.client.get("/exports/plays.xml").status_code == 404


def test_hostile_titles_come_through_harmless(browsing: Browsing) -> None:
    pages = browsing.sign_in("empty", work=True)
    user_id = browsing.account("empty").id
    title = '=HYPERLINK("http://x","<b>")'
    with db.connection():
        tell(user_id, Source.EXTENDED, [(Tune(title, "x" * 22), NOON, 200_000)])
    table = csv.reader(io.StringIO(pages.client.get("/exports/plays.csv").text, newline=""))
    assert list(table)[1][1] == f"'{title}"
    assert (
        json.loads(pages.client.get("/exports/spotify.json").text)[0]["master_metadata_track_name"]
        == title
    )


def test_spotifys_form_brings_the_plays_into_another_account(browsing: Browsing) -> None:
    pages = browsing.sign_in("empty", work=True)
    user_id = browsing.account("empty").id
    with db.connection():
        bring_in(browsing.wiring, user_id, extended(history(3000)))
    body = pages.client.get("/exports/spotify.json").data
    browsing.sign_in("tiny")
    other = browsing.account("tiny").id
    plays = (
        "SELECT date_trunc('second', ended_at), track_id, ms_played FROM plays"
        " WHERE user_id = %s AND source = 'spotify_extended' ORDER BY 1, 2"
    )
    with db.connection():
        bring_in(browsing.wiring, other, io.BytesIO(body))
        assert db.query(plays, other) == db.query(plays, user_id)
