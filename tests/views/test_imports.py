"""The import pages: sending files, what was found, every state, the receipt."""

import json
from datetime import timedelta
from io import BytesIO

import pytest

from tests.browsing import Browsing
from tests.exporting import extended, history
from tests.pages import HTMX, Pages, check_fragment
from tests.providers.exports.writing import ACCOUNT, EXTENDED, zipped
from tests.queries.shelving import counted
from tests.views.importing import Importing, words_of
from webapp import db
from webapp.services.wiring import Wiring

ROWS = list(history(400))
PACKAGE = extended(ROWS).getvalue()


@pytest.fixture
def mine(browsing: Browsing) -> Importing:
    return Importing(browsing)


def told(**changes: object) -> bytes:
    return json.dumps([{**EXTENDED, **changes}]).encode()


def test_only_listeners_import(pages: Pages) -> None:
    for url in ("/imports", "/imports/1", "/imports/1/progress", "/imports/1/receipt.csv"):
        pages.page(url, status=401)
    for url in ("/imports", "/imports/1/start", "/imports/1/cancel"):
        assert pages.post(url).status_code == 401


def test_the_page_says_how_to_get_each_history(mine: Importing) -> None:
    text = words_of(mine.pages.page("/imports"))
    for words in ("Extended streaming history", "account data", "Last.fm", "ListenBrainz", "Koito"):
        assert words in text
    assert "up to 30 days" in text
    assert "Up to 300 MB at once" in text
    assert "None yet." in text
    for url in ("/settings", "/history"):
        assert 'href="/imports"' in mine.pages.page(url)


def test_what_was_found_is_shown_before_it_starts(mine: Importing) -> None:
    packed = zipped(
        {
            "My Spotify Data/Streaming_History_Audio_2016.json": told(),
            "My Spotify Data/StreamingHistory_music_0.json": json.dumps([ACCOUNT]).encode(),
            "My Spotify Data/ReadMe.pdf": b"%PDF",
            "__MACOSX/._x.json": b"x",
            "My Spotify Data/Identity.json": b'{"displayName": "x", "firstName": "y"}',
        }
    )
    url = mine.found((packed, "my_spotify_data.zip"))
    text = mine.seen(url)
    for words in (
        "Nothing is stored yet",
        "2 files with something in them",
        "Spotify: extended streaming history",
        "the last year of listening",
        "3 files are left alone",
        "for you to read",
        "A Mac adds it",
        "not about listening",
        "Bring it in",
        "Throw away",
    ):
        assert words in text
    assert "hx-trigger" not in mine.pages.fragment(f"{url}/progress")
    with db.connection():
        assert db.query("SELECT count(*) FROM plays WHERE user_id = %s", mine.id) == [(0,)]


def test_many_files_at_once(mine: Importing) -> None:
    url = mine.found((told(), "a.json"), (json.dumps([ACCOUNT]).encode(), "b.json"))
    assert "2 files with something in them" in mine.seen(url)


def test_a_second_import_waits_for_the_first(mine: Importing) -> None:
    first, second = mine.found((PACKAGE, "a.zip")), mine.found((told(), "b.json"))
    mine.pages.post(f"{first}/start")
    assert "Another import of yours is under way" in mine.seen(second)
    assert "Bring it in" not in mine.pages.fragment(f"{second}/progress")
    assert "every 2s" in mine.pages.fragment(f"{second}/progress")
    plain = mine.pages.post(f"{second}/start")
    assert plain.headers["Location"] == second
    assert "This one waits for it." in mine.seen(second)
    live = mine.pages.post(f"{second}/start", htmx=True)
    check_fragment(live.text)
    assert "This one waits for it." in live.text
    mine.browsing.work()
    assert "Bring it in" in mine.seen(second)
    mine.pages.post(f"{second}/start")
    mine.browsing.work()
    assert "Done." in mine.seen(second)


def test_starting_twice_starts_once(mine: Importing) -> None:
    url = mine.found((PACKAGE, "a.zip"))
    for _ in range(2):
        reply = mine.pages.post(f"{url}/start", htmx=True)
        assert "Waiting for its turn" in reply.text
    mine.browsing.work()
    again = mine.pages.post(f"{url}/start", htmx=True)
    assert "Done." in again.text


@pytest.fixture
def running(mine: Importing, wiring: Wiring) -> str:
    """Give the address of an import that has read a quarter in half a minute."""
    url, now = mine.found((PACKAGE, "a.zip")), wiring.clock()
    mine.pages.post(f"{url}/start")
    mine.put(url, status="PROCESSING", started_at=now - timedelta(seconds=30), updated_at=now)
    mine.put(url, bytes_total=1000, bytes_done=250, rows_done=100)
    return url


def test_waiting_for_a_worker(mine: Importing) -> None:
    url = mine.found((PACKAGE, "a.zip"))
    mine.pages.post(f"{url}/start")
    text = mine.seen(url)
    assert "Waiting for its turn" in text
    assert "Call it off" in text


def test_reading_shows_how_far_it_is(mine: Importing, running: str) -> None:
    text = mine.seen(running)
    assert "Reading row by row." in text
    assert "12%, about 4 minutes left" in text or "12%, about 3 minutes left" in text
    assert "100 rows of about 400" in text
    assert "Call it off" in text
    assert "every 2s" in mine.pages.fragment(f"{running}/progress")
    assert '<meta http-equiv="refresh"' in mine.pages.page(running)


def test_merging_can_not_be_called_off(mine: Importing, running: str, wiring: Wiring) -> None:
    now = wiring.clock()
    mine.put(running, phase="merging", rows_done=400)
    mine.put(running, started_at=now - timedelta(hours=3), read_at=now)
    text = mine.seen(running)
    assert "Everything is read." in text
    assert "50%, about 3 hours left" in text
    assert "400 rows" in text
    assert "Call it off" not in text
    mine.put(running, updated_at=now - timedelta(minutes=2))
    assert "Everything is read." in mine.seen(running), "a long merge gives no sign of life"


def test_a_worker_that_broke_off(mine: Importing, running: str, wiring: Wiring) -> None:
    mine.put(running, updated_at=wiring.clock() - timedelta(minutes=2))
    assert "Another one goes on where it was" in mine.seen(running)
    mine.put(running, status="PENDING", crashes=1)
    assert "Another one goes on where it was" in mine.seen(running)
    mine.put(running, status="FAILED", error="crashed")
    text = mine.seen(running)
    assert "It broke several times in a row" in text
    assert "Nothing of it is stored" in text
    assert '<meta http-equiv="refresh"' not in mine.pages.page(running)


def test_calling_it_off(mine: Importing) -> None:
    url = mine.found((PACKAGE, "a.zip"))
    mine.pages.post(f"{url}/start")
    reply = mine.pages.post(f"{url}/cancel", htmx=True)
    check_fragment(reply.text)
    assert "Called off." in reply.text
    mine.browsing.work()
    assert "Called off." in mine.seen(url)
    with db.connection():
        assert db.query("SELECT count(*) FROM import_uploads") == [(0,)]


def test_throwing_away_what_was_found(mine: Importing) -> None:
    url = mine.found((PACKAGE, "a.zip"))
    assert mine.pages.post(f"{url}/cancel").headers["Location"] == url
    assert "Called off." in mine.seen(url)
    assert "Called off" in words_of(mine.pages.page("/imports"))


def test_too_late_to_call_it_off(mine: Importing, wiring: Wiring) -> None:
    url = mine.found((PACKAGE, "a.zip"))
    mine.put(url, status="PROCESSING", phase="merging", started_at=wiring.clock())
    assert "it is being merged" in mine.pages.post(f"{url}/cancel", htmx=True).text
    mine.pages.post(f"{url}/cancel")
    assert "it is being merged" in mine.seen(url)
    mine.put(url, status="COMPLETED", receipt="{}", completed_at=wiring.clock())
    assert "it was over already" in mine.pages.post(f"{url}/cancel", htmx=True).text


def test_others_imports_do_not_exist(mine: Importing, browsing: Browsing) -> None:
    url = mine.brought((PACKAGE, "a.zip"))
    other = Importing(browsing, "tiny")
    for address in (url, f"{url}/progress", f"{url}/receipt.csv", "/imports/99999999999999999999"):
        assert other.pages.client.get(address).status_code == 404
    for address in (f"{url}/start", f"{url}/cancel"):
        assert other.pages.post(address).status_code == 404
    assert "my_spotify" not in other.pages.page("/imports")
    waiting = mine.found((PACKAGE, "b.zip"))
    assert other.pages.client.get(f"{waiting}/receipt.csv").status_code == 404
    assert mine.pages.client.get(f"{waiting}/receipt.csv").status_code == 404


def test_names_are_shown_and_never_run(mine: Importing) -> None:
    evil = '"><img src=x onerror=alert(1)>'
    packed = zipped({f"../../{evil}.json": told(master_metadata_track_name=evil)})
    for sent in ((told(), f"C:\\x\\{evil}.json"), (packed, "a.zip"), (told(), "\x00\u202e.json")):
        url = mine.brought(sent)
        for page in (url, "/imports", "/history"):
            assert "<img src=x" not in mine.pages.page(page)
    names = [row[0] for row in _names()]
    assert f"{evil}.json" in names
    assert not [name for name in names if ".." in name or "\\" in name]


def _names() -> list[tuple[str]]:
    with db.connection():
        return [(row[0],) for row in db.query("SELECT name FROM import_files")]


def test_a_long_list_takes_no_more_statements(mine: Importing) -> None:
    taken = []
    for _ in range(2):
        for _ in range(3):
            mine.pages.post(f"{mine.found((told(), 'a.json'))}/cancel")
        with counted() as counter:
            mine.pages.page("/imports")
        taken.append(len(counter.statements))
    assert taken[0] == taken[1] <= 8


def test_htmx_is_led_on_too(mine: Importing) -> None:
    reply = mine.send((BytesIO(PACKAGE), "a.zip"), htmx=True)
    assert (reply.status_code, reply.text) == (204, "")
    assert reply.headers["HX-Redirect"].startswith("/imports/")
    assert mine.pages.client.get("/imports/1/progress", headers=HTMX).status_code == 200
