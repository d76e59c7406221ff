"""A listener whose plays a test makes up, and their history as its reader sees it."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from tests.browsing import Browsing
from tests.queries.playing import missed, played
from tests.queries.shelving import know, make_track
from webapp import db

LISTED = "4uLU6hMCjMI75M1A2tKUQC"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRACKS = [
    make_track("t1", "Night Train", "Nia Osei", "Reel"),
    make_track("t2", "Night 100%", "Мавка", "Øst"),
    make_track("t3", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<b>Zed</b>"),
    make_track(LISTED, "Harbour", "Nia Osei", "Reel"),
]
ZED = f"album={quote('album-<b>Zed</b>')}"
NIA = f"artist={quote('artist-Nia Osei')}"


class Shown(NamedTuple):
    """A day of a page, as its reader sees it."""

    day: str
    head: str
    lines: list[str]


class History:
    """A listener whose plays a test makes up."""

    def __init__(self, browsing: Browsing, listener: str = "empty") -> None:
        self.pages = browsing.sign_in(listener)
        self.id = browsing.account(listener).id
        self.live_in("UTC")

    def live_in(self, zone: str) -> None:
        with db.connection():
            db.query("UPDATE users SET time_zone = %s WHERE id = %s", zone, self.id)

    def play(self, *rows: tuple[str, datetime] | tuple[str, datetime, str]) -> None:
        with db.connection():
            know(TRACKS)
            played(self.id, rows)

    def miss(self, after: datetime, before: datetime, closed_by: str | None = None) -> None:
        with db.connection():
            missed(self.id, after, before, closed_by=closed_by)

    def days(self, query: str = "") -> list[Shown]:
        return days_in(self.pages.page(f"/history{query}"))


def days_in(text: str) -> list[Shown]:
    found = []
    for part in text.split('<section class="day"')[1:]:
        day = re.findall(r'id="day-([\d-]+)"', part)[0]
        head = re.sub(r"<[^>]+>|\s+", " ", part.split("</header>")[0].split(">", 1)[1])
        lines = re.findall(r'<time[^>]*>([\d:]+)</time>|class="(gap[^"]*)"', part)
        found.append(Shown(day, " ".join(head.split()), [time or gap for time, gap in lines]))
    return found


def link(text: str, rel: str) -> str | None:
    found = re.search(rf'rel="{rel}"\s+href="([^"]+)"', text)
    return found[1].replace("&amp;", "&") if found else None
