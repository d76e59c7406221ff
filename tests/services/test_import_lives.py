"""An import among others: it shows that it is alive, and neither waits nor begins for ever."""

import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest

from tests.importing import bring_in
from tests.install import until
from tests.services.test_shared_catalogue import ARTIST, REAL, history
from webapp import db
from webapp.domain.imports import MAX_CRASHES, STALE_AFTER, Status
from webapp.domain.reports import song_key
from webapp.queries import imports as queries
from webapp.queries import named_catalog
from webapp.services import import_staging, imports
from webapp.services.import_receiving import Sent, receive
from webapp.services.wiring import Wiring

WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"


def begun(wiring: Wiring, user_id: int, body: io.BytesIO) -> int:
    import_id = receive(wiring, user_id, [Sent(name="a.json", stream=body)])
    assert imports.start(wiring, user_id, import_id)
    return import_id


def test_a_long_file_about_the_library_shows_how_far_it_is(
    wiring: Wiring, newcomer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_staging, "BEAT_SECONDS", 0)
    items = [{"addedDate": "2020-01-01"}] * 20_000
    body = json.dumps({"playlists": [{"name": "Long", "items": items}]}).encode()
    told: set[int] = set()

    def tick() -> datetime:
        told.update(row[0] for row in db.query("SELECT bytes_done FROM imports"))
        return wiring.clock()

    bring_in(replace(wiring, clock=tick), newcomer, io.BytesIO(body))
    assert [done for done in told if 0 < done < len(body)]


def test_one_whose_workers_all_fall_silent_comes_to_an_end(wiring: Wiring, newcomer: int) -> None:
    import_id = begun(wiring, newcomer, history(REAL))
    now = wiring.clock()
    for _ in range(MAX_CRASHES + 1):
        assert queries.claim(import_id, uuid4(), now, STALE_AFTER)
        now += STALE_AFTER + timedelta(seconds=1)
    imports.run(replace(wiring, clock=lambda: now), import_id)
    row = queries.find(import_id)
    assert row is not None
    assert (row.status, row.error, row.crashes) == (Status.FAILED, "crashed", MAX_CRASHES + 1)


def test_one_that_another_import_waits_for_tries_again(wiring: Wiring, newcomer: int) -> None:
    import_id = begun(wiring, newcomer, history(REAL))

    def work() -> None:
        with db.connection():
            db.query("SET deadlock_timeout = '2s'")
            imports.run(wiring, import_id)
            db.query("RESET deadlock_timeout")

    with db.transaction():
        db.query("SET LOCAL deadlock_timeout = '1h'")
        named_catalog.add_others([(REAL, "Song", "Band", "track")])
        worker = Thread(target=work)
        worker.start()
        until(lambda: db.query(WAITING), "the import waits", seconds=30)
        named_catalog.add_missing_artists(newcomer, [(song_key("", ARTIST), ARTIST)])
    worker.join()
    row = queries.find(import_id)
    assert row is not None
    assert (row.status, row.crashes, row.receipt) == (Status.COMPLETED, 0, {"new": 1})
