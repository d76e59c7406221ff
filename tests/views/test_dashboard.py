"""The dashboard in every state of a library and its sync."""

import re
from datetime import timedelta

import pytest

from demo.standin.faults import Fault
from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.playing import played
from tests.queries.shelving import counted, know, make_track
from webapp import db
from webapp.domain.accounts import State
from webapp.domain.provider import TimeRange
from webapp.domain.syncs import Waiting
from webapp.queries import accounts, library, plays, syncs
from webapp.queries.plays import Heard
from webapp.queries.top_pages import TopRow
from webapp.services.wiring import Wiring
from webapp.views.opening import Picture, sentence, wall


def test_only_listeners_come_in(pages: Pages) -> None:
    pages.page("/dashboard", status=401)
    pages.page("/dashboard/overview", status=401)


def test_a_full_library_answers_what_it_is_like_now(browsing: Browsing) -> None:
    text = browsing.sign_in("tiny").page("/dashboard")
    assert "These weeks sound like" in text
    assert 'class="wall wall--9"' in text
    for number, words in ((60, "saved tracks"), (5, "saved albums"), (50, "plays kept")):
        assert re.search(rf">{number}</a>\s*</dd>", text)
        assert words in text
    assert "Synced just now" in text
    assert "The next sync is possible at" in text
    assert re.search(r"<button[^>]* disabled", text)
    assert 'hx-trigger="every' not in text


def test_the_range_switch_changes_what_is_on_top(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    for place, time_range in enumerate(TimeRange, 1):
        text = pages.page(f"/dashboard?range={time_range}")
        current = re.search(r'id="ranges-(\d)"[^>]*aria-current="true"', text)
        assert current is not None
        assert current[1] == str(place)
        assert f"/top/tracks?range={time_range}" in text
    pages.page("/dashboard?range=ever", status=404)
    pages.page("/dashboard/overview?range=ever", status=404)


def test_the_fragment_is_what_the_page_shows(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    part = pages.fragment("/dashboard/overview")
    assert 'id="library-overview"' in part
    assert 'hx-trigger="sync-ended from:body"' in part
    assert "These weeks sound like" in part


def test_a_queued_first_sync_is_watched(browsing: Browsing) -> None:
    pages = browsing.sign_in("nova")
    text = pages.page("/dashboard")
    assert "Your library is on its way, Nova Lind." in text
    assert "0 of 7 collections are here" in text
    assert 'id="sync-progress"' in text
    assert 'hx-trigger="every 2s' in text
    assert "<noscript>" in text
    assert "Sync now" not in text


def test_what_is_here_already_is_shown_while_the_rest_is_read(browsing: Browsing) -> None:
    pages = browsing.sign_in("nova")
    with db.connection():
        user_id, now = browsing.account("nova").id, browsing.wiring.clock()
        library.record_top_lists(user_id, "artists", {TimeRange.SHORT: ["a"]}, now, None)
    text = pages.page("/dashboard")
    assert text.count("being read now") == 7
    assert 'hx-trigger="every 2s' in text
    assert text.index('id="sync-progress"') < text.index("This is your library")


def test_a_dashboard_takes_few_statements(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    with counted() as counter:
        pages.page("/dashboard")
    assert len(counter.statements) <= 14, counter.statements
    with counted() as counter:
        pages.page("/dashboard")
    assert len(counter.statements) <= 5, "what is made is kept until something changes"


def test_a_new_play_is_on_the_dashboard_at_once(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    before = pages.page("/dashboard")
    with db.connection(), db.transaction():
        user_id, now = browsing.account("tiny").id, browsing.wiring.clock()
        told = Heard(user_id=user_id, track_id="fresh", ended_at=now, context_uri=None)
        plays.lock([user_id])
        plays.count_days(plays.record([told], now))
        accounts.bump_version(user_id)
    shown = re.compile(r"From your (\d+) plays")
    numbers = [shown.search(text) for text in (before, pages.page("/dashboard"))]
    assert all(numbers)
    first, second = (int(number[1]) for number in numbers if number)
    assert second == first + 1


def test_four_weeks_are_compared_with_four_that_are_known_whole(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    user_id, now = browsing.account("tiny").id, browsing.wiring.clock()
    was, is_new = "in the four weeks before", "is new at the top"
    with db.connection():
        know([make_track("earlier", "Earlier", "Somebody", "Then")])
    for days_ago, told in ((30, False), (60, True)):
        with db.connection():
            played(user_id, [("earlier", now - timedelta(days=days_ago))])
            accounts.bump_version(user_id)
        text = pages.page("/dashboard")
        assert (was in text, is_new in text) == (told, told), f"plays since {days_ago} days"


def test_the_end_of_a_sync_is_told_once_to_the_page(browsing: Browsing) -> None:
    pages = browsing.sign_in("nova")
    sync_id = pages.json("/api/sync/status")["id"]
    url = f"/syncs/{sync_id}/progress"
    assert "HX-Trigger" not in pages.client.get(url).headers
    browsing.work()
    assert pages.client.get(url).headers["HX-Trigger"] == "sync-ended"
    assert "These weeks sound like" in pages.fragment("/dashboard/overview")


def test_an_empty_library_says_so_with_a_next_step(browsing: Browsing) -> None:
    text = browsing.sign_in("empty").page("/dashboard")
    assert "Your library is still empty." in text
    assert "0 saved songs, 0 playlists and 0 plays" in text
    assert "https://open.spotify.com/" in text
    assert "Synced just now" in text


def test_an_account_without_a_sync_is_offered_one(browsing: Browsing) -> None:
    pages = browsing.sign_in("empty")
    with db.connection():
        db.query("DELETE FROM syncs")
    text = pages.page("/dashboard")
    assert "Welcome, empty." in text
    assert "0 of 7 collections" in text
    assert re.search(r'action="/syncs"', text)
    assert not re.search(r"<button[^>]* disabled", text)


def test_a_failed_first_sync_can_be_tried_again(browsing: Browsing) -> None:
    browsing.standin.world.faults.add(Fault(kind="server_error", match="/me/"))
    pages = browsing.sign_in("tiny")
    browsing.work()
    text = pages.page("/dashboard")
    assert pages.json("/api/sync/status")["status"] == "FAILED"
    assert "Nothing came home yet" in text
    assert "The last sync failed" in text
    assert text.count("Try again") == 1


def test_a_part_that_failed_is_named(browsing: Browsing) -> None:
    browsing.standin.world.faults.add(Fault(kind="server_error", match="/me/following"))
    pages = browsing.sign_in("tiny")
    browsing.work()
    text = pages.page("/dashboard")
    assert "but 1 collection could not be read" in text
    assert "not read yet" in text
    assert re.search(r"<details[^>]* open", text)
    assert "These weeks sound like" in text


def test_a_paused_sync_says_until_when(browsing: Browsing, wiring: Wiring) -> None:
    pages = browsing.sign_in("nova")
    with db.connection():
        db.query(
            "UPDATE syncs SET waiting = %s, resume_at = %s",
            Waiting.BUDGET,
            wiring.clock() + timedelta(hours=1),
        )
    text = pages.page("/dashboard")
    assert "Paused until" in text
    assert 'data-state="paused"' in text


def test_a_lost_permission_leaves_the_library_and_offers_the_way_back(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    with db.connection():
        accounts.set_state(browsing.account("tiny").id, State.NEEDS_RECONNECT, "consent_over")
    text = pages.page("/dashboard")
    assert "These weeks sound like" in text
    assert "Reconnect with Spotify" in text
    assert "Sync now" not in text


def test_the_button_works_again_after_an_hour(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")
    with db.connection():
        db.query("UPDATE syncs SET completed_at = completed_at - interval '2 hours'")
    text = pages.page("/dashboard")
    assert "Synced 2 hours ago" in text
    assert not re.search(r"<button[^>]* disabled", text)
    browsing.standin.world.save_track("tiny", next(iter(browsing.standin.world.music.tracks)))
    reply = pages.post("/syncs", htmx=True)
    assert 'id="sync-progress"' in reply.text
    with db.connection():
        assert syncs.latest(browsing.account("tiny").id) is not None
    assert "1 new" in pages.page("/dashboard")


def top(name: str, change: object = None, image_url: str | None = None) -> TopRow:
    return TopRow(
        id=name,
        rank=1,
        change=change,  # type: ignore[arg-type]  # literals of the test
        name=name,
        about="",
        album=f"Album of {name}",
        image_url=image_url,
        duration_ms=None,
    )


@pytest.mark.parametrize(
    ("artists", "tracks", "says"),
    [
        ([top("A"), top("B"), top("C")], [], "These weeks sound like A, B and C."),
        ([top("A", 0), top("B"), top("C")], [], "These weeks sound like A, B and C."),
        ([top("A", 3), top("B"), top("C")], [], "A has climbed to the top, past B and C."),
        ([top("A", "new"), top("B"), top("C")], [], "A is new at the top, ahead of B and C."),
        ([top("A")], [top("Song")], "Right now it is all A."),
        ([top("")], [top("Song")], "Right now it is “Song”."),
        ([], [], "This is your library, Mira."),
    ],
)
def test_the_sentence(
    browsing: Browsing, artists: list[TopRow], tracks: list[TopRow], says: str
) -> None:
    with browsing.app.test_request_context():
        said = sentence(tuple(artists), tuple(tracks), "Mira")
    assert said.translate({0x2068: None, 0x2069: None}) == says


def test_the_wall_hangs_each_cover_once_the_favourite_first() -> None:
    tracks = tuple(top(str(n), image_url=f"/{n % 4}.jpg") for n in range(1, 9))
    others = [Picture(image_url=f"/{n}.jpg", alt="") for n in range(3, 20)]
    urls = [picture.image_url for picture in wall(tracks, others)]
    assert urls == [f"/{n}.jpg" for n in (1, 2, 3, 0, 4, 5, 6, 7, 8)]
    assert wall((top("x"),), []) == []
