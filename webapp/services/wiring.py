"""What a process needs to do its work, put together once from the settings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from cryptography.fernet import Fernet, MultiFernet
from redis import Redis

from config import Settings
from webapp import db
from webapp.domain.budget import Limits, Priority
from webapp.domain.provider import MusicService
from webapp.domain.syncs import Freshness, InlineLimits
from webapp.providers.spotify.client import SpotifyClient
from webapp.providers.spotify.oauth import OAuthClient
from webapp.providers.spotify.transport import Transport
from webapp.services.budget import RedisGate, utc_now

MusicServiceFor = Callable[[str, Priority], MusicService]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The parts, wired. `music(token, priority)` gives one listener's view of the service."""

    settings: Settings
    redis: Redis
    gate: RedisGate
    oauth: OAuthClient
    music: MusicServiceFor
    vault: MultiFernet
    clock: Callable[[], datetime] = utc_now

    @property
    def freshness(self) -> Freshness:
        """How long what we have counts as fresh."""
        return Freshness(
            playlists=timedelta(hours=self.settings.playlist_fresh_hours),
            top=timedelta(days=self.settings.top_fresh_days),
            sweep=timedelta(days=self.settings.full_sweep_days),
        )

    @property
    def track_fresh(self) -> timedelta:
        """How long unchanged catalogue rows are left alone."""
        return timedelta(days=self.settings.track_fresh_days)

    @property
    def log(self) -> Any:
        """Structured log."""
        return structlog.get_logger("backspin")

    @property
    def inline_limits(self) -> InlineLimits:
        """How much is little enough for a request."""
        return InlineLimits(
            max_tracks=self.settings.sync_inline_max_tracks,
            max_playlists=self.settings.sync_inline_max_playlists,
        )


def connect(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Wiring:
    """Wire a process. Nothing is opened yet: a fork afterwards is safe."""
    db.configure(settings.database_url, pool_size=settings.database_pool_size)
    redis = Redis.from_url(
        settings.redis_url, socket_connect_timeout=2, socket_timeout=5, health_check_interval=30
    )
    limits = Limits(
        per_minute=settings.spotify_calls_per_minute, per_day=settings.spotify_calls_per_day
    )
    gate = RedisGate(redis, limits, clock)
    transport = Transport(
        settings.spotify_api_url, gate, concurrency=settings.spotify_concurrency, now=clock
    )
    oauth = OAuthClient(
        settings.spotify_client_id,
        settings.spotify_client_secret,
        settings.spotify_accounts_url,
    )
    return Wiring(
        settings=settings,
        redis=redis,
        gate=gate,
        oauth=oauth,
        music=lambda token, priority: SpotifyClient(transport, token, priority),
        vault=MultiFernet([Fernet(key) for key in settings.token_keys]),
        clock=clock,
    )
