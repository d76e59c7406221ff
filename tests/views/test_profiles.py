"""Profiles: who sees what, that nobody else learns anything, and that kept pages stay right."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from gzip import decompress
from typing import Any

import pytest
from flask import Flask, template_rendered
from jinja2 import Template
from redis import Redis
from werkzeug.test import TestResponse

from config import Settings
from demo.embedded import free_port
from tests.pages import Pages
from tests.telling import Tune, tell
from tests.views.profiling import MARKUP, PUBLIC, SONGS, Profiled
from webapp import db
from webapp.app import create_app
from webapp.domain.profiles import Level, Section
from webapp.domain.reports import Source
from webapp.queries import plays
from webapp.queries import profiles as profile_queries
from webapp.queries.decisions import Wish
from webapp.services import accounts, decisions
from webapp.services.wiring import Wiring

SECTION = re.compile(r'aria-labelledby="(\w+)-title"')
TOKEN = re.compile(r"csrf|session|X-CSRFToken", re.IGNORECASE)


@pytest.fixture
def mira(app: Flask, wiring: Wiring) -> Profiled:
    return Profiled(app)


def test_a_profile_is_off_by_default_and_looks_like_nobody(mira: Profiled) -> None:
    mira.play()
    for visitor in (mira.stranger(), mira.neighbour()):
        visitor.page("/nobody", status=404)  # what the session gets at first, it has now
        answers = [sight(visitor.client.get(url)) for url in ("/nobody", "/mira", "/MIRA")]
        mira.open(Level.PUBLIC, shown=False)
        answers += [sight(visitor.client.get(url)) for url in ("/mira", "/mira?period=6m&as=you")]
        assert all(answer == answers[0] for answer in answers)
        assert answers[0][0] == 404
    assert "Set-Cookie" not in mira.stranger().client.get("/mira").headers


def test_each_viewer_sees_what_is_theirs_to_see(mira: Profiled) -> None:
    mira.play()
    mira.open(
        {
            Section.NOW: Level.SIGNED_IN,
            Section.TOP: Level.PUBLIC,
            Section.CALENDAR: Level.SIGNED_IN,
            Section.HISTORY: Level.ONLY_ME,
            Section.LIBRARY: Level.ONLY_ME,
            Section.PERSONALITY: Level.ONLY_ME,
            Section.COMPARE: Level.SIGNED_IN,
        }
    )
    everybody, members = ["top"], ["now", "top", "calendar", "compare"]
    assert seen(mira.stranger()) == everybody
    assert seen(mira.neighbour()) == members
    assert seen(mira.herself()) == [str(section) for section in Section]
    assert seen(mira.herself(), "/mira?as=stranger") == everybody
    assert seen(mira.herself(), "/mira?as=signed-in") == members
    assert seen(mira.neighbour(), "/mira?as=owner") == members, "whose eyes is hers to choose"
    mira.herself().page("/mira?as=nobody", status=404)


def test_a_strangers_page_is_the_same_for_all_of_them(mira: Profiled) -> None:
    mira.play()
    mira.open(Level.PUBLIC)
    first = mira.stranger().client.get("/mira")
    again = mira.stranger().client.get("/mira")
    assert first.data == again.data
    assert "Set-Cookie" not in first.headers
    assert not TOKEN.search(first.text)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["Vary"] == "Accept-Encoding, Accept-Language, Cookie"
    packed = mira.stranger().client.get("/mira", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert decompress(packed.data) == first.data
    assert packed.headers["ETag"] == first.headers["ETag"]
    assert "ETag" not in mira.neighbour().client.get("/mira").headers, "their frame is their own"
    assert mira.neighbour().client.get("/mira").headers["Cache-Control"] == "private, no-cache"


def test_link_previews_tell_what_everybody_may_know(mira: Profiled) -> None:
    mira.play()
    mira.open(PUBLIC)
    text = mira.stranger().page("/mira?period=6m")
    assert '<link rel="canonical" href="http://127.0.0.1:8000/mira">' in text
    assert '<meta property="og:title" content="mira on Backspin">' in text
    assert "noindex" not in text
    mira.open(Level.SIGNED_IN)
    closed = mira.stranger().page("/mira")
    assert '<meta name="robots" content="noindex">' in closed
    assert "og:" not in closed
    assert "Nia Osei" not in closed
    assert "0 sections are open to you" in closed


def test_hostile_names_are_text(mira: Profiled) -> None:
    mira.play()
    mira.open(PUBLIC)
    with db.connection():
        db.query("UPDATE users SET display_name = %s WHERE id = %s", MARKUP, mira.id)
    for visitor in (mira.stranger(), mira.neighbour(), mira.herself()):
        text = visitor.page("/mira")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_an_unchanged_page_is_not_sent_twice(mira: Profiled, wiring: Wiring) -> None:
    mira.play()
    mira.open(PUBLIC)
    client = mira.stranger().client
    etag = client.get("/mira").headers["ETag"]
    wiring.redis.flushall()
    known = client.get("/mira", headers={"If-None-Match": f'"old", {etag}'})
    assert (known.status_code, known.data) == (304, b"")
    assert known.headers["ETag"] == etag
    assert known.headers["Cache-Control"] == "public, no-cache"
    assert client.get("/mira", headers={"If-None-Match": '"old"'}).status_code == 200
    german = client.get("/mira", headers={"If-None-Match": etag, "Accept-Language": "de"})
    assert german.status_code == 200
    assert 'lang="de"' in german.text
    mira.change()
    assert client.get("/mira", headers={"If-None-Match": etag}).status_code == 200


def test_an_old_page_is_shown_while_one_process_makes_the_new_one(
    mira: Profiled, app: Flask
) -> None:
    mira.play(1)
    mira.open(PUBLIC)
    old = mira.stranger().client.get("/mira")
    mira.play(1)
    with made_pages(app) as made, ThreadPoolExecutor(8) as visitors:
        first = mira.stranger().client.get("/mira")
        others = list(visitors.map(lambda _: get(mira), range(8)))
        assert {first.data, *others} == {old.data}
        assert first.headers["ETag"] == old.headers["ETag"], "it is the old page, and says so"
        assert made == [], "they did not wait for it"
        first.close()  # as the server does once the answer is sent
        assert len(made) == 1
        fresh = mira.stranger().client.get("/mira")
        assert fresh.data != old.data
        assert fresh.headers["ETag"] != old.headers["ETag"]
        mira.change()
        found = list(visitors.map(lambda _: get(mira), range(24)))
        assert fresh.data in found
        assert len(made) == 2, "however many ask at the same time"


def test_the_listener_sees_what_changed_at_once(mira: Profiled) -> None:
    mira.play(1)
    mira.open(Level.SIGNED_IN)
    assert "Harbour" in mira.herself().page("/mira")
    mira.play(1)
    assert "&lt;script&gt;" in mira.herself().page("/mira")


def test_what_a_listener_closes_is_gone_at_once(mira: Profiled) -> None:
    mira.play(1)
    mira.open(PUBLIC)
    assert seen(mira.stranger())[:2] == ["now", "top"]
    mira.open({**PUBLIC, Section.NOW: Level.ONLY_ME})
    assert "now" not in seen(mira.stranger())
    mira.open(PUBLIC, shown=False)
    mira.stranger().page("/mira", status=404)


def test_what_a_listener_takes_back_is_gone_at_once(mira: Profiled) -> None:
    mira.open(PUBLIC)
    with db.connection():
        tell(mira.id, Source.EXTENDED, [(Tune("Harbour", SONGS[0].id), mira.now, 200_000)])
        plays.count_all_days(mira.id)
    assert "Harbour" in mira.stranger().page("/mira")
    with db.connection():
        report = db.query("SELECT id FROM play_reports WHERE user_id = %s", mira.id)[0][0]
        assert decisions.decide(mira.id, report, Wish.NONE, mira.now)
    assert "Harbour" not in mira.stranger().page("/mira")


def test_a_deleted_account_is_gone_at_once(mira: Profiled, wiring: Wiring) -> None:
    mira.play()
    mira.open(PUBLIC)
    etag = mira.stranger().client.get("/mira").headers["ETag"]
    assert wiring.redis.keys(f"made:{mira.id}:*")
    with db.connection():
        accounts.delete(wiring, mira.id)
    gone = mira.stranger().client.get("/mira", headers={"If-None-Match": etag})
    assert gone.status_code == 404
    assert not wiring.redis.keys(f"made:{mira.id}:*"), "nor is it kept anywhere"


def test_without_redis_pages_are_made(settings: Settings, wiring: Wiring) -> None:
    away = Redis(port=free_port(), socket_connect_timeout=1)
    mira = Profiled(create_app(settings, replace(wiring, redis=away)))
    mira.play(1)
    mira.open(PUBLIC)
    assert "Harbour" in mira.stranger().page("/mira")
    mira.play(1)
    assert "&lt;script&gt;" in mira.stranger().page("/mira")


def test_a_name_is_found_in_any_case(mira: Profiled) -> None:
    mira.open(PUBLIC)
    answer = mira.stranger().client.get("/MiRa?period=6m&username=x")
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/mira?period=6m&username=x"
    for url in (
        "/mira?period=2024",
        "/mira?period=%00",
        "/mi_ra",
        f"/{'m' * 31}",
        "/%00",
        "/mira/",
    ):
        mira.stranger().page(url, status=404)


def test_who_sees_what_is_chosen_in_the_settings(mira: Profiled) -> None:
    herself = mira.herself()
    text = herself.page("/settings")
    assert 'name="shown" value="yes">' in re.sub(r"\s+", " ", text)
    levels: dict[str, Any] = dict.fromkeys(map(str, Section), "only_me")
    assert herself.post("/settings/privacy", csrf=False, **levels).status_code == 422
    for wrong in ({**levels, "top": "all"}, {k: v for k, v in levels.items() if k != "now"}):
        refused = herself.post("/settings/privacy", shown="yes", **wrong)
        assert refused.status_code == 422
        assert "Nothing was saved: choose who sees each section" in refused.text
    mira.stranger().page("/mira", status=404)
    saved = herself.post("/settings/privacy", shown="yes", **{**levels, "top": "public"})
    assert (saved.status_code, saved.headers["Location"]) == (303, "/settings#privacy")
    with db.connection():
        privacy = profile_queries.privacy_of(mira.id)
    assert privacy.levels[Section.TOP] is Level.PUBLIC
    assert privacy.levels[Section.NOW] is Level.ONLY_ME
    mira.stranger().page("/mira")
    assert mira.stranger().post("/settings/privacy", **levels).status_code == 401


def test_before_the_first_play_the_page_says_so(mira: Profiled) -> None:
    assert "0 plays yet" in mira.herself().page("/mira")
    assert "Your profile is off" in mira.herself().page("/mira?as=stranger")
    mira.open(PUBLIC)
    text = mira.stranger().page("/mira")
    assert "0 plays yet" in text
    assert "Import your history" not in text


def sight(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """Tell what there is to see of an answer; tokens and numbers differ from answer to answer."""
    text = re.sub(r'(csrf[^>]*?(?:content|value)=|CSRFToken": )"[^"]+"', r"\1", answer.text)
    headers = [(name, value) for name, value in answer.headers if name != "X-Request-Id"]
    lengths = {"Content-Length"} if text != answer.text else set()
    return answer.status_code, text, [pair for pair in headers if pair[0] not in lengths]


def seen(visitor: Pages, url: str = "/mira") -> list[str]:
    return SECTION.findall(visitor.page(url))


def get(mira: Profiled) -> bytes:
    """Ask as somebody new, and let the server finish."""
    with mira.stranger().client.get("/mira") as answer:
        return bytes(answer.data)


@contextmanager
def made_pages(app: Flask) -> Iterator[list[str]]:
    """Note each page of a profile that is made."""
    made: list[str] = []

    def note(_app: Flask, template: Template, **_: object) -> None:
        if template.name == "profiles/show.html":
            made.append(template.name)

    with template_rendered.connected_to(note, app):
        yield made
