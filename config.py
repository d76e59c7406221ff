"""Settings, read once from the environment. Nothing else in the program reads it.

Each field says what it is for and, where a value can be wrong, what a right one looks like. The
README's table and this class are held together by a test.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NoReturn
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

LOOPBACK = frozenset({"127.0.0.1", "::1"})
HOST_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-*:/[]_")
SIGN_UP_MODES = ("open", "closed", "list")


class SettingsError(SystemExit):
    """One or more settings are wrong; names each, with the remedy."""


class WrongValueError(ValueError):
    """A value that can't be used; the text is the remedy."""


def _text(value: str) -> str:
    return value.strip()


def _ascii(value: str) -> str:
    if not (value.strip().isascii() and value.strip().isprintable()):
        raise WrongValueError("give printable ASCII, as the dashboard shows it")
    return value.strip()


def _count(value: str) -> int:
    number = int(value) if value.strip().isdecimal() else 0
    if number < 1:
        raise WrongValueError("give a whole number from 1 upwards")
    return number


def _count_or_none(value: str) -> int:
    if not value.strip().isdecimal():
        raise WrongValueError("give a whole number, 0 or more")
    return int(value)


def _hours(value: str) -> int:
    number = int(value) if value.strip().isdecimal() else 0
    if not 1 <= number <= 8760:  # noqa: PLR2004 - a year
        raise WrongValueError("give hours, from 1 to 8760")
    return number


def _seconds(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number < 3600:  # noqa: PLR2004 - an hour inside one request is a mistake
        raise WrongValueError("give seconds, more than 0 and less than 3600")
    return number


def _postgres_url(value: str) -> str:
    """Accept Heroku's older spelling `postgres://` as well."""
    url = value.strip().replace("postgres://", "postgresql://", 1)
    if urlsplit(url).scheme != "postgresql":
        raise WrongValueError("give postgresql://user:password@host:5432/database")
    return url


def _redis_url(value: str) -> str:
    if urlsplit(value.strip()).scheme not in {"redis", "rediss", "unix"}:
        raise WrongValueError("give redis://host:6379/0 (or rediss://, unix://)")
    return value.strip()


def _http_url(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise WrongValueError("give a whole address such as https://music.example.org")
    return value.strip().rstrip("/")


def _secret_key(value: str) -> str:
    if len(value.strip()) < 32:  # noqa: PLR2004 - 256 bits, as hex or longer
        raise WrongValueError(
            'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return value.strip()


def _token_keys(value: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in value.split(",") if key.strip())
    try:
        for key in keys:
            Fernet(key)
    except ValueError:
        keys = ()
    if not keys:
        raise WrongValueError(
            "give Fernet keys, newest first, separated by commas; make one with: python3 -c "
            '"import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
        )
    return keys


def _sign_up(value: str) -> str:
    if value.strip() not in SIGN_UP_MODES:
        raise WrongValueError(f"give one of: {', '.join(SIGN_UP_MODES)}")
    return value.strip()


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split())


def _hosts(value: str) -> tuple[str, ...]:
    """Read origins for a policy header; anything that could end the rule is refused."""
    hosts = _words(value)
    if any(not set(host) <= HOST_LETTERS for host in hosts):
        raise WrongValueError("give hosts such as https://*.example.org, separated by spaces")
    return hosts


def _contact(value: str) -> str:
    if value.strip() and "@" not in value and "://" not in value:
        raise WrongValueError("name an e-mail or web address in it, or leave it empty")
    return value.strip()


def _shared_secret(value: str) -> str:
    """Read a secret that somebody else shows us; empty: nobody can."""
    if value.strip() and len(value.strip()) < 16:  # noqa: PLR2004 - 96 bits as base64
        raise WrongValueError("give 16 characters or more, or leave it empty")
    return _ascii(value)


def _log_format(value: str) -> str:
    if value.strip() not in {"json", "text"}:
        raise WrongValueError("give json or text")
    return value.strip()


def _setting(doc: str, parse: Callable[[str], Any] = _text, default: str | None = None) -> Any:
    return field(metadata={"doc": doc, "parse": parse, "default": default})


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Settings:
    """Every knob of the program. The variable's name is the field's in capitals."""

    database_url: str = _setting("PostgreSQL, 15 or later.", _postgres_url)
    redis_url: str = _setting("Redis or Valkey: the queue and the call budget.", _redis_url)
    secret_key: str = _setting("Signs the session cookies; 32 characters or more.", _secret_key)
    token_keys: tuple[str, ...] = _setting(
        "Fernet keys that encrypt Spotify's tokens, newest first, separated by commas.",
        _token_keys,
    )
    public_url: str = _setting(
        "Where listeners reach this install; Spotify wants https or http://127.0.0.1.", _http_url
    )
    spotify_client_id: str = _setting("From the app's page on Spotify's dashboard.", _ascii)
    spotify_client_secret: str = _setting("From the same page.", _ascii)
    spotify_api_url: str = _setting(
        "Base address of the Web API.", _http_url, "https://api.spotify.com/v1"
    )
    spotify_accounts_url: str = _setting(
        "Base address of Spotify's sign-in.", _http_url, "https://accounts.spotify.com"
    )
    spotify_calls_per_minute: int = _setting(
        "Calls to Spotify in any 60 s, all processes together; it stops 5 % short.", _count, "100"
    )
    spotify_calls_per_day: int = _setting(
        "Calls to Spotify in any 24 h. Raise it with extended quota.", _count, "500"
    )
    spotify_concurrency: int = _setting("Pages fetched at the same time by one sync.", _count, "4")
    lastfm_url: str = _setting("Last.fm's API.", _http_url, "https://ws.audioscrobbler.com/2.0/")
    lastfm_api_key: str = _setting("From last.fm/api; without one, no account is read.", _ascii, "")
    listenbrainz_url: str = _setting("ListenBrainz.", _http_url, "https://api.listenbrainz.org")
    listenbrainz_token: str = _setting("Of any account there; it goes without one.", _ascii, "")
    musicbrainz_url: str = _setting("MusicBrainz.", _http_url, "https://musicbrainz.org/ws/2")
    musicbrainz_seconds: float = _setting("Seconds from call to call there.", _seconds, "1.1")
    deezer_url: str = _setting("Deezer's charts.", _http_url, "https://api.deezer.com")
    coverart_url: str = _setting("Covers of records.", _http_url, "https://coverartarchive.org")
    sync_inline_max_tracks: int = _setting(
        "More saved tracks than this, and a sync goes to a worker.", _count_or_none, "100"
    )
    sync_inline_max_playlists: int = _setting(
        "More playlists than this, and a sync goes to a worker.", _count_or_none, "3"
    )
    sync_inline_seconds: float = _setting(
        "A sync inside a request leaves the rest to a worker after these seconds.", _seconds, "8"
    )
    sync_min_interval_minutes: int = _setting(
        "How long after a sync the listener's button works again.", _count_or_none, "60"
    )
    playlist_fresh_hours: int = _setting(
        "Automatic syncs leave the list of playlists alone for this long.", _count_or_none, "24"
    )
    track_fresh_days: int = _setting(
        "Unchanged catalogue rows are rewritten only after this long.", _count_or_none, "7"
    )
    top_fresh_days: int = _setting(
        "Top lists are asked for again after this long.", _count_or_none, "7"
    )
    full_sweep_days: int = _setting(
        "Saved and followed things are read whole again after this long.", _count_or_none, "7"
    )
    import_max_mb: int = _setting(
        "Megabytes of files that a listener may send at once, to be imported.", _count, "300"
    )
    sign_up: str = _setting("Who may join: open, closed, or list.", _sign_up, "open")
    sign_up_list: tuple[str, ...] = _setting(
        "With SIGN_UP=list: Spotify user ids, separated by commas.", _words, ""
    )
    image_sources: tuple[str, ...] = _setting(
        "Hosts that pages may load pictures from (Content-Security-Policy).",
        _hosts,
        "https://*.scdn.co https://*.spotifycdn.com https://*.dzcdn.net"
        " https://coverartarchive.org https://archive.org https://*.archive.org",
    )
    operator_contact: str = _setting(
        "An e-mail or web address, shown to listeners and sent to MusicBrainz.", _contact, ""
    )
    trusted_proxies: int = _setting(
        "Reverse proxies in front whose X-Forwarded headers count.", _count_or_none, "0"
    )
    database_pool_size: int = _setting("Database connections a process keeps.", _count, "16")
    log_format: str = _setting("json for machines, text for people.", _log_format, "json")
    metrics_token: str = _setting(
        "Opens /metrics to who shows it; without one, only this machine may.", _shared_secret, ""
    )
    cron_secret: str = _setting(
        "Lets a scheduler outside start the archive and the charts; without one, nobody may.",
        _shared_secret,
        "",
    )
    export_hours: int = _setting(
        "An archive of everything can be downloaded for this many hours.", _hours, "24"
    )
    port: int = _setting("Where the web process listens.", _count, "8000")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read and check every setting; raise SettingsError naming all that are wrong."""
        source = os.environ if env is None else env
        values, wrong = {}, []
        for knob in fields(cls):
            name = knob.name.upper()
            try:
                values[knob.name] = _read(source.get(name, ""), knob.metadata)
            except WrongValueError as remedy:
                wrong.append(f"  {name}: {remedy}")
        if wrong:
            _refuse(wrong)
        return cls(**values)

    @property
    def secure(self) -> bool:
        """Whether listeners come over https, so that cookies may insist on it."""
        return self.public_url.startswith("https://")

    @property
    def needs_paste(self) -> bool:
        """Whether Spotify's redirect can't reach us: it takes https or a loopback literal alone."""
        return not self.secure and urlsplit(self.public_url).hostname not in LOOPBACK

    @property
    def redirect_uri(self) -> str:
        """The callback to register with Spotify."""
        base = f"http://127.0.0.1:{self.port}" if self.needs_paste else self.public_url
        return f"{base}/auth/spotify/callback"


def _read(text: str, metadata: Mapping[str, Any]) -> Any:
    default = metadata["default"]
    if not text.strip():
        if default is None:
            remedy = _remedy(metadata["parse"])
            raise WrongValueError(f"is missing; {remedy or metadata['doc']}")
        text = default
    return metadata["parse"](text)


def _remedy(parse: Callable[[str], Any]) -> str:
    try:
        parse("")
    except WrongValueError as remedy:
        return str(remedy)
    return ""


def _refuse(wrong: list[str]) -> NoReturn:
    raise SettingsError("These settings need your attention:\n" + "\n".join(wrong))
