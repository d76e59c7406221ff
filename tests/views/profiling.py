"""A listener with a profile, and those who look at it."""

from datetime import UTC, datetime, timedelta

from flask import Flask

from tests.pages import Pages
from tests.queries.playing import played
from tests.queries.shelving import know, make_listener, make_track, save
from webapp import db
from webapp.domain.library import Kind
from webapp.domain.profiles import Level, Privacy, Section
from webapp.queries import accounts
from webapp.services import profiles

MARKUP = '"><img src=x onerror=alert(1)>'
SONGS = [
    make_track("4uLU6hMCjMI75M1A2tKUQC", "Harbour", "Nia Osei", "Reel"),
    make_track("t2", "<script>alert(1)</script>", MARKUP, "<b>Zed</b>"),
    make_track("t3", "Мавка", "Øst", "Night"),
]
PUBLIC = dict.fromkeys(Section, Level.PUBLIC)


class Profiled:
    """Mira, who has some plays and a library; her profile is as open as a test says."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.now = datetime.now(UTC)
        self.heard = 0
        with db.connection():
            self.id = make_listener("mira")
            know(SONGS)
            save(self.id, Kind.SAVED_TRACK, SONGS[1].id)

    def play(self, count: int = len(SONGS)) -> None:
        """Let her hear the next songs, seven minutes each."""
        numbers = range(self.heard, self.heard + count)
        began = self.now - timedelta(hours=8)
        with db.connection():
            played(
                self.id,
                [(SONGS[n % len(SONGS)].id, began + timedelta(minutes=7 * n)) for n in numbers],
            )
            accounts.bump_version(self.id)
        self.heard += count

    def change(self) -> None:
        """Let something of hers change."""
        with db.connection():
            accounts.bump_version(self.id)

    def open(self, levels: dict[Section, Level] | Level, *, shown: bool = True) -> None:
        """Let others see her profile."""
        chosen = dict.fromkeys(Section, levels) if isinstance(levels, Level) else levels
        with db.connection():
            profiles.save_privacy(self.id, Privacy(shown=shown, chosen=chosen), self.now)

    def stranger(self) -> Pages:
        """Come without a cookie."""
        return Pages(self.app.test_client())

    def herself(self) -> Pages:
        """Come as she does."""
        return self._signed_in(self.id)

    def neighbour(self) -> Pages:
        """Come as somebody else of this install."""
        with db.connection():
            found = accounts.find_by_username("nils")
            return self._signed_in(found.id if found else make_listener("nils"))

    def _signed_in(self, user_id: int) -> Pages:
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = f"{user_id}.1"
        return Pages(client)
