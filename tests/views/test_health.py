"""What whoever watches the processes is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from config import Settings
from tests.pages import Pages
from webapp import db
from webapp.app import create_app
from webapp.services.schedule import BEAT, CALL, note_beat
from webapp.services.wiring import Wiring, connect

WELL = {"database": "ok", "redis": "ok", "scheduler": "ok"}


@pytest.fixture
def lonely(settings: Settings) -> Pages:
    """Open the pages of an install whose Redis is gone."""
    nowhere = replace(settings, redis_url="redis://127.0.0.1:1/0")
    return Pages(create_app(nowhere, connect(nowhere)).test_client())


def beat(wiring: Wiring, ago: float) -> None:
    wiring.redis.set(BEAT, (wiring.clock() - timedelta(seconds=ago)).timestamp())


def ready(pages: Pages, status: int) -> Any:
    return pages.json("/readyz", status=status)


def test_it_is_ready_when_everything_answers(pages: Pages, wiring: Wiring) -> None:
    note_beat(wiring)
    assert ready(pages, 200) == WELL
    beat(wiring, 80)
    assert ready(pages, 200) == WELL


def test_a_scheduler_that_went_silent_is_late(pages: Pages, wiring: Wiring) -> None:
    beat(wiring, 91)
    assert ready(pages, 503) == {**WELL, "scheduler": "late"}
    assert wiring.redis.ttl(BEAT) == -1, "however late it is"


def test_a_scheduler_that_never_was_is_not_seen(pages: Pages) -> None:
    assert ready(pages, 503) == {**WELL, "scheduler": "not seen"}


def test_an_install_that_is_called_from_outside_needs_no_scheduler(
    settings: Settings, wiring: Wiring
) -> None:
    secret = "a secret of sixteen"
    ours = replace(wiring, settings=replace(settings, cron_secret=secret))
    pages = Pages(create_app(ours.settings, ours).test_client())
    shown = {"Authorization": f"Bearer {secret}"}
    assert pages.client.post("/api/cron/archive").status_code == 401
    assert ready(pages, 503) == {**WELL, "scheduler": "not seen"}
    assert pages.client.post("/api/cron/archive", headers=shown).status_code == 202
    assert ready(pages, 200) == {**WELL, "scheduler": "outside"}
    wiring.redis.set(CALL, (wiring.clock() - timedelta(hours=3)).timestamp())
    assert ready(pages, 503) == {**WELL, "scheduler": "not seen"}


def test_without_redis_nobody_knows_of_the_scheduler(lonely: Pages) -> None:
    assert ready(lonely, 503) == {"database": "ok", "redis": "unreachable", "scheduler": "unknown"}


def test_migrations_that_are_pending_are_told(pages: Pages, wiring: Wiring) -> None:
    note_beat(wiring)
    with db.connection():
        db.query("DELETE FROM schema_migration WHERE name LIKE '0002%%'")
    assert ready(pages, 503) == {**WELL, "database": "migrations pending"}


def test_it_is_alive_without_anything(app: Flask, lonely: Pages) -> None:
    db.configure("postgresql://nobody@127.0.0.1:1/nowhere", pool_size=1)
    assert lonely.json("/healthz") == {"status": "ok"}
