"""Whom the tests of Last.fm and ListenBrainz ask, and when."""

from datetime import UTC, datetime

from webapp.domain.import_accounts import Walk

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
T = int(NOW.timestamp())
WALK = Walk(until=NOW)
KEY, TOKEN = "a-secret-key", "Token a-secret-token"
