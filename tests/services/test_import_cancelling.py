"""Calling an import off while a worker has it: a batch is waited for, a merge is not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from tests.exporting import extended, history
from tests.install import until
from webapp import db
from webapp.domain.imports import Status
from webapp.queries import imports
from webapp.services import imports as import_services
from webapp.services.import_receiving import Sent, receive
from webapp.services.import_upkeep import forget_undecided
from webapp.services.wiring import Wiring

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def worker(database_url: str, database: None) -> Iterator[Connection]:
    """Give a connection as another process has it."""
    opened = psycopg2.connect(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sent(wiring: Wiring, newcomer: int) -> int:
    """Give an import that was sent and not started."""
    package = Sent(name="a.zip", stream=extended(history(20)))
    return receive(wiring, newcomer, [package])


class Cancelling(Thread):
    """A listener who calls an import off, while the test goes on."""

    def __init__(self, wiring: Wiring, user_id: int, import_id: int) -> None:
        super().__init__(daemon=True)
        self._what = (wiring, user_id, import_id)
        self.answer: bool | None = None
        self.start()

    def run(self) -> None:
        with db.connection():
            self.answer = import_services.cancel(*self._what)


def work_on(worker: Connection, import_id: int, phase: str) -> None:
    """Be at work on an import, and hold its row as a batch and a merge do."""
    with worker.cursor() as cursor:
        cursor.execute(
            "UPDATE imports SET status = 'PROCESSING', phase = %s WHERE id = %s", (phase, import_id)
        )
        worker.commit()
        cursor.execute("SELECT 1 FROM imports WHERE id = %s FOR UPDATE", (import_id,))


def status_of(import_id: int) -> Status:
    row = imports.find(import_id)
    assert row is not None
    return row.status


def test_a_batch_is_waited_for(
    wiring: Wiring, newcomer: int, sent: int, worker: Connection
) -> None:
    work_on(worker, sent, "reading")
    listener = Cancelling(wiring, newcomer, sent)
    until(lambda: db.query(WAITING) != [(0,)], "the listener waits for the batch", seconds=20)
    worker.rollback()
    listener.join(20)
    assert listener.answer is True
    assert status_of(sent) is Status.CANCELLED


def test_a_merge_is_not_waited_for(
    wiring: Wiring, newcomer: int, sent: int, worker: Connection
) -> None:
    work_on(worker, sent, "merging")
    listener = Cancelling(wiring, newcomer, sent)
    listener.join(20)
    assert listener.answer is False, "answered while the merge goes on"
    worker.rollback()
    assert status_of(sent) is Status.PROCESSING


def test_what_is_waited_for_may_have_gone_on_to_merge(
    wiring: Wiring, newcomer: int, sent: int, worker: Connection
) -> None:
    work_on(worker, sent, "reading")
    listener = Cancelling(wiring, newcomer, sent)
    until(lambda: db.query(WAITING) != [(0,)], "the listener waits for the batch", seconds=20)
    with worker.cursor() as cursor:
        cursor.execute("UPDATE imports SET phase = 'merging' WHERE id = %s", (sent,))
    worker.commit()
    listener.join(20)
    assert listener.answer is False
    assert status_of(sent) is Status.PROCESSING


def test_two_are_never_started_at_the_same_moment(
    wiring: Wiring, newcomer: int, sent: int, worker: Connection
) -> None:
    """The other one's start is not committed yet, so only the index knows of it."""
    other = receive(wiring, newcomer, [Sent(name="b.zip", stream=extended(history(20, seed=1)))])
    with worker.cursor() as cursor:
        cursor.execute("UPDATE imports SET status = 'PENDING' WHERE id = %s", (other,))
    answers: list[object] = []

    def start() -> None:
        with db.connection():
            answers.append(import_services.start(wiring, newcomer, sent))

    listener = Thread(target=start, daemon=True)
    listener.start()
    until(lambda: db.query(WAITING) != [(0,)], "the second start waits for the first", seconds=20)
    worker.commit()
    listener.join(20)
    assert answers == [None]
    assert status_of(sent) is Status.FOUND


def test_what_nobody_decided_about_is_forgotten(wiring: Wiring, newcomer: int, sent: int) -> None:
    week = timedelta(days=7)
    assert forget_undecided(wiring) == 0
    later = wiring.clock() + 2 * week
    assert forget_undecided(replace(wiring, clock=lambda: later)) == 1
    assert status_of(sent) is Status.CANCELLED
    assert db.query("SELECT count(*) FROM import_uploads") == [(0,)]
