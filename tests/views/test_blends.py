"""The pages of blends, as the two and a third see them."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from tests.browsing import Browsing
from tests.pages import Pages
from tests.queries.playing import played
from tests.queries.shelving import know, make_track, save
from webapp import db
from webapp.domain.blends import Wish
from webapp.domain.library import Kind
from webapp.queries import accounts, blends

HOSTILE = '"><script>alert(1)</script>'
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
TRACKS = [
    make_track(f"{'0' * 20}{who}{n}", f"{HOSTILE} {who}{n}", f"{HOSTILE} Band {who}")
    for who in "abc"
    for n in range(8)
]


class Two:
    """Two listeners who may blend, and a third."""

    def __init__(self, browsing: Browsing) -> None:
        names = ("tiny", "empty", "medium")
        # Only what these tests play counts: signing in asks what was played of late.
        for name in names:
            browsing.standin.world.listeners[name].start.timeline.tracks = ()
        self.mira, self.bo, self.third = (browsing.sign_in(name) for name in names)
        self.ids = [browsing.account(name).id for name in names]
        with db.connection():
            know(TRACKS)
            db.query("UPDATE users SET display_name = %s WHERE id = ANY(%s)", HOSTILE, self.ids)

    def listen(self) -> None:
        """Let both play half of the same, much of it lately and some long ago."""
        songs = [[track.id for track in TRACKS[start : start + 16]] for start in (0, 8)]
        with db.connection():
            for user_id, own in zip(self.ids, songs, strict=False):
                rows = [(own[n % 16], NOW - n * HOUR) for n in range(120)]
                played(user_id, rows)
            long_ago = [(TRACKS[0].id, NOW - (400 + n) * 24 * HOUR) for n in range(9)]
            played(self.ids[1], long_ago)

    def blend(self, link: str = "") -> int:
        """Let the second take a link of the first."""
        if not link:
            self.mira.post("/blends/links")
            link = self.link()
        reply = self.bo.post(link)
        assert reply.status_code == 303, reply.text[:300]
        return int(reply.headers["Location"].rsplit("/", 1)[1])

    def link(self) -> str:
        found = re.search(
            r'value="http://127\.0\.0\.1:8000(/blends/with/[^"]+)"', self.mira.page("/blends")
        )
        assert found
        return found[1]


@pytest.fixture
def two(browsing: Browsing) -> Two:
    return Two(browsing)


def test_from_a_link_to_a_blend_and_out_of_it(two: Two) -> None:
    two.listen()
    assert "0 blends yet" in two.mira.page("/blends")
    two.mira.post("/blends/links")
    link = two.link()
    assert "This is your own invitation" in two.mira.page(link)
    assert "invites you to a blend" in two.bo.page(link)
    blend_id = two.blend(link)
    two.third.page(link, status=404)
    for pages in (two.mira, two.bo):
        assert "in common" in pages.page("/blends")
        text = pages.page(f"/blends/{blend_id}")
        for heading in ("What you share", "What you miss", "Your blend of", "For you, from"):
            assert heading in text
        assert HOSTILE not in text
        assert "&lt;script&gt;" in text
    assert two.bo.post(f"/blends/{blend_id}/decision", wish="revoke").status_code == 303
    for pages in (two.mira, two.bo):
        pages.page(f"/blends/{blend_id}", status=404)
        assert "0 blends yet" in pages.page("/blends")
        assert f"/blends/{blend_id}" not in pages.page("/recommendations")
        assert pages.client.get(f"/blends/{blend_id}/songs.txt").status_code == 404


def test_both_are_told_the_same_and_may_take_the_list_away(two: Two) -> None:
    two.listen()
    blend_id = two.blend()
    told = [pages.page(f"/blends/{blend_id}?period=4w") for pages in (two.mira, two.bo)]
    shares = [re.findall(r'id="alike">([\d.]+%) alike', text) for text in told]
    assert shares[0] == shares[1] != []
    lists = []
    for pages in (two.mira, two.bo):
        reply = pages.client.get(f"/blends/{blend_id}/songs.txt?period=4w")
        assert reply.mimetype == "text/plain"
        assert "attachment" in reply.headers["Content-Disposition"]
        lists.append(reply.text.splitlines())
    assert lists[0] == lists[1]
    assert set(lists[0]) <= {f"spotify:track:{track.id}" for track in TRACKS}
    assert len(set(lists[0])) == len(lists[0]) > 6


def test_a_third_finds_no_blend_and_nobody_sees_single_days(two: Two) -> None:
    blend_id = two.blend()
    url = f"/blends/{blend_id}"
    nothing = two.third.page("/blends/999999", status=404)
    assert strip(two.third.page(url, status=404)) == strip(nothing)
    assert two.third.client.get(f"{url}/songs.txt").status_code == 404
    for wish in Wish:
        assert two.third.post(f"{url}/decision", wish=wish.value).status_code == 404
    assert two.mira.post(f"{url}/decision", wish="erase").status_code == 422
    assert two.mira.post(f"{url}/decision", csrf=False, wish="revoke").status_code == 422
    two.mira.page(f"{url}?from=2026-01-01&to=2026-01-01", status=400)
    two.mira.page(f"{url}?period=yesterday", status=400)
    assert "0 plays of" in two.bo.page(url), "nothing played is a page as well"


def test_what_the_other_one_plays_is_seen_at_once(two: Two) -> None:
    url = f"/blends/{two.blend()}"
    assert "What you share" not in two.mira.page(url)
    two.listen()
    assert "What you share" not in two.mira.page(url), "made once, as nobody's version changed"
    with db.connection():
        accounts.bump_version(two.ids[1])
    assert "What you share" in two.mira.page(url)


def test_an_invitation_by_name_tells_nothing(two: Two, browsing: Browsing) -> None:
    name = browsing.account("empty").username
    answers = []
    for asked in (name, "nobody-at-all"):
        reply = two.mira.post("/blends", name=asked)
        assert reply.status_code == 303
        answers.append(two.mira.page("/blends").replace(asked, "N"))
    for row in (1, 2):
        answers = [re.sub(rf"/blends/{row}/", "/blends/I/", text) for text in answers]
    kept, listed = (re.findall(r"Kept\. If[^<]*", text) for text in answers)
    assert kept == listed
    assert answers[1].count("No answer yet") == 2
    for wrong in ("", "No Such Name!", "x" * 31, browsing.account("tiny").username):
        reply = two.mira.post("/blends", name=wrong)
        assert reply.status_code == 422
        assert 'aria-invalid="true"' in reply.text


def test_agreeing_declining_and_thinking_again(two: Two) -> None:
    with db.connection():
        blends.invite(two.ids[0], two.ids[1], "empty", NOW)
        ((asked,),) = db.query("SELECT id FROM blends")
    waiting = "1 invitation to a blend waits for your answer."
    assert waiting in two.bo.page("/settings")
    assert waiting not in two.mira.page("/settings")
    page = two.bo.page("/blends")
    assert "1 invitation for you" in page
    assert waiting not in page
    two.bo.page(f"/blends/{asked}", status=404)
    two.mira.page(f"/blends/{asked}", status=404)
    assert two.bo.post(f"/blends/{asked}/decision", wish="decline").status_code == 303
    assert "No answer yet" in two.mira.page("/blends")
    assert "Agree after all" in two.bo.page("/blends")
    reply = two.bo.post(f"/blends/{asked}/decision", wish="accept")
    assert reply.headers["Location"] == f"/blends/{asked}"
    two.mira.page(f"/blends/{asked}")
    assert waiting not in two.bo.page("/settings")


def test_recommendations_have_reasons_with_and_without_a_blend(two: Two) -> None:
    two.listen()
    text = two.bo.page("/recommendations")
    assert "You played it 9 times" in text
    assert "what the other one plays and you never did" in text
    two.blend()
    text = two.mira.page("/recommendations")
    assert re.search(r"\d+% like you, played it \d+ times", text)
    assert "0 favourites left behind" in text
    two.third.page("/recommendations")


def test_after_a_few_plays_nothing_is_said_of_likeness(two: Two) -> None:
    with db.connection():
        played(two.ids[0], [(TRACKS[0].id, NOW)])
        played(two.ids[1], [(TRACKS[n].id, NOW - n * HOUR) for n in range(2)])
    blend_id = two.blend()
    assert "Too few plays" in two.mira.page(f"/blends/{blend_id}")
    text = two.mira.page("/recommendations")
    assert "played it 1 time, and you never did" in text
    assert "like you" not in text


@pytest.mark.parametrize("ending", ["leave", "erase"])
def test_of_a_blend_that_is_over_nothing_is_kept(two: Two, browsing: Browsing, ending: str) -> None:
    two.listen()
    name, redis = browsing.account("empty").username, browsing.wiring.redis
    with db.connection():
        db.query("UPDATE users SET display_name = 'Somebody' WHERE id = %s", two.ids[1])
    blend_id = two.blend()

    def kept() -> list[object]:
        return [key for key in redis.scan_iter("made:*") if b"Somebody" in (redis.get(key) or b"")]

    for url in ("/blends", f"/blends/{blend_id}", "/recommendations"):
        two.mira.page(url)
    assert len(kept()) == 3
    if ending == "leave":
        two.bo.post(f"/blends/{blend_id}/decision", wish="revoke")
    else:
        two.bo.post("/account/delete", confirmation=name)
    two.mira.page(f"/blends/{blend_id}", status=404)
    assert kept() == []


def test_every_name_leads_to_a_page_that_is_there(two: Two) -> None:
    two.listen()
    shelved = TRACKS[16]
    with db.connection():
        save(two.ids[0], Kind.SAVED_TRACK, shelved.id)
        played(two.ids[1], [(shelved.id, NOW - n * HOUR / 7) for n in range(1, 9)])
        for user_id in two.ids:
            accounts.bump_version(user_id)
    url = f"/blends/{two.blend()}"
    for pages in (two.mira, two.bo):
        text = pages.page(url) + pages.page("/recommendations")
        links = set(re.findall(r'href="(/(?:track|artist)/[^"]+)"', text))
        assert len(links) > 6
        for link in links:
            pages.page(unquote(unescape(link)))
    text = two.mira.page(url)
    assert f'href="/track/{shelved.id}"' in text, "saved, never played: it has a page"
    strange = [track.id for track in TRACKS[17:]]
    assert not [one for one in strange if f'href="/track/{one}"' in text]
    ways_out = [one for one in strange if f'href="https://open.spotify.com/track/{one}"' in text]
    assert ways_out, "the way out is a button; which songs the day brings is another thing"


@pytest.mark.parametrize("url", ["/blends", "/blends/1", "/recommendations", "/blends/with/x"])
def test_a_guest_is_asked_to_sign_in(pages: Pages, url: str) -> None:
    text = pages.page(url, status=401)
    assert ("An invitation to a blend" in text) is ("with" in url), "the same for any link"
    with pages.client.session_transaction() as session:
        assert session["next"] == url


def test_an_erased_listener_leaves_no_blend(two: Two, browsing: Browsing) -> None:
    blend_id = two.blend()
    two.mira.page(f"/blends/{blend_id}")
    two.bo.post("/account/delete", confirmation=browsing.account("empty").username)
    two.mira.page(f"/blends/{blend_id}", status=404)
    assert "0 blends yet" in two.mira.page("/blends")


def strip(text: str) -> str:
    return re.sub(r"(csrf|X-CSRF)[^>]*>", "", text)
