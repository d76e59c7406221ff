"""A small client that signs in to the stand-in and calls it the way an app does."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from demo.standin import CLIENT_ID, CLIENT_SECRET
from demo.standin.server import StandIn

SCOPE = (
    "user-library-read user-follow-read user-top-read user-read-recently-played "
    "user-read-currently-playing playlist-read-private playlist-read-collaborative"
)
CALLBACK = "http://127.0.0.1:5000/auth/spotify/callback"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        """Begin on a Saturday evening."""
        self.now = datetime(2026, 11, 21, 19, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def advance(self, **parts: float) -> None:
        """Move on by hours, minutes, days ..."""
        self.now += timedelta(**parts)


@dataclass(slots=True)
class App:
    """What an app does with the stand-in: sign in, trade tokens, call."""

    standin: StandIn
    session: requests.Session
    tokens: dict[str, Any] = field(default_factory=dict)

    def consent_form(self, listener: str, **changes: str | None) -> dict[str, str]:
        """Fill in the consent page's form; None leaves a field out."""
        form: dict[str, str | None] = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "state": "opaque",
            "scope": SCOPE,
            "listener": listener,
            **changes,
        }
        return {key: value for key, value in form.items() if value is not None}

    def consent(self, listener: str, **changes: str | None) -> dict[str, str]:
        """Say yes and return what the callback receives."""
        answer = self.session.post(
            f"{self.standin.url}/authorize",
            data=self.consent_form(listener, **changes),
            allow_redirects=False,
        )
        assert answer.status_code == 303, answer.text
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {key: values[0] for key, values in query.items()}

    def token(self, **form: str) -> requests.Response:
        """Ask the token endpoint with the app's own id and secret."""
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        return self.session.post(
            f"{self.standin.accounts_url}/api/token",
            data=form,
            headers={"Authorization": f"Basic {basic}"},
        )

    def exchange(self, code: str, **changes: str) -> requests.Response:
        """Trade a code for tokens."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        return self.token(**{**form, **changes})

    def refresh(self, refresh_token: str | None = None) -> requests.Response:
        """Trade the refresh token for a new access token."""
        kept = refresh_token or self.tokens["refresh_token"]
        return self.token(grant_type="refresh_token", refresh_token=kept)

    def sign_in(self, listener: str, **changes: str | None) -> "App":
        """Go all the way and keep the tokens."""
        answer = self.exchange(self.consent(listener, **changes)["code"])
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    def get(self, path: str, **params: object) -> requests.Response:
        """Call the Web API."""
        return self.session.get(
            f"{self.standin.api_url}{path}",
            params={key: str(value) for key, value in params.items()},
            headers={"Authorization": f"Bearer {self.tokens.get('access_token', '')}"},
            timeout=10,
        )

    def walk(self, path: str, *, limit: int = 50, **params: object) -> list[Any]:
        """Read all pages by counting offsets, as Backspin does."""
        items: list[Any] = []
        while True:
            page = self.get(path, limit=limit, offset=len(items), **params).json()
            items += page["items"]
            if len(items) >= page["total"]:
                assert page["next"] is None
                assert len(items) == page["total"]
                return items

    def control(self, action: str, **arguments: object) -> requests.Response:
        """Steer the stand-in as another process would."""
        return self.session.post(f"{self.standin.url}/_control/{action}", json=arguments)
