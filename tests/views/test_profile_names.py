"""Profiles whose listeners change their names, and what nobody may learn by the way."""

import pytest
from flask import Flask

from tests.queries.shelving import make_listener
from tests.views.profiling import PUBLIC, Profiled
from webapp import db
from webapp.domain.profiles import Level, Privacy, Section
from webapp.queries import archive
from webapp.services import accounts, profiles


@pytest.fixture
def mira(app: Flask) -> Profiled:
    return Profiled(app)


def test_a_name_leads_to_whoever_has_it_now(mira: Profiled) -> None:
    mira.play(1)
    mira.open(PUBLIC)
    urls = ("/mira", "/mira/recap/4w.png")
    client = mira.stranger().client
    known = [client.get(url).headers["ETag"] for url in urls]
    with db.connection():
        other = make_listener("nils")
        assert accounts.rename(mira.id, "formerly-mira")
        assert accounts.rename(other, "mira")
    mira.stranger().page("/mira", status=404)
    with db.connection():
        profiles.save_privacy(other, Privacy(shown=True, chosen=PUBLIC), mira.now)
    for url, etag in zip(urls, known, strict=True):
        answer = client.get(url, headers={"If-None-Match": etag})
        assert answer.status_code == 200
        assert answer.headers["ETag"] != etag
    assert "Harbour" not in mira.stranger().page("/mira")
    moved = mira.stranger().page("/formerly-mira")
    assert "Harbour" in moved
    assert 'href="http://127.0.0.1:8000/formerly-mira"' in moved


def test_when_plays_were_asked_for_is_told_beside_plays_alone(mira: Profiled) -> None:
    mira.play(1)
    with db.connection():
        archive.enrol(mira.id, mira.now)
        db.query("UPDATE archive_states SET polled_at = now()")
    mira.open({**PUBLIC, Section.TOP: Level.ONLY_ME})
    assert "Plays as of" in mira.stranger().page("/mira")
    mira.open({**dict.fromkeys(Section, Level.ONLY_ME), Section.LIBRARY: Level.PUBLIC})
    assert "Plays as of" not in mira.stranger().page("/mira")
