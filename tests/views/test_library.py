"""The library's pages: lists searched, ordered and paged, playlists, and the past."""

import re
from datetime import datetime, timedelta

import pytest

from tests.browsing import Browsing
from tests.pages import HTMX, Pages
from tests.queries.shelving import counted
from webapp import db
from webapp.domain.library import Change, Event, Kind
from webapp.queries import library, playlists
from webapp.services.wiring import Wiring

LISTS = ("tracks", "albums", "artists", "playlists")
EMPTY = (
    "0 saved tracks",
    "0 saved albums",
    "0 followed artists",
    "0 playlists",
    "0 tracks",
)
PLACES = (*(f"/library/{name}" for name in LISTS), "/library")


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


def playlist_of(browsing: Browsing, listener: str, place: int = 0) -> str:
    return f"/library/playlists/{browsing.standin.world.own_playlists(listener)[place].id}"


def test_only_listeners_come_in(pages: Pages) -> None:
    for url in (
        *PLACES,
        "/library/tracks/list",
        "/library/playlists/x",
        "/library/playlists/x/list",
    ):
        pages.page(url, status=401)


def test_an_empty_library_says_how_to_fill_it(browsing: Browsing) -> None:
    pages = browsing.sign_in("empty")
    for url, words in zip(PLACES, EMPTY, strict=True):
        text = pages.page(url)
        assert words in text
        assert "in Spotify" in text


def test_the_shelves_count_and_lead_on(tiny: Pages) -> None:
    text = tiny.page("/library")
    for words in ("60 tracks", "5 albums", "8 artists", "2 playlists", "50 plays kept"):
        assert words in text
    for name in LISTS:
        assert f'href="/library/{name}"' in text


def test_pages_of_saved_tracks(tiny: Pages) -> None:
    first, second = tiny.page("/library/tracks"), tiny.page("/library/tracks?page=2")
    assert first.count('class="row"') == 50
    assert second.count('class="row"') == 10
    assert "60 tracks" in first
    assert 'href="/library/tracks?page=2"' in first
    assert 'href="/library/tracks"' in second


def test_what_is_not_there_is_not_found(tiny: Pages) -> None:
    pages = (f"page={page}" for page in (3, 999_999, 0, -1, "x", 1_000_000_000, "²"))
    for query in (*pages, "sort=x", "at=x"):
        tiny.page(f"/library/tracks?{query}", status=404)
        tiny.page(f"/library/tracks/list?{query}", status=404)


def test_every_order_and_its_fragment(tiny: Pages) -> None:
    for name in LISTS:
        sorts = re.findall(rf'href="/library/{name}\?sort=(\w+)"', tiny.page(f"/library/{name}"))
        assert sorts
        for sort in sorts:
            tiny.page(f"/library/{name}?sort={sort}&q=a")
            tiny.fragment(f"/library/{name}/list?sort={sort}&q=a")


def test_a_list_takes_few_statements_however_long_it_is(browsing: Browsing) -> None:
    pages = browsing.sign_in("medium", work=True)
    urls = (*PLACES, "/library/tracks/list?q=a", playlist_of(browsing, "medium"), "/top/tracks")
    for url in urls:
        with counted() as counter:
            assert pages.client.get(url).status_code == 200
        besides = 2  # who is signed in, and whether Spotify has asked for a pause
        assert len(counter.statements) <= besides + (4 if url == "/library" else 2), url


def test_a_search_finds_and_says_when_it_does_not(tiny: Pages, browsing: Browsing) -> None:
    track = browsing.standin.world.listeners["tiny"].library.tracks[0]
    name = browsing.standin.world.music.tracks[track.id].name
    found = tiny.client.get("/library/tracks/list", query_string={"q": name.upper()}, headers=HTMX)
    assert f'href="/track/{track.id}"' in found.text
    assert found.headers["HX-Push-Url"].startswith("/library/tracks?q=")
    tiny.page("/library/tracks?q=%00%01%E2%80%AE")
    for url in ("/library/tracks?q=%3Cb%3Exyz&sort=title", "/library/playlists?q=%3Cb%3Exyz"):
        text = tiny.page(url)
        assert "0 found for “&lt;b&gt;xyz”" in text
        assert "Show all" in text


def test_hostile_names_are_only_names(browsing: Browsing) -> None:
    browsing.standin.world.create_playlist("medium", '"><img src=x onerror=alert(1)>')
    pages = browsing.sign_in("medium", work=True)
    for url in (
        *PLACES,
        "/library/tracks?q=script",
        "/library/playlists/list?q=img",
        playlist_of(browsing, "medium", 0),
        playlist_of(browsing, "medium", 3),
        "/dashboard",
        "/top/tracks",
    ):
        text = pages.client.get(url).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>“Zed”" not in text
    assert "&lt;script&gt;alert" in pages.page("/library/playlists")


def test_a_playlist_shows_odd_entries_in_their_places(browsing: Browsing) -> None:
    pages = browsing.sign_in("medium", work=True)
    text = pages.page(playlist_of(browsing, "medium", 3))
    for words in ("No longer in Spotify", "Local file", "Podcast episode", "Open in Spotify"):
        assert words in text
    episode, *_ = address_of(text, "Podcast episode")
    assert "open.spotify.com/episode/" in pages.page(episode)
    local, *_ = address_of(text, "Local file")
    assert "open.spotify.com/track/" not in pages.page(local)


def test_a_playlist_is_searched_at_its_places(tiny: Pages, browsing: Browsing) -> None:
    world = browsing.standin.world
    playlist = world.own_playlists("tiny")[0]
    last = world.music.tracks[playlist.entries[-1].ref]
    url = f"/library/playlists/{playlist.id}"
    reply = tiny.client.get(f"{url}/list", query_string={"q": last.name}, headers=HTMX)
    assert f'<span class="row__rank">{len(playlist.entries)}' in reply.text
    assert reply.headers["HX-Push-Url"].startswith(f"{url}?q=")
    assert "0 found" in tiny.fragment(f"{url}/list?q=nothing-is-called-this")


def test_a_playlist_of_someone_else_does_not_exist(browsing: Browsing) -> None:
    tiny, empty = browsing.sign_in("tiny"), browsing.sign_in("empty")
    url = playlist_of(browsing, "tiny")
    tiny.page(url)
    for path in (url, f"{url}/list", f"{url}?at=2026-01-01", "/library/playlists/nonsense"):
        empty.page(path, status=404)


def test_a_closed_playlist_says_why_it_is_empty(browsing: Browsing) -> None:
    pages = browsing.sign_in("medium", work=True)
    closed = next(
        item
        for item in browsing.standin.world.listeners["medium"].library.playlists
        if item is not None and item.owner_id == "spotify"
    )
    text = pages.page(f"/library/playlists/{closed.id}")
    assert "0 tracks shown" in text
    assert "Playlist by Spotify" in text


def test_plays_have_moved_to_the_history(pages: Pages) -> None:
    for query, there in (("", ""), ("?before=5-a%26b", "?before=5-a%26b"), ("?x=1", "")):
        reply = pages.client.get(f"/library/recent{query}")
        assert (reply.status_code, reply.headers["Location"]) == (301, f"/history{there}")


def test_a_day_that_is_none_is_not_found_with_the_reason(tiny: Pages) -> None:
    for day in ("2026-02-30", "20260303", "2026-W10-2", "9999-12-31", "0000-01-01", "²", "%00"):
        for url in ("/library/tracks", "/library/playlists"):
            assert "There is no such day" in tiny.page(f"{url}?at={day}", status=404)


def test_before_the_first_sync_nothing_is_known(tiny: Pages) -> None:
    for day in ("2026-03-03", "0001-01-01"):
        for name in LISTS:
            text = tiny.page(f"/library/{name}?at={day}")
            assert "As it was on" in text
            assert "0 known on" in text
            assert f'href="/library/{name}"' in text


def test_the_past_is_shown_with_a_way_back(tiny: Pages, browsing: Browsing, wiring: Wiring) -> None:
    account, now = browsing.account("tiny"), wiring.clock()
    mine = browsing.standin.world.own_playlists("tiny")[0]
    with db.connection():
        gone = next(iter(library.known(account.id, Kind.SAVED_TRACK)))
        born = now - timedelta(days=30)
        change = Change(event=Event.ADDED, item_id=gone, added_at=born.isoformat())
        library.record(account.id, Kind.SAVED_TRACK, [change], born, None)
        version = playlists.version_at(account.id, mine.id, now + timedelta(seconds=1))
        assert version is not None
        playlists.record(account.id, [version], born, None)
        playlists.record_gone(account.id, [mine.id], now, None)
    then = f"at={day_of(now - timedelta(days=5))}"
    text = tiny.page(f"/library/tracks?{then}")
    assert "1 track" in text
    assert f'name="at" value="{then[3:]}"' in text
    listed = tiny.page(f"/library/playlists?{then}")
    assert f'href="/library/playlists/{mine.id}?{then}"' in listed
    assert "As it was on" in tiny.page(f"/library/playlists/{mine.id}?{then}")
    tiny.fragment(f"/library/playlists/{mine.id}/list?{then}")
    assert mine.id not in tiny.page("/library/playlists")
    assert "left your library" in tiny.page(f"/library/playlists/{mine.id}")
    early = tiny.page(f"/library/playlists/{mine.id}?at=2020-01-01", status=404)
    assert "Not there on that day" in early


def test_today_is_a_day_of_the_past_too(tiny: Pages, wiring: Wiring) -> None:
    assert "60 tracks" in tiny.page(f"/library/tracks?at={day_of(wiring.clock())}")


def day_of(moment: datetime) -> str:
    return moment.date().isoformat()


def address_of(text: str, words: str) -> list[str]:
    """Find where the rows lead that say this."""
    rows = [row for row in text.split('<li class="row">') if words in row]
    return re.findall(r'href="(/track/[^"]+)"', "".join(rows))
