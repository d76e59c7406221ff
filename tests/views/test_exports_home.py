"""Where an archive came home, every page shows what it showed before."""

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import html5lib
import pytest

from config import Settings
from demo.standin.server import StandIn
from tests.browsing import Browsing
from tests.importing import bring_in
from tests.pages import Pages
from tests.services.listening import Clock
from tests.taking import changed, choose, forget_catalogue, lines, live, take
from tests.views.importing import Importing
from webapp import db
from webapp.queries import accounts
from webapp.rebuild import rebuild
from webapp.services.wiring import Wiring, connect

PLAYLISTS = "/library/playlists"
PATHS = (
    *("/library", "/library/tracks", "/library/albums", "/library/artists", PLAYLISTS),
    *("/library/tracks?at=2024-06-01", "/history", "/history?day=2018-03-01", "/top-songs"),
    *("/top/tracks", "/top/artists", "/dashboard", "/collection"),
)
MOVING = frozenset({"dashboard-sync", "archive-status"})
"""Parts of pages that tell how the sync and the archive stand now."""


@pytest.fixture
def clock(standin: StandIn) -> Clock:
    """Stop the time, so that no page tells how it passes."""
    clock = Clock()
    standin.world.set_clock(clock)
    return clock


@pytest.fixture
def wiring(settings: Settings, clock: Clock) -> Iterator[Wiring]:
    """Wire this process with the clock that stands."""
    parts = connect(settings, clock)
    parts.redis.flushall()
    yield parts
    parts.redis.close()


def test_pages_are_the_same_where_an_archive_came_home(browsing: Browsing) -> None:
    pages = browsing.sign_in("medium", work=True)
    user_id = browsing.account("medium").id
    with db.connection():
        live(browsing.wiring, user_id)
        rebuild(user_id)
        archive = take(browsing.wiring, user_id)
    playlist = re.search(r'href="(/library/playlists/(?!list)[^"]+)"', pages.page(PLAYLISTS))
    assert playlist
    paths = (*PATHS, playlist[1], f"/{browsing.account('medium').username}")
    before = {path: shown(pages, path) for path in paths}
    assert all(before.values())
    with db.connection(), db.transaction():
        accounts.erase(user_id)
    pages = browsing.sign_in("medium")
    with db.connection():
        db.query("DELETE FROM syncs")  # their first one, which waits for a worker
        forget_catalogue()
        bring_in(browsing.wiring, browsing.account("medium").id, io.BytesIO(archive))
    for path in paths:
        assert shown(pages, path) == before[path], path


def shown(pages: Pages, path: str) -> str:
    """Read the words and pictures of a page, but for how the sync and the archive stand now."""
    root = html5lib.parse(pages.page(path), namespaceHTMLElements=False)
    main = root.find(".//main")
    for parent in list(main.iter()):
        for child in list(parent):
            if child.get("id") in MOVING or child.get("name") == "csrf_token":
                parent.remove(child)
    return " ".join(ET.tostring(main, encoding="unicode").split())


def test_an_archive_is_brought_back_through_the_page(browsing: Browsing, clock: Clock) -> None:
    browsing.sign_in("tiny", work=True)
    with db.connection():
        choose(browsing.account("tiny").id, clock())
        archive = take(browsing.wiring, browsing.account("tiny").id)
    clock.forward(minutes=1)
    importing = Importing(browsing)
    url = importing.found((archive, "backspin.zip"))
    found = importing.seen(url)
    assert "backspin.zip An archive of Backspin" in found
    assert "Blends are not made anew" in found
    importing.pages.post(f"{url}/start")
    browsing.work()
    text = importing.seen(url)
    assert "New 50" in text
    assert "changes of your library came with it" in text
    assert "4 things came into your collection." in text
    assert "1 blend is told of in the archive, to be read." in text
    assert "Your profile is on, and shows others what it showed before." in text
    assert "row by row" not in text, "its lines are no rows with a fate of their own"
    with db.connection():
        assert len(lines(take(browsing.wiring, importing.id), "library_events")) > 0


def test_an_archive_that_is_not_sound_is_named(browsing: Browsing) -> None:
    browsing.sign_in("tiny", work=True)
    with db.connection():
        archive = take(browsing.wiring, browsing.account("tiny").id)
    importing = Importing(browsing)
    spoilt = changed(archive, "play_reports", source="me").getvalue()
    text = importing.seen(importing.brought((spoilt, "backspin.zip")))
    assert "play_reports.jsonl" in text
    assert "is not as an archive of Backspin has it" in text
