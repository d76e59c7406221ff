"""Settings are read once, checked at start, and documented."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from config import Settings, SettingsError

README = Path(__file__).parent.parent / "README.md"
GOOD = {
    "DATABASE_URL": "postgresql://app@127.0.0.1/backspin",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "TOKEN_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "PUBLIC_URL": "https://music.example.org/",
    "SPOTIFY_CLIENT_ID": "an id",
    "SPOTIFY_CLIENT_SECRET": "a secret",
}


def settings(**changes: str) -> Settings:
    return Settings.from_env({**GOOD, **changes})


def test_the_least_that_is_needed_is_enough() -> None:
    found = settings()
    assert found.spotify_api_url == "https://api.spotify.com/v1"
    assert found.spotify_accounts_url == "https://accounts.spotify.com"
    assert found.sync_inline_max_tracks == 100
    assert found.sync_inline_max_playlists == 3
    assert found.sync_inline_seconds == 8
    assert found.spotify_calls_per_minute == 100
    assert found.spotify_calls_per_day == 500
    assert found.spotify_concurrency == 4
    assert found.sync_min_interval_minutes == 60
    assert found.sign_up == "open"


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_is_refused_by_name(name: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name}: is missing"):
        Settings.from_env({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("REDIS_URL", "http://x", "redis://"),
        ("SECRET_KEY", "short", "make one with"),
        ("TOKEN_KEYS", "not a key", "Fernet"),
        ("TOKEN_KEYS", ",", "Fernet"),
        ("PUBLIC_URL", "music.example.org", "https://"),
        ("SPOTIFY_CALLS_PER_DAY", "0", "from 1 upwards"),
        ("SPOTIFY_CALLS_PER_DAY", "many", "from 1 upwards"),
        ("SYNC_INLINE_MAX_TRACKS", "-1", "0 or more"),
        ("SYNC_INLINE_SECONDS", "nan", "more than 0"),
        ("SYNC_INLINE_SECONDS", "soon", "more than 0"),
        ("SIGN_UP", "maybe", "open, closed, list"),
        ("LOG_FORMAT", "xml", "json or text"),
        ("CRON_SECRET", "fifteen letters", "16 characters"),
        ("OPERATOR_CONTACT", "Mira, room 4", "an e-mail or web address"),
        ("SPOTIFY_CLIENT_ID", "ключ", "ASCII"),
        ("IMAGE_SOURCES", "https://ok.example; script-src *", "hosts"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_remedy(name: str, value: str, remedy: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}: .*{re.escape(remedy)}"):
        settings(**{name: value})


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(SettingsError, match=r"SECRET_KEY(.|\n)*SIGN_UP"):
        settings(SECRET_KEY="x", SIGN_UP="y")


def test_no_secret_is_in_the_repr() -> None:
    assert GOOD["SECRET_KEY"] not in repr(settings())


def test_the_older_spelling_of_a_database_url_is_understood() -> None:
    assert settings(DATABASE_URL="postgres://a@b/c").database_url == "postgresql://a@b/c"


@pytest.mark.parametrize(
    ("public_url", "needs_paste", "redirect_uri"),
    [
        ("https://music.example.org", False, "https://music.example.org/auth/spotify/callback"),
        ("http://127.0.0.1:8000", False, "http://127.0.0.1:8000/auth/spotify/callback"),
        ("http://[::1]:8000", False, "http://[::1]:8000/auth/spotify/callback"),
        ("http://localhost:8000", True, "http://127.0.0.1:8000/auth/spotify/callback"),
        ("http://192.168.1.5:8000", True, "http://127.0.0.1:8000/auth/spotify/callback"),
    ],
)
def test_spotify_redirects_to_https_or_a_loopback_literal_alone(
    public_url: str, needs_paste: bool, redirect_uri: str
) -> None:
    found = settings(PUBLIC_URL=public_url)
    assert (found.needs_paste, found.redirect_uri) == (needs_paste, redirect_uri)


def test_the_readme_documents_every_setting_and_no_other() -> None:
    table = README.read_text().split("<!-- settings -->")[1]
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    assert documented == {field.name.upper() for field in fields(Settings)}


def test_the_readme_tells_the_true_defaults() -> None:
    table = README.read_text().split("<!-- settings -->")[1]
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", table, re.MULTILINE))
    for field in fields(Settings):
        default = field.metadata["default"]
        told = rows[field.name.upper()].strip()
        expected = "required" if default is None else f"`{default}`" if default else "empty"
        assert told == expected, field.name
