"""Signing in as a listener does, through the stand-in's consent page."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import requests
from flask import Flask
from rq import Queue, SimpleWorker
from werkzeug.test import TestResponse

from demo.standin.server import StandIn
from jobs import runtime
from jobs.queue import QUEUES
from tests.pages import Pages
from webapp import db
from webapp.domain.accounts import Account
from webapp.queries import accounts
from webapp.services.wiring import Wiring


@dataclass
class Browsing:
    """Listeners with a browser, and the worker behind the scenes."""

    app: Flask
    standin: StandIn
    wiring: Wiring

    def sign_in(self, listener: str, *, work: bool = False) -> Pages:
        """Sign in, and with `work` let a worker finish what was queued."""
        pages = Pages(self.app.test_client())
        reply = self.come_back(pages, self.consent(pages, listener))
        assert reply.status_code == 303, f"{reply.status} {reply.text[:500]}"
        if work:
            self.work()
        return pages

    def consent(self, pages: Pages, listener: str, start: str = "/auth/spotify") -> str:
        """Begin a sign-in and agree (`listener=""`: decline); return the callback's address."""
        asked = pages.client.get(start)
        assert asked.status_code == 302, asked.status
        query = dict(parse_qsl(urlsplit(asked.headers["Location"]).query))
        choice = {"listener": listener} if listener else {"cancel": "1"}
        answer = requests.post(
            f"{self.standin.url}/authorize",
            data={**query, **choice},
            allow_redirects=False,
            timeout=10,
        )
        assert answer.status_code == 303, answer.text[:500]
        return answer.headers["Location"]

    def come_back(self, pages: Pages, address: str) -> TestResponse:
        """Follow Spotify's redirect."""
        parts = urlsplit(address)
        return pages.client.get(f"{parts.path}?{parts.query}")

    def work(self) -> None:
        """Do all that is queued, in this process, as a worker would."""
        runtime.use(self.wiring)
        queues = [Queue(name, connection=self.wiring.redis) for name in QUEUES]
        worker = SimpleWorker(queues, connection=self.wiring.redis)
        worker.work(burst=True, logging_level="ERROR")

    def account(self, spotify_id: str) -> Account:
        """Look an account up."""
        with db.connection():
            found = accounts.find_by_identity(spotify_id, None)
        assert found is not None
        return found
