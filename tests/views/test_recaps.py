"""Recaps: a page and a picture of a period, for whom it is meant, whatever things are called."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.pages import Pages
from tests.queries.playing import missed, played
from tests.queries.shelving import know, make_track
from tests.services.test_pictures import size_of
from tests.views.profiling import MARKUP, PUBLIC, Profiled
from webapp import db
from webapp.domain.profiles import Level, Section
from webapp.queries import accounts

PICTURE = re.compile(r'<svg xmlns="http://www.w3.org/2000/svg".*?</svg>', re.DOTALL)
HOSTILE = (
    "M" * 10_000,
    "\u202eevil\u200b" + "\u0351" * 500,
    "]]></text><script>alert(1)</script>",
    "\u0007\ufffe",
    "&amp;lt; href=url(/etc/passwd)",
    "שלום 日本 \U0001f525",
)


@pytest.fixture
def mira(app: Flask) -> Profiled:
    return Profiled(app)


def pictures_in(text: str) -> list[ET.Element]:
    return [ET.fromstring(picture) for picture in PICTURE.findall(text)]  # noqa: S314 - our own


def words_of(picture: ET.Element) -> list[str]:
    return [node.text or "" for node in picture.iter("{http://www.w3.org/2000/svg}text")]


def png_of(visitor: Pages, url: str) -> TestResponse:
    reply = visitor.client.get(url)
    assert reply.status_code == 200, f"{url}: {reply.status}"
    assert reply.mimetype == "image/png"
    return reply


def test_a_recap_tells_a_period_in_chapters(mira: Profiled) -> None:
    mira.play(60)
    text = mira.herself().page("/recaps/4w")
    for chapter in ("music", "artist", "track", "album", "hour", "streak", "first"):
        assert f'id="chapter-{"hours" if chapter == "music" else chapter}"' in text
    assert "60 plays on" in text
    assert "The sound of it: " in text
    wide, story = pictures_in(text)
    assert words_of(wide)[2].startswith("60 plays")
    assert (story.get("width"), story.get("height")) == ("1080", "1920")
    assert "60 plays" in (wide.get("aria-label") or "")
    assert 'id="chapter-found"' not in text, "nothing was there before it"


def test_new_finds_and_returns_are_told(mira: Profiled) -> None:
    now = mira.now
    with db.connection():
        tracks = [make_track(f"n{n}", f"Song {n}", f"Band {n}") for n in range(2)]
        know(tracks)
        days = [("n0", now - timedelta(days=300)), ("n0", now - timedelta(days=2))]
        played(mira.id, [*days, ("n1", now - timedelta(days=1))])
        missed(mira.id, now - timedelta(days=3), now - timedelta(days=2))
        accounts.bump_version(mira.id)
    text = mira.herself().page("/recaps/4w")
    found, back = (text.split(f'id="chapter-{name}"')[1] for name in ("found", "back"))
    assert "Band 1" in found.split("</section>")[0]
    assert "Band 0" in back.split("</section>")[0]
    assert "At least 2 plays on 2 days" in text, "a gap is open"
    assert "That is a beginning" in text


def test_the_picture_is_a_png_in_two_sizes(mira: Profiled) -> None:
    mira.play(60)
    herself = mira.herself()
    assert size_of(png_of(herself, "/recaps/4w.png").data) == (1200, 630)
    assert size_of(png_of(herself, "/recaps/4w.png?size=story").data) == (1080, 1920)
    assert herself.client.get("/recaps/4w.png?size=huge").status_code == 404
    assert herself.client.get("/recaps/1066.png").status_code == 404


def test_a_picture_is_drawn_once_until_something_changes(mira: Profiled) -> None:
    mira.play(60)
    herself = mira.herself()
    first = png_of(herself, "/recaps/4w.png")
    etag = first.headers["ETag"]
    again = herself.client.get("/recaps/4w.png", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    with db.connection():
        db.query("UPDATE tracks SET name = 'Another'")
    assert png_of(herself, "/recaps/4w.png").data == first.data, "kept as of this version"
    mira.change()
    later = png_of(herself, "/recaps/4w.png")
    assert later.headers["ETag"] != etag
    assert later.data != first.data


def test_others_see_it_where_they_may_see_top_lists(mira: Profiled) -> None:
    mira.play(60)
    pages = ("/mira/recap/4w", "/mira/recap/4w.png")
    visitors = (mira.stranger(), mira.neighbour())

    def answers() -> list[list[int]]:
        return [[who.client.get(url).status_code for url in pages] for who in visitors]

    closed, opened = [404, 404], [200, 200]
    assert answers() == [closed, closed]
    mira.open({**PUBLIC, Section.TOP: Level.ONLY_ME})
    assert answers() == [closed, closed]
    mira.open({**PUBLIC, Section.TOP: Level.SIGNED_IN})
    assert answers() == [closed, opened]
    mira.open(PUBLIC)
    assert answers() == [opened, opened]
    mira.open(PUBLIC, shown=False)
    assert answers() == [closed, closed]
    for page in ("/recaps", "/recaps/4w"):
        visitors[0].page(page, status=401)
    assert visitors[0].client.get("/recaps/4w.png").status_code == 401
    visitors[0].page("/nobody/recap/4w", status=404)


def test_a_recap_tells_nothing_that_another_section_closes(mira: Profiled) -> None:
    with db.connection():
        know([make_track("past", "Past", "Was", "Then")])
        played(mira.id, [("past", mira.now - timedelta(days=300))])
    mira.play(60)
    stranger = mira.stranger()
    etags = set()

    def chapters(**levels: Level) -> set[str]:
        mira.open({**PUBLIC, **{Section(name): level for name, level in levels.items()}})
        text = stranger.page("/mira/recap/4w")
        etags.add(png_of(stranger, "/mira/recap/4w.png").headers["ETag"])
        told = text + stranger.page("/mira/recap/all")
        assert ("First heard on" in told) is ("history" not in levels)
        assert (f"{mira.now - timedelta(days=300):%b %-d, %Y}" in told) is (len(levels) < 2)
        for daily in ("strongest", "longest streak", "Most plays end", "60 plays on"):
            assert (daily in told) is ("calendar" not in levels), daily
        wide, _ = pictures_in(text)
        assert ("18" in words_of(wide)) is ("calendar" not in levels), "a record without a clock"
        return set(re.findall(r'"chapter-(\w+)"', text)) & {"hour", "streak", "first"}

    mine = Level.ONLY_ME
    assert chapters() == {"hour", "streak", "first"}
    assert chapters(calendar=mine) == {"first"}
    assert chapters(history=mine) == {"hour", "streak"}
    assert chapters(calendar=mine, history=mine) == set()
    assert len(etags) == 4, "each is another picture"
    herself = mira.herself().page("/recaps/4w")
    assert 'id="chapter-streak"' in herself
    assert "First heard on" in herself


def test_a_recap_is_made_so_often_for_a_stranger_and_no_more(mira: Profiled) -> None:
    mira.open(PUBLIC)
    client = mira.stranger().client
    answers = [client.get("/mira/recap/2001").status_code for _ in range(61)]
    assert answers == [*[200] * 60, 429]


def test_a_period_is_compared_with_one_that_is_known(mira: Profiled) -> None:
    mira.play(60)
    with db.connection():
        earlier = [(f"t{2 + n % 2}", mira.now - timedelta(days=30, hours=n)) for n in range(9)]
        played(mira.id, earlier)
        accounts.bump_version(mira.id)
    mira.open(PUBLIC)
    urls = ("/mira/recap/4w", "/mira")
    for url in urls:
        text = mira.stranger().page(url)
        assert "than in the period before" not in text
        assert 'class="movement' not in text, "a part of four weeks is no rank to move from"
    with db.connection():
        played(mira.id, [("t3", mira.now - timedelta(days=60))])
        accounts.bump_version(mira.id)
    for url in urls:
        with mira.stranger().client.get(url):
            pass  # made anew when the answer before it is sent
        assert 'class="movement' in mira.stranger().page(url)
    assert "than in the period before" in mira.stranger().page(urls[0])


def test_a_link_to_it_has_a_preview(mira: Profiled) -> None:
    mira.play(60)
    mira.open(PUBLIC)
    stranger = mira.stranger()
    text = stranger.page("/mira/recap/4w")
    address = "http://127.0.0.1:8000/mira/recap/4w"
    assert f'<meta property="og:image" content="{address}.png">' in text
    assert re.search(r'property="og:image:alt"\s+content="[^"]*60 plays', text)
    assert "noindex" not in text
    assert "/artist/" not in text, "pages of things are the listener's own"
    picture = png_of(stranger, "/mira/recap/4w.png")
    assert picture.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in picture.headers


def test_hostile_names_are_words_and_nothing_else(mira: Profiled) -> None:
    with db.connection():
        tracks = [make_track(f"h{n}", name, name) for n, name in enumerate(HOSTILE)]
        know(tracks)
        at = [mira.now - timedelta(minutes=7 * n) for n in range(60)]
        played(mira.id, [(f"h{n % len(HOSTILE)}", when) for n, when in enumerate(at)])
        db.query("UPDATE users SET display_name = %s WHERE id = %s", MARKUP, mira.id)
        accounts.bump_version(mira.id)
    herself = mira.herself()
    text = herself.page("/recaps/4w")
    assert "<script>alert" not in text
    for picture in pictures_in(text):
        assert {node.tag.partition("}")[2] for node in picture.iter()} == {
            *("svg", "rect", "circle", "path", "text")
        }
        assert all(len(words) < 60 for words in words_of(picture))
    for size in ("wide", "story"):
        assert size_of(png_of(herself, f"/recaps/4w.png?size={size}").data)[0] > 1000


def test_empty_periods_are_told_as_such(mira: Profiled) -> None:
    herself = mira.herself()
    assert "0 plays so far" in herself.page("/recaps")
    assert "0 plays so far" in herself.page("/recaps/4w")
    mira.play(3)
    assert "0 plays in this period" in herself.page("/recaps/2001")
    assert size_of(png_of(herself, "/recaps/2001.png").data) == (1200, 630)
    began = mira.now - timedelta(hours=8)
    assert f'href="/recaps/{began:%Y-%m}"' in herself.page("/recaps")
    for key in ("1066", "2999", "2025-13", "x", "custom", "all-time", "2025-1"):
        herself.page(f"/recaps/{key}", status=404)
