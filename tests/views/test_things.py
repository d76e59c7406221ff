"""The pages of artists, albums and tracks as a listener sees them, and who else does not."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.playing import missed
from tests.queries.shelving import counted, list_playlist, save, unsave
from tests.views.histories import LISTED, History
from tests.views.importing import words_of
from webapp import db
from webapp.domain.library import Kind
from webapp.views.history_listing import mark_of

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
FIRST, LAST = NOW - 800 * DAY, NOW - 2 * DAY
NIA = "artist-Nia Osei"
EVIL = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def mine(browsing: Browsing) -> History:
    return History(browsing)


def heard(mine: History) -> History:
    mine.play((LISTED, FIRST), (LISTED, LAST), ("t1", LAST - DAY), ("t3", LAST), ("gone", LAST))
    return mine


def test_only_listeners_come_in(pages: Pages) -> None:
    for kind in ("artist", "album", "track"):
        pages.page(f"/{kind}/x", status=401)


def test_a_track_tells_its_numbers_and_leads_on(mine: History) -> None:
    text = heard(mine).pages.page(f"/track/{LISTED}")
    words = words_of(text)
    assert "plays 2 listened 2 min of all time #1 of the last 4 weeks #1 with 1 play" in words
    for at in (FIRST, LAST):
        assert f'href="/history/play/{mark_of(at, LISTED)}"' in text
        assert f'href="/history?day={at.date().isoformat()}"' in text
        mine.pages.page(f"/history/play/{mark_of(at, LISTED)}")
    for url in (f"/artist/{quote(NIA)}", "/album/album-Reel"):
        assert f'href="{url}"' in text
    assert f"https://open.spotify.com/track/{LISTED}" in text
    assert "It was never saved" in words
    for chart in ("plays-by-month", "plays-by-day", "places-by-year", "places-by-month"):
        assert f'id="{chart}"' in text


def test_an_artist_and_an_album_tell_what_is_theirs(mine: History) -> None:
    artist = heard(mine).pages.page(f"/artist/{quote(NIA)}")
    assert re.findall(r'href="(/track/[^"]+)"', artist) == [f"/track/{LISTED}", "/track/t1"]
    assert 'href="/album/album-Reel"' in artist
    assert f'href="/history?artist={quote(NIA).replace("%20", "+")}"' in artist
    album = mine.pages.page("/album/album-Reel")
    assert re.findall(r'href="(/track/[^"]+)"', album) == [f"/track/{LISTED}", "/track/t1"]
    assert "plays 3 listened 3 min" in words_of(album)


def test_what_is_only_in_the_library_has_a_page_with_no_plays(mine: History) -> None:
    mine.play(("t1", LAST))
    with db.connection():
        save(mine.id, Kind.SAVED_TRACK, LISTED, at=NOW - 9 * DAY)
        unsave(mine.id, Kind.SAVED_TRACK, LISTED, at=NOW - DAY)
        list_playlist(mine.id, "list", [LISTED], name="<i>Slow</i>", at=NOW - 3 * DAY)
    text = mine.pages.page(f"/track/{LISTED}")
    words = words_of(text)
    assert "0 plays yet" in words
    assert "Saved on" in words
    assert ", removed by" in words
    assert 'href="/library/playlists/list"' in text
    assert "&lt;i&gt;Slow" in text
    assert "plays-by-month" not in text


def test_what_was_not_heard_lately_says_so(mine: History) -> None:
    mine.play(("t1", FIRST))
    words = words_of(mine.pages.page("/track/t1"))
    assert "Not heard in the last 24 months." in words
    assert "of the last 4 weeks \N{EN DASH} not heard" in words
    assert "Day by day" not in words


def test_gaps_make_it_at_least(mine: History) -> None:
    heard(mine)
    with db.connection():
        missed(mine.id, FIRST, FIRST + DAY)
    words = words_of(mine.pages.page(f"/track/{LISTED}"))
    assert "plays at least 2 listened at least 2 min" in words
    assert "Plays may be missing" in words


def test_others_and_nobody_do_not_exist(mine: History, browsing: Browsing) -> None:
    heard(mine)
    other = browsing.sign_in("tiny")
    for url in (f"/track/{LISTED}", f"/artist/{quote(NIA)}", "/album/album-Reel", "/track/gone"):
        mine.pages.page(url)
        other.page(url, status=404)
    odd = ("%00", "%0A", "x" * 201, "a/b", "%2e", quote(EVIL), "name:0", "")
    for kind in ("track", "artist", "album"):
        for name in odd:
            assert mine.pages.client.get(f"/{kind}/{name}").status_code == 404


def test_names_are_only_names_and_odd_ids_have_pages(mine: History) -> None:
    mine.play(("t3", LAST), ("t3", LAST - DAY), ("t1", LAST), ("name:1/2?&#é", LAST))
    with db.connection():
        db.query("UPDATE tracks SET name = repeat('W', 10000) WHERE id = 't1'")
    text = mine.pages.page("/track/t3")
    links = re.findall(r'href="(/(?:artist|album)/[^"]+)"', text)
    assert len(links) == 2
    for url in ("/track/t3", *links, "/history", "/track/t1"):
        text = mine.pages.page(url)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>Zed" not in text
    text = mine.pages.page("/track/t3")
    assert "&lt;script&gt;alert" in text
    assert "open.spotify.com" not in text.split("<main")[1]
    named = mine.pages.page(f"/track/{quote('name:1/2?&#é')}")
    assert "No name" in named
    assert "Open in Spotify" not in named


def test_a_page_takes_few_statements_and_fewer_until_something_changes(mine: History) -> None:
    heard(mine)
    for url in (f"/track/{LISTED}", f"/artist/{quote(NIA)}", "/album/album-Reel"):
        with counted() as first:
            mine.pages.page(url)
        with counted() as again:
            mine.pages.page(url)
        assert len(again.statements) < len(first.statements) <= 14, first.statements
    mine.play(("t1", LAST), ("t1", LAST - 2 * DAY))
    with db.connection():
        db.query("UPDATE users SET data_version = data_version + 1")
    assert "of the last 4 weeks #2 with 1 play" in words_of(mine.pages.page(f"/track/{LISTED}"))
