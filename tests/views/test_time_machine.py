"""The time machine's pages: a day and what came since, playlists, stories, files to keep."""

import csv
import json
from datetime import datetime, timedelta
from io import StringIO

import pytest

from tests.browsing import Browsing
from tests.pages import Pages, check_headers
from tests.queries.shelving import counted
from webapp import db
from webapp.domain.library import Entry, Event, Kind
from webapp.queries import library, library_files, playlists
from webapp.queries.playlists import Version
from webapp.services.wiring import Wiring

DAY = timedelta(days=1)
BASE = "/time-machine"
SHELVES = tuple(f"{BASE}/{name}" for name in ("tracks", "albums", "artists", "playlists"))
HOSTILE = '"><img src=x onerror=alert(1)>'
ID = "0" * 22


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


@pytest.fixture
def past(tiny: Pages, browsing: Browsing, wiring: Wiring) -> str:
    """Look at the library first 60 days ago: one track is gone, a playlist was another.

    Gives the playlist's id. Its first entry came since, and it had a hole and the lost track.
    """
    user, now = browsing.account("tiny").id, wiring.clock()
    mine = browsing.standin.world.own_playlists("tiny")[0].id
    with db.connection():
        known = library.known(user, Kind.SAVED_TRACK)
        ids = [*list(known)[5:], ID]
        first = [_entry(Event.ADDED, item, now - 60 * DAY, known.get(item)) for item in ids]
        last = _entry(Event.REMOVED, ID, now - 10 * DAY)
        library_files.add_entries(user, Kind.SAVED_TRACK, [*first, last])
        newest = playlists.version_at(user, mine, now + DAY)
        assert newest is not None
        assert newest.entries
        entries = [*newest.entries[1:], [None, None, None], [ID, None, None]]
        version = _version(newest, f"Old {HOSTILE}", entries)
        playlists.record(user, [version], now - 60 * DAY, None)
    return mine


def test_only_listeners_come_in(pages: Pages) -> None:
    for url in (BASE, *SHELVES, f"{BASE}/search", f"{BASE}/track/x", f"{BASE}/saved-tracks.csv"):
        pages.page(url, status=401)


def test_nothing_is_known_yet_or_there_is_no_such_day(browsing: Browsing, wiring: Wiring) -> None:
    pages = browsing.sign_in("empty")
    with db.connection(), db.transaction():
        db.query(
            "SELECT set_config('backspin.erasing_user', user_id::text, true),"
            " 1 FROM collection_checks LIMIT 1"
        )
        db.query("DELETE FROM collection_checks")
    assert "0 days to travel to" in pages.page(BASE)
    for url in SHELVES:
        pages.page(url, status=404)
    tomorrow = _day(wiring.clock() + 2 * DAY)
    for day in ("2026-02-30", "20260303", "0000-01-01", "²", "%00", "9999-12-31", tomorrow):
        for name in ("at", "to"):
            assert "There is no such day" in pages.page(f"{BASE}?{name}={day}", status=400)


def test_a_day_shows_what_was_there_and_what_came_and_went(
    tiny: Pages, past: str, wiring: Wiring
) -> None:
    now = wiring.clock()
    then = f"at={_day(now - 30 * DAY)}"
    text = tiny.page(f"{BASE}?{then}")
    for words in ("56 then, 60 now", "1 gone since", "5 added since", "1 playlist changed"):
        assert words in text
    assert "The first day" in text
    assert text == tiny.page(f"{BASE}?{then}&to={_day(now)}")
    for url in SHELVES:
        for show in ("", "&show=then", "&show=removed", "&show=added", "&show=gone"):
            fits = (show in ("", "&show=gone")) if "playlists" in url else show != "&show=gone"
            tiny.page(f"{url}?{then}{show}", status=200 if fits else 404)
        tiny.page(f"{url}?{then}&page=99", status=404)
    assert f"{BASE}/track/{ID}" in tiny.page(f"{BASE}/tracks?{then}&show=removed")
    backwards = f"at={_day(now - 5 * DAY)}&to={_day(now - 30 * DAY)}"
    assert "1 gone since" in tiny.page(f"{BASE}?{backwards}"), "the earlier day comes first"
    assert "nothing differs" in tiny.page(f"{BASE}?at={_day(now)}")


def test_before_the_first_look_it_says_how_little_it_knows(tiny: Pages, past: str) -> None:
    text = tiny.page(f"{BASE}?at=2025-12-31")
    assert "at least" in text
    assert "What you had removed by then is not known" in text
    assert "Whom you followed before is not known" in text
    assert "at least 0 then" in tiny.page(f"{BASE}?at=0001-01-01")
    taken = tiny.client.get(f"{BASE}/saved-tracks.json?at=2025-12-31").get_json()
    assert taken["at_least"] is True
    assert all(entry["added_at"] < "2026-01-01" for entry in taken["entries"])


def test_a_playlist_in_two_versions(tiny: Pages, past: str, wiring: Wiring) -> None:
    then = f"at={_day(wiring.clock() - 30 * DAY)}"
    listed = tiny.page(f"{BASE}/playlists?{then}")
    assert "1 added · 2 removed · was called Old" in listed
    text = tiny.page(f"{BASE}/playlists/{past}?{then}")
    assert text.count('class="row"') == 3
    assert "No longer in Spotify" in text
    both = tiny.page(f"{BASE}/playlists/{past}?{then}&show=both")
    assert both.count("side--removed") == 2
    assert both.count("side--added") == 1
    for page in (listed, text, both):
        assert "<img src=x" not in page
    same = tiny.page(f"{BASE}/playlists/{past}?at={_day(wiring.clock())}")
    assert "The same tracks in the same order" in same


def test_what_is_not_there_is_not_found(tiny: Pages, past: str, browsing: Browsing) -> None:
    other = browsing.sign_in("empty")
    for path in (f"playlists/{past}", f"playlists/{past}/then.csv", f"track/{ID}"):
        assert tiny.client.get(f"{BASE}/{path}").status_code == 200
        other.page(f"{BASE}/{path}", status=404)
    assert "0 found" in other.page(f"{BASE}/search?q=e")
    for path in (
        "playlists/x%00",
        "track/x%00",
        "track/nonsense",
        "song/x",
        "playlists/x/then.xml",
    ):
        tiny.page(f"{BASE}/{path}", status=404)
    tiny.page(f"{BASE}/playlists/{past}/then.csv?at=2020-01-01", status=404)


def test_a_thing_is_found_and_tells_its_story(
    tiny: Pages, past: str, browsing: Browsing, wiring: Wiring
) -> None:
    world = browsing.standin.world
    track = world.music.tracks[world.listeners["tiny"].library.tracks[-1].id]
    found = tiny.client.get(f"{BASE}/search", query_string={"q": track.name.upper()})
    assert f'href="{BASE}/track/{track.id}"' in found.text
    assert "In your library since" in tiny.page(f"{BASE}/track/{track.id}")
    text = tiny.page(f"{BASE}/track/{ID}")
    for words in ("No longer in your library", "Gone from your library", "Gone from a playlist"):
        assert words in text
    assert "&lt;img src=x" in text
    assert "0 found for “&lt;b&gt;" in tiny.page(f"{BASE}/search?q=%3Cb%3Exyz")
    tiny.page(f"{BASE}/search")
    tiny.page(f"{BASE}/search?q=a&page=99", status=404)


def test_a_past_state_is_taken_away(tiny: Pages, past: str, wiring: Wiring) -> None:
    day = _day(wiring.clock() - 30 * DAY)
    for form, mimetype in (
        ("csv", "text/csv"),
        ("json", "application/json"),
        ("txt", "text/plain"),
    ):
        for path in (f"saved-tracks.{form}", f"playlists/{past}/then.{form}"):
            reply = tiny.client.get(f"{BASE}/{path}?at={day}")
            check_headers(reply)
            assert (reply.status_code, reply.mimetype) == (200, mimetype)
            disposition = reply.headers["Content-Disposition"]
            assert disposition.startswith('attachment; filename="backspin-')
            assert disposition.endswith(f'-{day}.{form}"')
            assert reply.headers["Cache-Control"] == "private, no-store"
    table = tiny.client.get(f"{BASE}/saved-tracks.csv?at={day}").text
    assert len(list(csv.reader(StringIO(table, newline="")))) == 57
    told = json.loads(tiny.client.get(f"{BASE}/playlists/{past}/then.json?at={day}").text)
    assert told["name"] == f"Old {HOSTILE}"
    assert [entry["position"] for entry in told["entries"][-2:]] == [
        len(told["entries"]) - 1,
        len(told["entries"]),
    ]
    assert [entry["spotify_uri"] for entry in told["entries"][-2:]] == [None, f"spotify:track:{ID}"]


def test_a_page_takes_few_statements(tiny: Pages, past: str, wiring: Wiring) -> None:
    then = f"at={_day(wiring.clock() - 30 * DAY)}"
    besides = 2  # who is signed in, and whether Spotify has asked for a pause
    for path, most in (
        ("", 5),
        ("/tracks", 2),
        ("/playlists", 4),
        (f"/playlists/{past}", 6),
        ("/search?q=a&", 1),
        (f"/track/{ID}", 3),
    ):
        with counted() as counter:
            url = f"{BASE}{path}{'' if '?' in path else '?'}{then}"
            assert tiny.client.get(url).status_code == 200
        assert len(counter.statements) <= besides + most, path


def _entry(event: Event, item: str, seen_at: datetime, told: str | None = None) -> Entry:
    added_at = datetime.fromisoformat(told) if told else None
    return Entry(event=event, item_id=item, seen_at=seen_at, added_at=added_at)


def _version(like: Version, name: str, entries: list[list[str | None]]) -> Version:
    return Version(
        playlist_id=like.playlist_id,
        snapshot_id="old",
        name=name,
        description="",
        owner_id=like.owner_id,
        owner_name=like.owner_name,
        public=True,
        collaborative=False,
        image_url=None,
        total=len(entries),
        entries=entries,
        content_hash=name,
    )


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
