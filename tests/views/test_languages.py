"""Pages in another language: who gets which, and that nothing on them stays English."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from werkzeug.exceptions import HTTPException

from jobs.queue import QUEUES
from jobs.schedule import SCHEDULE
from tests.browsing import Browsing
from tests.exporting import extended, history
from tests.importing import bring_in
from tests.pages import Pages, check_page
from tests.views.histories import History
from webapp import db
from webapp.services.wiring import Wiring
from webapp.views.extensions import babel

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
NAMED = ("artists", "albums", "tracks", "playlists", "playlist_versions", "import_files")
BY = ("albums", "tracks")
WRITTEN_FOR_MACHINES = {"code", "pre", "option", "script", "style", "head"}
SPOKEN = (
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "data-announce",
    "data-lost",
    "data-too-large",
)
PREVIEWED = {"description", "og:title", "og:description", "og:image:alt"}
MARKED = re.compile(r"⟦[^⟦⟧]*(?:⟧|…$)")
CUT = re.compile(r"\w+…$")
WORD = re.compile(r"[^\W\d_]{2,}")
ADDRESS = re.compile(r"[\w-]+\.\w+/\S*")
AGO = (
    "vor in Sekunde Sekunden Minute Minuten Stunde Stunden Tag Tagen Woche Wochen Monat Monaten"
    " Jahr Jahren"
)
NAMES = {"Backspin", "Spotify", "UTC", "xx", "lastfm", "to", "csv"}


class Marked(NullTranslations):
    """A language in which every sentence is as in English, between marks."""

    def ugettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ungettext(self, singular: str, plural: str, n: int) -> str:
        return f"⟦{singular if n == 1 else plural}⟧"


@pytest.fixture
def nameless(browsing: Browsing, wiring: Wiring) -> Pages:
    """Sign an operator in whose music has digits for names: what letters a page has are ours."""
    pages = browsing.sign_in("tiny", work=True)
    account = browsing.account("tiny")
    with db.connection():
        bring_in(wiring, account.id, extended(history(400)))
    with db.connection(), db.transaction():
        db.query("SET LOCAL session_replication_role = replica")  # past the guard of the logs
        for table in NAMED:
            db.query(f"UPDATE {table} SET name = '0'")  # noqa: S608 - a literal of this file
        for table in BY:
            db.query(f"UPDATE {table} SET artist_names = '0'")  # noqa: S608 - likewise
        db.query("UPDATE artists SET genres = '{0}' WHERE genres <> '{}'")
        db.query("UPDATE users SET display_name = '0', username = '0', language = 'de'")
    return pages


def test_a_visitor_reads_what_their_browser_asks_for(pages: Pages) -> None:
    reply = pages.client.get("/", headers=GERMAN)
    check_page(reply.text)
    assert '<html lang="de"' in reply.text
    assert "Spiel deine Jahre zurück." in reply.text
    assert "Accept-Language" in reply.headers["Vary"]
    assert '<html lang="en"' in pages.page("/")


def test_errors_are_said_in_the_language_too(pages: Pages) -> None:
    reply = pages.client.get("/there-is-no-such-page", headers=GERMAN)
    assert reply.status_code == 404
    assert '<html lang="de"' in reply.text
    assert "Nichts in dieser Rille" in reply.text
    assert "Accept-Language" in reply.headers["Vary"]


def test_programs_are_answered_in_english(pages: Pages) -> None:
    for address in ("/api/archive/status", "/1/validate-token", "/api/there-is-none"):
        told = [pages.client.get(address, headers=headers) for headers in ({}, GERMAN)]
        assert told[0].get_json() == told[1].get_json()
        assert "Accept-Language" not in told[1].headers.get("Vary", "")


def test_the_setting_beats_the_browser(browsing: Browsing) -> None:
    pages = browsing.sign_in("tiny")

    def choose(language: str, browser: str) -> str:
        headers = {"Accept-Language": browser, "X-CSRFToken": pages.token()}
        wish = {"username": "ida-moe", "time_zone": "UTC", "language": language, "theme": "system"}
        assert pages.client.post("/settings", data=wish, headers=headers).status_code == 303
        text = pages.client.get("/settings", headers={"Accept-Language": browser}).text
        check_page(text)
        return text

    for language, browser, lang, said in [
        ("", "de-AT", "de", "Gespeichert."),
        ("en", "de-AT", "en", "Saved."),
        ("de", "en", "de", "Gespeichert."),
        ("", "en", "en", "Saved."),
    ]:
        text = choose(language, browser)
        assert f'<html lang="{lang}"' in text
        assert said in text, "the word about it is in the language it is read in"
        assert '<option value="de"' in text
        assert ">Deutsch</option>" in text


def test_dates_on_a_page_are_those_of_the_language(browsing: Browsing) -> None:
    mine = History(browsing)
    mine.play(("t1", datetime(2026, 3, 1, 12, tzinfo=UTC)))
    mine.miss(datetime(2026, 2, 27, 8, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC))
    text = " ".join(mine.pages.client.get("/history", headers=GERMAN).text.split())
    assert "Zwischen 27. Feb., 08:00 und 1. März, 12:00 fehlen vielleicht Wiedergaben." in text
    assert "Mindestens 1 Wiedergabe seit dem 1. März 2026." in text
    assert "Sonntag" in text


def test_no_page_has_a_sentence_that_cannot_be_translated(
    nameless: Pages, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(babel.domain_instance.cache, "de", Marked())
    left, seen = [], set()
    for endpoint, url, text in walk(nameless, app):
        seen.add(endpoint)
        left += [f"{url}: {spoken.strip()}" for spoken in texts(text) if unmarked(spoken)]
    assert {"dashboard.index", "history.index", "settings.index", "imports.index"} <= seen
    assert not left, "\n".join(left)


def walk(pages: Pages, app: Flask) -> Iterator[tuple[str, str, str]]:
    """Follow links from the dashboard, once to each view."""
    routes = app.url_map.bind("127.0.0.1")
    waiting, known = ["/dashboard", "/there-is-no-such-page"], {"dashboard.index"}
    while waiting:
        url = waiting.pop(0)
        reply = pages.client.get(url)
        if reply.mimetype != "text/html" or reply.location:
            continue
        yield view(routes, url), url, reply.text
        for link in map(unescape, re.findall(r'href="(/[^"#]*)', reply.text)):
            endpoint = view(routes, link)
            if endpoint not in known and not endpoint.startswith(
                ("static", "rq_dashboard", "auth")
            ):
                known.add(endpoint)
                waiting.append(link)


def view(routes: Any, url: str) -> str:
    """Tell which view answers an address."""
    try:
        return str(routes.match(urlsplit(url).path)[0])
    except HTTPException:
        return ""


def texts(page: str) -> Iterator[str]:
    """Give all that a page says: its texts, and attributes that are shown or spoken."""
    root = html5lib.parse(page, namespaceHTMLElements=False)
    yield root.findtext(".//title") or ""
    for meta in root.iter("meta"):
        if meta.get("name", meta.get("property")) in PREVIEWED:
            yield meta.get("content") or ""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node.tail or ""
        if node.tag in WRITTEN_FOR_MACHINES:
            continue
        yield node.text or ""
        yield from (node.get(name) or "" for name in SPOKEN)
        waiting.extend(node)


def unmarked(text: str) -> list[str]:
    """Find the words of a text that no sentence of a catalogue has said."""
    text = text.rstrip()
    while MARKED.search(text):
        text = MARKED.sub("", text)
    rest = CUT.sub("", ADDRESS.sub("", text))
    return [word for word in WORD.findall(rest) if word not in unspoken()]


@cache
def unspoken() -> set[str]:
    """Give the words that are no sentence's: names of machines' parts, and Babel's own German."""
    german = Locale("de")
    dates = (german.months, german.days)
    written = [
        word
        for names in dates
        for widths in names.values()
        for words in widths.values()
        for word in words.values()
    ]
    machines = [*QUEUES, *(entry.name for entry in SCHEDULE)]
    return NAMES | {word for text in (AGO, *written, *machines) for word in WORD.findall(text)}
