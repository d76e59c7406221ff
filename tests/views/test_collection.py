"""One's own collection: one click, its undo, and Spotify's library where its owner allows it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from demo.standin.faults import Fault, Kind
from tests.browsing import Browsing
from tests.pages import Pages, check_fragment
from tests.queries.charting import MONDAY, charted, met
from webapp import db

HOSTILE = "<script>alert(1)</script>"
ELSEWHERE = """
INSERT INTO collected_elsewhere (user_id, kind, name, artist_names, image_url, genres, added_at)
VALUES (%s, 'album', %s, %s, 'https://i.example/"><b>', '{}', now()) RETURNING id
"""


@pytest.fixture
def tiny(browsing: Browsing) -> Pages:
    return browsing.sign_in("tiny")


@pytest.fixture
def allowed(browsing: Browsing) -> Pages:
    """Sign in, then let Backspin change the library."""
    pages = browsing.sign_in("tiny")
    back = browsing.consent(pages, "tiny", "/auth/spotify?change_library=1")
    reply = browsing.come_back(pages, back)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/collection")
    return pages


def kept() -> list[int]:
    return [item for (item,) in db.query("SELECT item_id FROM listener_collection ORDER BY 1")]


def saved(browsing: Browsing) -> set[str]:
    library = browsing.standin.world.listeners["tiny"].library
    return {one.id for one in library.albums}


def an_album(browsing: Browsing) -> str:
    """Name an album of the world that is not in the library."""
    return next(one for one in browsing.standin.world.music.albums if one not in saved(browsing))


def test_one_click_and_its_undo(tiny: Pages, database: None) -> None:
    item = met(HOSTILE)
    charted(MONDAY, [item])
    assert f'hx-post="/collection/{item}"' in tiny.page(f"/browse/albums/{item}")
    added = tiny.post(f"/collection/{item}", htmx=True)
    check_fragment(added.text)
    assert f'id="collect-{item}"' in added.text
    assert "Undo" in added.text
    assert kept() == [item]
    text = tiny.page("/collection")
    assert HOSTILE not in text
    assert "1 thing" in text
    undone = tiny.post(f"/collection/{item}/remove", htmx=True)
    check_fragment(undone.text)
    assert "Add to my collection" in undone.text
    assert kept() == []
    assert "0 things collected" in tiny.page("/collection")


def test_what_was_collected_elsewhere_is_its_listeners_alone(
    browsing: Browsing, tiny: Pages, database: None
) -> None:
    item = db.query(ELSEWHERE, browsing.account("tiny").id, HOSTILE, HOSTILE)[0][0]
    assert item < 0
    text = tiny.page("/collection")
    assert "&lt;script&gt;" in text
    assert HOSTILE not in text
    assert "/browse/albums/" not in text, "it is in no chart here"
    gone = tiny.post(f"/collection/{item}/remove", htmx=True)
    check_fragment(gone.text)
    assert "0 things collected" in tiny.page("/collection")
    there = tiny.post(f"/collection/{item}")
    assert (there.status_code, there.headers["Location"]) == (303, "/collection")
    assert "1 thing" in tiny.page("/collection")
    other = browsing.sign_in("medium")
    assert other.post(f"/collection/{item}").status_code == 404
    assert "0 things collected" in other.page("/collection")


def test_it_works_without_javascript(tiny: Pages, database: None) -> None:
    album, song = met("Album"), met("Song", "track")
    there = tiny.post(f"/collection/{album}")
    assert (there.status_code, there.headers["Location"]) == (303, f"/browse/albums/{album}")
    text = tiny.page(f"/browse/albums/{album}")
    assert "In your collection now." in text
    assert "Take out of my collection" in text
    assert tiny.post(f"/collection/{song}").headers["Location"] == f"/browse/tracks/{song}"
    assert kept() == [album, song]


def test_who_may_and_what_there_is(browsing: Browsing, pages: Pages, database: None) -> None:
    item = met("Album")
    assert pages.client.post(f"/collection/{item}").status_code == 422
    assert "Add to my collection" not in pages.page(f"/browse/albums/{item}")
    tiny = browsing.sign_in("tiny")
    assert tiny.post(f"/collection/{item}", csrf=False).status_code == 422
    for wrong in (item + 1, 2**63, 0):
        assert tiny.post(f"/collection/{wrong}").status_code == 404
    assert tiny.client.get(f"/collection/{item}").status_code == 405
    tiny.page("/collection?page=2", status=404)
    assert kept() == []
    tiny.post(f"/collection/{item}")
    assert "0 things collected" in browsing.sign_in("medium").page("/collection")


def test_nobody_is_asked_for_more_than_reading_unless_they_want(
    browsing: Browsing, pages: Pages, tiny: Pages, database: None
) -> None:
    for visitor, start in ((tiny, "/auth/spotify"), (pages, "/auth/spotify?change_library=1")):
        asked = visitor.client.get(start)
        scopes = parse_qs(urlsplit(asked.headers["Location"]).query)["scope"][0].split()
        assert not any("modify" in scope for scope in scopes)
    item = met("Album", spotify_id=an_album(browsing))
    tiny.post(f"/collection/{item}")
    assert "Save on Spotify" not in tiny.page(f"/browse/albums/{item}")
    assert tiny.post(f"/collection/{item}/spotify").status_code == 404
    assert "change_library=1" in tiny.page("/settings")
    assert {call.method for call in browsing.standin.world.log.matching("/v1/")} == {"GET"}


def test_saving_on_spotify_too_and_taking_it_back(
    browsing: Browsing, allowed: Pages, database: None
) -> None:
    album = an_album(browsing)
    item, nameless = met("Album", spotify_id=album), met("Only on Deezer")
    added = allowed.post(f"/collection/{item}", htmx=True)
    assert "Save on Spotify too" in added.text
    assert album not in saved(browsing), "never without asking"
    done = allowed.post(f"/collection/{item}/spotify", htmx=True)
    check_fragment(done.text)
    assert "Saved on Spotify." in done.text
    assert album in saved(browsing)
    back = allowed.post(f"/collection/{item}/spotify", htmx=True, do="unsave")
    assert "Taken out of your library on Spotify." in back.text
    assert album not in saved(browsing)
    assert kept() == [item]
    assert "Save on Spotify" not in allowed.post(f"/collection/{nameless}", htmx=True).text
    assert allowed.post(f"/collection/{nameless}/spotify").status_code == 404
    settings = allowed.page("/settings")
    assert re.search("You let Backspin save in your library", settings)


@pytest.mark.parametrize(
    "kind", ["server_error", "scope", "rate_limit", "drop", "premium", "unauthorized"]
)
def test_our_own_collection_outlives_spotifys_failures(
    browsing: Browsing, allowed: Pages, database: None, kind: Kind
) -> None:
    album = an_album(browsing)
    item = met("Album", spotify_id=album)
    allowed.post(f"/collection/{item}")
    browsing.standin.world.faults.add(Fault(kind=kind, match="/me/library", times=None))
    reply = allowed.post(f"/collection/{item}/spotify", htmx=True)
    assert reply.status_code == 200
    assert "Your collection here is as it was." in reply.text
    assert kept() == [item]
    assert album not in saved(browsing)
