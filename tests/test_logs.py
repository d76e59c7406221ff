"""What stands in the log: whose work it was, as JSON, and never a secret."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import structlog
from flask import Flask

from demo.standin.faults import Fault
from jobs.archive import queue
from tests.browsing import Browsing
from webapp import db
from webapp.logs import configure_logs, working
from webapp.queries import archive
from webapp.services.wiring import Wiring

SECRETS = ("standin-access", "standin-refresh", "standin-code", "Bearer", "gAAAA", "backspin=")


@pytest.fixture
def lines(app: Flask) -> Iterator["Lines"]:
    """Log as JSON to where the test can read it."""
    found = Lines()
    configure_logs("json", found.stream)
    yield found
    configure_logs("text")


class Lines:
    """What was logged since the last look."""

    def __init__(self) -> None:
        self.stream = StringIO()

    def text(self) -> str:
        text = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return text

    def read(self, event: str = "") -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.text().splitlines()]
        return [line for line in found if event in line["event"]]


def test_a_line_names_the_job_and_the_listeners(
    browsing: Browsing, wiring: Wiring, lines: Lines
) -> None:
    browsing.sign_in("medium")
    user_id = browsing.account("medium").id
    with db.connection():
        archive.enrol(user_id, wiring.clock() - timedelta(minutes=1))
    queue(wiring, [user_id], wiring.clock())
    lines.read()
    browsing.work()
    found = lines.read()
    (archived,) = [line for line in found if line["event"] == "archived"]
    assert archived["job"].startswith("archive-")
    assert (archived["user"], archived["user_ids"]) == (user_id, [user_id])
    (ended,) = [line for line in found if line["event"] == "sync ended"]
    assert ended["job"].startswith("sync-")
    assert ended["user"] == user_id
    ours = [line for line in found if "user" in line]
    assert len({line["job"] for line in ours}) == 2, "one job's ids are not on the next one's lines"


def test_every_line_of_a_sync_names_its_listener(browsing: Browsing, lines: Lines) -> None:
    browsing.standin.world.faults.add(Fault(kind="server_error", match="/me/albums"))
    browsing.sign_in("medium", work=True)
    user_id = browsing.account("medium").id
    (line,) = lines.read("collection failed")
    assert (line["user"], line["job"][:5]) == (user_id, "sync-")


def test_a_line_names_the_request_and_the_listener(
    browsing: Browsing, app: Flask, lines: Lines
) -> None:
    pages = browsing.sign_in("tiny")
    lines.read()
    reply = pages.client.post("/syncs", headers={"X-Request-Id": "from-a-proxy-1"})
    assert reply.status_code == 422
    (line,) = lines.read("csrf refused")
    assert line["request"] == "from-a-proxy-1" == reply.headers["X-Request-Id"]
    pages.client.get("/dashboard")
    pages.post("/account/disconnect")
    (line,) = lines.read("disconnected")
    assert line["user"] == browsing.account("tiny").id
    assert re.fullmatch("[0-9a-f]{32}", line["request"])


@pytest.mark.parametrize("told", ["short", "x" * 65, "with space", 'a"b', "ä" * 10, "line\tbreak"])
def test_a_request_is_not_named_by_just_anything(app: Flask, told: str) -> None:
    reply = app.test_client().get("/healthz", headers={"X-Request-Id": told})
    assert re.fullmatch("[0-9a-f]{32}", reply.headers["X-Request-Id"])


def test_nothing_of_a_request_is_left_for_the_next(app: Flask, lines: Lines) -> None:
    client = app.test_client()
    first = client.get("/healthz").headers["X-Request-Id"]
    assert client.get("/healthz").headers["X-Request-Id"] != first
    assert structlog.contextvars.get_contextvars() == {}


def test_ids_hold_for_a_block_alone(lines: Lines) -> None:
    log = structlog.get_logger("a test")
    with working(job="sync-1-1"), working(user=7):
        log.info("inside")
    log.info("outside")
    inside, outside = lines.read("side")
    assert (inside["job"], inside["user"]) == ("sync-1-1", 7)
    assert not {"job", "user"} & outside.keys()


def test_the_queues_own_lines_are_written_like_ours(lines: Lines) -> None:
    with working(job="sync-1-1"):
        logging.getLogger("rq.worker").error("worker %s is gone", "w1")
    (line,) = lines.read()
    assert (line["event"], line["job"], line["level"]) == (
        "worker w1 is gone",
        "sync-1-1",
        "error",
    )


def test_what_is_named_like_a_secret_is_blanked(lines: Lines) -> None:
    log = structlog.get_logger("a test")
    log.info(
        "told", access_token="standin-access-1", client_secret="s", code="c", Cookie="backspin=1"
    )
    with working(authorization="Bearer 1"):
        log.info("told")
    text = lines.text()
    assert text.count("[redacted]") == 5
    assert not [secret for secret in SECRETS if secret in text]


def test_whatever_happens_no_secret_is_logged(browsing: Browsing, lines: Lines) -> None:
    faults = browsing.standin.world.faults
    faults.add(Fault(kind="server_error", match="/me/albums"))
    pages = browsing.sign_in("medium", work=True)
    faults.add(Fault(kind="rate_limit", match="/me/tracks", seconds=600))
    pages.client.get("/metrics", headers={"Authorization": "Bearer 123"})
    pages.post("/syncs")
    browsing.work()
    text = lines.text()
    assert "sync ended" in text
    assert not [secret for secret in SECRETS if secret in text]
