"""Top Songs in the browser: all years, one year, and the listener's word."""

import re

import pytest

from tests.browsing import Browsing
from tests.pages import Pages, check_page
from webapp import db


@pytest.fixture
def nova(browsing: Browsing) -> Pages:
    return browsing.sign_in("nova", work=True)


@pytest.fixture
def medium(browsing: Browsing) -> Pages:
    return browsing.sign_in("medium", work=True)


def playlist_of(browsing: Browsing, listener: str, part: str = "") -> str:
    """Give the id of an own playlist: one with this in its name, else the last and plainest."""
    own = browsing.standin.world.own_playlists(listener)
    return next((p.id for p in own if part and part in p.name), own[-1].id)


def test_all_years_are_found_whatever_their_language(nova: Pages) -> None:
    text = nova.page("/top-songs")
    for year in range(2019, 2026):
        assert f'href="/top-songs/{year}"' in text
    assert re.search(r"songs? ha(s|ve) been with you through all 6 years", text)
    assert text.count("100 songs") >= 6


def test_the_flow_is_a_picture_and_a_table_of_the_same(nova: Pages) -> None:
    text = nova.page("/top-songs")
    said = re.search(r'<desc id="flow-desc">(.*?)</desc>', text)
    assert said
    flows = re.findall(r"(\d+) stayed in \d+ and (\d+) left", said[1])
    assert len(flows) == 5
    for kept, gone in flows:
        assert int(kept) + int(gone) == 100
        assert f">{kept}</td>" in text
        assert f">{gone}</td>" in text
    assert text.count('class="flow__year"') == 6
    artists = nova.page("/top-songs?of=artists")
    assert "Artists from year to year" in artists
    assert "Artists from year to year" not in text
    nova.page("/top-songs?of=albums", status=404)


def test_a_year_shows_its_list(nova: Pages) -> None:
    text = nova.page("/top-songs/2023")
    assert "2023 in 100 songs" in text
    assert len(re.findall(r'<li class="row">', text)) >= 100
    assert "Deine Top-Songs 2023" in text
    assert re.search(r"Of 2022, \d+ stayed in 2023", text)
    assert "songs of 2022 that left" in text
    came_back = re.search(r"(\d+) came back", text)
    assert came_back
    assert text.count(", back again") == int(came_back[1]) > 0


def test_a_closed_list_and_a_beginning_are_explained(medium: Pages) -> None:
    closed = medium.page("/top-songs/2019")
    assert "it is closed" in closed
    assert "Add to playlist" in closed
    with db.connection():
        ((year,),) = db.query("SELECT extract(year FROM max(ended_at)) FROM plays")
    plays = medium.page(f"/top-songs/{int(year)}")
    assert "50 plays" in plays
    assert "is a beginning" in plays


def test_a_year_of_which_there_is_nothing_is_not_there(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    for year in ("2012", "99999999999999999999", "0", "x"):
        pages.page(f"/top-songs/{year}", status=404)


def test_without_any_list_it_is_said_how_to_get_one(browsing: Browsing) -> None:
    text = browsing.sign_in("empty").page("/top-songs")
    assert "0 lists of Top Songs" in text
    assert "New playlist" in text


def test_a_playlist_of_any_name_can_be_marked(medium: Pages, browsing: Browsing) -> None:
    playlist_id = playlist_of(browsing, "medium")
    reply = medium.post("/top-songs/marks", playlist_id=playlist_id, year="2012")
    assert reply.status_code == 303
    assert reply.headers["Location"] == "/top-songs/2012"
    assert "Marked by you" in medium.page("/top-songs/2012")
    assert medium.post(f"/playlists/{playlist_id}/top-songs-mark/delete").status_code == 303
    medium.page("/top-songs/2012", status=404)


def test_a_marked_list_wins_and_the_other_is_offered(medium: Pages, browsing: Browsing) -> None:
    assert "2024 in 100 songs" in medium.page("/top-songs/2024")
    playlist_id = playlist_of(browsing, "medium")
    medium.post(f"/playlists/{playlist_id}/top-songs-mark", year="2024")
    text = medium.page("/top-songs/2024")
    assert "2024 in 100 songs" not in text
    assert "Another list of 2024" in text
    assert "Use this one" in text


def test_a_list_can_be_said_not_to_be_one(medium: Pages, browsing: Browsing) -> None:
    playlist_id = playlist_of(browsing, "medium", "2024")
    reply = medium.post(f"/playlists/{playlist_id}/top-songs-mark", year="")
    assert reply.headers["Location"] == "/top-songs"
    medium.page("/top-songs/2024", status=404)
    assert "because you said so" in medium.page("/top-songs")


def test_a_year_that_makes_no_sense_is_refused(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    url = f"/playlists/{playlist_of(browsing, 'tiny')}/top-songs-mark"
    for year in ("1949", "3000", "20 23", "\uff12\uff10\uff12\uff13", "x", "-1"):
        reply = pages.post(url, year=year)
        assert reply.status_code == 422, year
        check_page(reply.text)
        assert "Nothing was changed" in reply.text
    assert pages.post(url).status_code == 422, "the field is missing"
    with db.connection():
        assert db.query("SELECT count(*) FROM top_songs_marks") == [(0,)]


def test_only_ones_own_playlists_can_be_marked(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    for playlist_id in ("nothing", "a%00b", playlist_of(browsing, "nova")):
        reply = pages.post(f"/playlists/{playlist_id}/top-songs-mark", year="2020")
        assert reply.status_code == 404, playlist_id


def test_marking_needs_the_token_and_a_listener(pages: Pages, browsing: Browsing) -> None:
    url = f"/playlists/{playlist_of(browsing, 'tiny')}/top-songs-mark"
    assert browsing.sign_in("tiny").post(url, csrf=False, year="2020").status_code == 422
    assert pages.post(url, year="2020").status_code == 401
    pages.page("/top-songs", status=401)


def test_hostile_names_are_shown_as_they_are(medium: Pages) -> None:
    text = medium.page("/top-songs") + medium.page("/top-songs/2024")
    assert "<b>“Zed”" not in text
    assert "<script>alert" not in text
    assert "&lt;" in text
