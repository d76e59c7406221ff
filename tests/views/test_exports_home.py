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
from tests.taking import forget_catalogue, live, take
from webapp import db
from webapp.queries import accounts
from webapp.rebuild import rebuild
from webapp.services.wiring import Wiring, connect

PLAYLISTS = "/library/playlists"
PATHS = (
    *("/library", "/library/tracks", "/library/albums", "/library/artists", PLAYLISTS),
    *("/library/tracks?at=2024-06-01", "/history", "/history?day=2018-03-01", "/top-songs"),
    *("/top/tracks", "/top/artists", "/dashboard"),
)
MOVING = frozenset({"dashboard-sync", "archive-status"})
"""Parts of pages that tell how the sync and the archive stand now."""


@pytest.fixture
def wiring(settings: Settings, standin: StandIn) -> Iterator[Wiring]:
    """Wire this process with a clock that stands: no page tells of passing time."""
    clock = Clock()
    standin.world.set_clock(clock)
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
    paths = (*PATHS, playlist[1])
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
