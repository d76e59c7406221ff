"""Top lists: ranges, movement, links to the things' own pages."""

from datetime import timedelta

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from webapp import db
from webapp.domain.library import Kind
from webapp.domain.provider import TimeRange
from webapp.queries import library
from webapp.services.wiring import Wiring


@pytest.mark.parametrize("kind", ["tracks", "artists"])
def test_every_list_has_fifty_places(browsing: Browsing, kind: str) -> None:
    pages = browsing.sign_in("tiny")
    for query in ("", *(f"?range={time_range}" for time_range in TimeRange)):
        text = pages.page(f"/top/{kind}{query}")
        assert text.count('class="row"') == 50
        assert text.count(f'href="/{kind[:-1]}/') == 50
        assert 'class="movement' not in text
        assert "As of" in text


def test_other_lists_do_not_exist(browsing: Browsing) -> None:
    pages = browsing.sign_in("empty")
    for url in ("/top/albums", "/top/tracks?range=ever", "/top/", "/top"):
        pages.page(url, status=404)


def test_a_list_without_places_says_what_to_do(browsing: Browsing) -> None:
    text = browsing.sign_in("empty").page("/top/artists")
    assert "0 in this list" in text
    assert "/dashboard" in text


def test_only_listeners_come_in(pages: Pages) -> None:
    pages.page("/top/tracks", status=401)


def test_places_moved_since_the_list_before(browsing: Browsing, wiring: Wiring) -> None:
    pages = browsing.sign_in("tiny")
    user_id, later = browsing.account("tiny").id, wiring.clock() + timedelta(seconds=1)
    with db.connection():
        now = library.last_top_lists(user_id, "tracks", later)[TimeRange.SHORT]
        new = next(iter(library.known(user_id, Kind.SAVED_TRACK).keys() - set(now)))
        moved = {TimeRange.SHORT: [now[2], now[0], new, now[3]]}
        library.record_top_lists(user_id, "tracks", moved, later, None)
    text = pages.page("/top/tracks")
    assert text.count('class="row"') == 4
    assert text.count("movement--up") == 1
    assert text.count("movement--down") == 1
    assert text.count("movement--new") == 1
    assert "Arrows compare" in text
