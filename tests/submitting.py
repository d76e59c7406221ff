"""Listens as scrobblers submit them."""

import json
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

SUBMIT = "/1/submit-listens"
VALIDATE = "/1/validate-token"


def make_listen(at: datetime | int, title: str = "Song", **info: Any) -> dict[str, Any]:
    """Make a listen by the Band; `info` goes where clients put what they know more."""
    seconds = at if isinstance(at, int) else int(at.timestamp())
    track = {"artist_name": "Band", "track_name": title, "release_name": "Album"}
    return {"listened_at": seconds, "track_metadata": {**track, "additional_info": info}}


def make_body(*listens: Any, kind: str | None = None) -> dict[str, Any]:
    """Put listens into a submission: one is a single, more are an import."""
    return {
        "listen_type": kind or ("single" if len(listens) == 1 else "import"),
        "payload": list(listens),
    }


def submit(
    app: Flask, token: str | None, body: Any, *, path: str = SUBMIT, scheme: str = "Token "
) -> TestResponse:
    """Send a body as a scrobbler does: no cookies, one header."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"{scheme}{token}"} if token is not None else {}
    return app.test_client(use_cookies=False).post(
        path, data=raw, headers=headers, content_type="application/json"
    )
