"""The pages about trends: from what is stored, whoever looks, whatever the sources do."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask
from markupsafe import escape

from demo.standin.faults import Fault
from demo.standin.server import StandIn
from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.playing import played
from tests.queries.shelving import counted, know, make_track
from webapp import db
from webapp.domain.stats import Item
from webapp.domain.trends import FRESH_FOR, Kind, Trend
from webapp.queries import naming, trend_listening
from webapp.services import trend_pages, trends
from webapp.services.wiring import Wiring

APIS = ("spotify", "cache", "stats")
JOB = "rq:job:trends-False"
URL_SAFE = "!$&'()*+,/:;=@"
"""What Werkzeug leaves as it is in a path."""


@pytest.fixture
def warm(wiring: Wiring, standin: StandIn) -> None:
    """Read the charts now, and forget that anybody was asked."""
    read_at(wiring, wiring.clock())
    standin.world.log.clear()


def read_at(wiring: Wiring, moment: datetime) -> None:
    with db.connection():
        trends.refresh(replace(wiring, clock=lambda: moment))


def test_a_cold_start_has_a_page_and_asks_once(
    pages: Pages, standin: StandIn, wiring: Wiring
) -> None:
    standin.world.faults.add(Fault(kind="server_error"))
    for _ in range(3):
        text = pages.page("/browse")
        assert "Nothing here yet" in text
        assert "ListenBrainz was not asked yet." in text
    assert not standin.world.log, "a page never asks outside"
    assert wiring.redis.llen("rq:queue:trends") == 1


def test_a_visitor_finds_every_shelf_without_a_call(
    warm: None, pages: Pages, standin: StandIn, wiring: Wiring
) -> None:
    with counted() as counter:
        text = pages.page("/browse")
    assert len(counter.statements) == 1, counter.statements
    assert text.count('class="tile ') >= 20
    assert 'loading="lazy"' in text
    assert "csrf" not in text
    for shelf in ("albums", "artists", "tracks"):
        assert "Deezer No. 1<" in pages.page(f"/browse?list={shelf}")
    assert not standin.world.log
    assert not wiring.redis.exists(JOB), "what is fresh is left alone"


def test_old_data_is_shown_dated_and_read_anew_behind_the_visitor(
    pages: Pages, standin: StandIn, wiring: Wiring
) -> None:
    read_at(wiring, wiring.clock() - FRESH_FOR - timedelta(hours=1))
    standin.world.log.clear()
    for _ in range(2):
        assert "As of 7 hours ago." in pages.page("/browse")
    assert wiring.redis.llen("rq:queue:trends") == 1
    assert not standin.world.log


def test_whichever_page_about_charts_is_looked_at_notices_that_they_are_old(
    pages: Pages, wiring: Wiring
) -> None:
    read_at(wiring, wiring.clock() - FRESH_FOR - timedelta(hours=1))
    with db.connection():
        item = next(one for one in trend_pages.read().items if one.kind is Kind.ALBUM)
    own, api = f"/browse/albums/{item.id}", f"/api/albums/appearances/{item.id}"
    urls = [own, api, "/browse/statistics", *(f"/api/{name}/trending" for name in APIS)]
    assert {url: asked(url, pages, wiring) for url in urls} == dict.fromkeys(urls, 1)
    read_at(wiring, wiring.clock())
    asked("/browse", pages, wiring)
    with counted() as counter:
        assert {url: asked(url, pages, wiring) for url in urls} == dict.fromkeys(urls, 0)
    looks = [sql for sql in counter.statements if "stamp" in sql]
    assert len(looks) == 1, "the album's page shows it, the others know"


def asked(url: str, pages: Pages, wiring: Wiring) -> int:
    """Look at an address; tell how many refreshes that queued."""
    wiring.redis.flushdb()
    pages.client.get(url)
    return int(wiring.redis.llen("rq:queue:trends"))


def test_the_list_follows_what_is_asked(warm: None, pages: Pages) -> None:
    with db.connection():
        items = trend_pages.read().items
    album = next(one for one in items if one.genres and one.places[0].shelf == "releases")
    for query in (f"q={album.name}", f"genre={album.genres[0]}", f"q={album.artist_names[:6]}"):
        text = pages.fragment(f"/browse/list?{query}")
        assert f"/browse/albums/{album.id}" in text
    deezer = pages.fragment("/browse/list?list=albums&source=deezer")
    assert "Deezer No. 1<" in deezer
    assert "0 found" in pages.page("/browse?q=<b>%25_nothing")
    reply = pages.client.get("/browse/list?list=albums&q=a", headers={"HX-Request": "true"})
    assert reply.headers["HX-Push-Url"] == "/browse?list=albums&q=a"
    for wrong in ("list=x", "source=x", "page=0", "page=99"):
        pages.page(f"/browse?{wrong}", status=404)


def test_an_album_has_a_page_under_the_id_it_goes_by(warm: None, pages: Pages) -> None:
    with db.connection():
        items = trend_pages.read().items
        albums = [one for one in items if one.mbid and one.deezer_id and one.kind == "album"]
        first, second = sorted(one.id for one in albums)[:2]
        db.query("INSERT INTO trend_merges VALUES (%s, %s)", second, first)
    with counted() as counter:
        text = pages.page(f"/browse/albums/{first}")
    assert len(counter.statements) <= 6, counter.statements
    assert "https://musicbrainz.org/release-group/" in text
    assert "https://www.deezer.com/album/" in text
    moved = pages.client.get(f"/browse/albums/{second}")
    assert (moved.status_code, moved.location) == (301, f"/browse/albums/{first}")
    artist = next(one.id for one in items if one.kind == "artist")
    for nobody in (artist, 10**9, 2**70):
        pages.page(f"/browse/albums/{nobody}", status=404)


def test_words_that_find_nothing_here_lead_to_where_they_do(warm: None, pages: Pages) -> None:
    with db.connection():
        song = next(one for one in trend_pages.read().items if one.kind == "track")
    text = pages.page(f"/browse?list=artists&source=deezer&q={quote(song.name)}")
    assert "0 found here" in text
    assert f"/browse?list=tracks&amp;q={quote_plus(song.name)}" in text


def test_all_that_charts_has_a_page_and_what_is_known_leads_on(
    warm: None, pages: Pages, browsing: Browsing, standin: StandIn, wiring: Wiring
) -> None:
    listener = browsing.sign_in("tiny")
    user_id = browsing.account("tiny").id
    with db.connection():
        items = trend_pages.read().items
        some = {kind: next(one for one in items if stands(one, kind)) for kind in Kind}
        album, artist, song = (some[kind] for kind in (Kind.ALBUM, Kind.ARTIST, Kind.TRACK))
        tracks = [
            make_track("x1", "Any", album.artist_names, album.name),
            make_track("x2", "Any", artist.name, "Any"),
            make_track("x3", song.name, song.artist_names, "Another"),
        ]
        know(tracks)
        naming.name_catalogue()
        played(user_id, [(track.id, wiring.clock()) for track in tracks])
        own = {
            kind: (one.id, trend_listening.known(user_id, Item(kind), one.id)[Item(kind)])
            for kind, one in some.items()
        }
    standin.world.log.clear()
    for kind, (item_id, thing_id) in own.items():
        address = f"/browse/{kind}s/{item_id}"
        assert f'href="{address}"' in pages.page(f"/browse?list={kind}s")
        assert "In your listening" not in pages.page(address)
        text = listener.page(address)
        assert str(escape(f"/{kind}/{quote(thing_id, safe=URL_SAFE)}")) in text
        listener.page(f"/{kind}/{thing_id}")
        for other in set(Kind) - {kind}:
            pages.page(f"/browse/{other}s/{item_id}", status=404)
    assert not standin.world.log


def test_new_to_me_leaves_out_what_a_listener_knows(
    warm: None, browsing: Browsing, standin: StandIn
) -> None:
    with db.connection():
        album = next(one for one in trend_pages.read().items if one.places[0].shelf == "releases")
    listener = browsing.sign_in("tiny")
    with db.connection():
        user_id = browsing.account("tiny").id
        db.query("INSERT INTO listener_collection VALUES (%s, %s, now())", user_id, album.id)
    standin.world.log.clear()
    address = f"/browse/albums/{album.id}"
    search = f"/browse?q={album.name}"
    assert address in listener.page(search)
    assert address not in listener.page(f"{search}&new=1")
    assert not standin.world.log


def test_an_admin_reads_all_anew_and_nobody_else(
    pages: Pages, browsing: Browsing, standin: StandIn, app: Flask
) -> None:
    admin, other = browsing.sign_in("tiny"), browsing.sign_in("empty")
    assert "Read all charts now" in admin.page("/browse")
    assert "Read all charts now" not in other.page("/browse")
    assert other.post("/browse/refresh").status_code == 403
    assert pages.client.post("/browse/refresh").status_code == 422, "without a token"
    assert admin.post("/browse/refresh").status_code == 303
    assert "being read anew" in admin.page("/browse")
    browsing.work()
    assert admin.page("/browse").count('class="tile ') >= 20


def stands(item: Trend, kind: Kind) -> bool:
    """Tell whether it is of a kind, and on the shelf of that kind."""
    return item.kind is kind and any(place.shelf == f"{kind}s" for place in item.places)
