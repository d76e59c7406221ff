"""Every address answers whatever is put into it: what can't be, is not found."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.views.profiling import PUBLIC, Profiled
from webapp import db

TEXTS = ("%00", "a%00b", "%01", "a%0Ab", "%7F", "%C2%85")
"""NUL, which PostgreSQL has no text for, and other letters that no id has."""
LARGEST = ("9223372036854775808", "9" * 40)
VALUES = ("%00", "9" * 40)
NAMES = {"at", "by", "before", "chart", "from", "genre", "kind", "limit", "list", "new", "of"}
NAMES |= {"page", "period", "q", "range", "show", "size", "sort", "source", "to", "token", "year"}

OPERATING = {"health.ready", "metrics.show"}
"""They may well say 503."""


@pytest.fixture
def mira(app: Flask) -> Profiled:
    found = Profiled(app)
    found.play()
    found.open(PUBLIC)
    with db.connection():
        db.query("UPDATE users SET is_admin = true")
    return found


def test_no_address_has_control_characters(mira: Profiled) -> None:
    herself, seen = mira.herself(), set()
    headers = {"X-CSRFToken": herself.token()}
    for rule, method in _asked(mira.app):
        for text in TEXTS if "<" in rule.rule else ():
            seen.add(rule.endpoint)
            url = _filled(rule, text, "7")
            if "%" in url:
                reply = herself.client.open(url, method=method, headers=headers)
                assert reply.status_code == 404, f"{method} {url}: {reply.status}"
    assert {"library.playlist", "things.track", "top_songs.mark", "profiles.show"} < seen


def test_no_number_is_too_large(mira: Profiled) -> None:
    herself, seen = mira.herself(), set()
    headers = {"X-CSRFToken": herself.token()}
    for rule, method in _asked(mira.app):
        for number in LARGEST if "<int" in rule.rule else ():
            seen.add(rule.endpoint)
            url = _filled(rule, "x", number)
            reply = herself.client.open(url, method=method, headers=headers)
            assert reply.status_code == 404, f"{method} {url}: {reply.status}"
    assert {"syncs.show", "collection.add", "browse.album"} < seen


def test_no_question_breaks_a_page(mira: Profiled) -> None:
    client = mira.herself().client
    for rule, method in _asked(mira.app):
        if method != "GET" or rule.endpoint in OPERATING:
            continue
        for value in VALUES:
            url = _filled(rule, "x", "7") + "?" + "&".join(f"{name}={value}" for name in NAMES)
            reply = client.get(url)
            assert reply.status_code < 500, f"{url}: {reply.status}"
            reply.close()


def _asked(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("rq_dashboard."):
            for method in sorted({"GET", "POST"} & (rule.methods or set())):
                yield rule, method


def _filled(rule: Rule, text: str, number: str) -> str:
    """Write an address of a rule: choices take their first, numbers and texts what is told."""
    url = re.sub(r"<any\('([^']*)'[^>]*>", r"\1", rule.rule)
    return re.sub(r"<[^>]*>", text, re.sub(r"<int[^>]*>", number, url))
