"""The settings that the demo makes up, so that nobody has to."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.standin import CLIENT_ID, CLIENT_SECRET
from demo.standin.lastfm import API_KEY

DEFAULT_PORT = 8000
HIGHEST_PORT = 65_535


class WrongPortError(ValueError):
    """PORT is not a port; the text is for the person at the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the parts of the demo listen."""

    port: int
    database_url: str
    redis_url: str
    standin_port: int | None  # None: the real Spotify


def chosen_port(inherited: Mapping[str, str]) -> int:
    """Return PORT, or 8000. Raises WrongPortError."""
    text = inherited.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not (text.isdecimal() and 0 < int(text) <= HIGHEST_PORT):
        raise WrongPortError(f"PORT={text} is not a port: give a number from 1 to {HIGHEST_PORT}.")
    return int(text)


def uses_real_spotify(inherited: Mapping[str, str]) -> bool:
    """Tell whether the person brought a Spotify app of their own."""
    return bool(inherited.get("SPOTIFY_CLIENT_ID", "").strip())


def build_environment(
    inherited: Mapping[str, str],
    *,
    addresses: Addresses,
    secret_values: Mapping[str, str],
    programs: Path,
) -> dict[str, str]:
    """Return the environment of every process: what is set stays, what is missing is filled in.

    `programs` is the folder whose `python` and `gunicorn` the Procfile means.
    """
    defaults = {
        "DATABASE_URL": addresses.database_url,
        "REDIS_URL": addresses.redis_url,
        "PORT": str(addresses.port),
        "PUBLIC_URL": f"http://127.0.0.1:{addresses.port}",
        "LOG_FORMAT": "text",
        **secret_values,
    }
    if addresses.standin_port is not None:
        defaults |= _standin_settings(f"http://127.0.0.1:{addresses.standin_port}")
    missing = {name: value for name, value in defaults.items() if not inherited.get(name)}
    path = os.pathsep.join([str(programs), inherited.get("PATH", os.defpath)])
    return {**inherited, **missing, "PATH": path, "PYTHONUNBUFFERED": "1"}


def keep_secrets(path: Path) -> dict[str, str]:
    """Return SECRET_KEY and TOKEN_KEYS, made once and kept in `path` for its owner's eyes only.

    They must outlive a restart: sessions are signed and Spotify's tokens encrypted with them.
    """
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    made = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "TOKEN_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(made, indent=2))
    draft.replace(path)
    return made


def _standin_settings(url: str) -> dict[str, str]:
    return {
        "SPOTIFY_CLIENT_ID": CLIENT_ID,
        "SPOTIFY_CLIENT_SECRET": CLIENT_SECRET,
        "SPOTIFY_API_URL": f"{url}/v1",
        "SPOTIFY_ACCOUNTS_URL": url,
        "SPOTIFY_CALLS_PER_DAY": "5000",  # the stand-in has no daily quota
        "LASTFM_URL": f"{url}/lastfm/2.0/",
        "LASTFM_API_KEY": API_KEY,
        "LISTENBRAINZ_URL": f"{url}/listenbrainz",
        "MUSICBRAINZ_URL": f"{url}/musicbrainz/ws/2",
        "OPERATOR_CONTACT": "operator@example.org",  # MusicBrainz is not asked without one
        "DEEZER_URL": f"{url}/deezer",
        "COVERART_URL": f"{url}/coverart",
        "IMAGE_SOURCES": url,
    }
