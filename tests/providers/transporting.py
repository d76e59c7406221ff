"""One call through the transport, for the tests of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.scripted_http import Reply, ScriptedServer
from webapp.domain.budget import Call, Priority
from webapp.domain.errors import ProviderError
from webapp.providers.spotify.transport import Transport

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TOKEN = "secret-token-of-a-listener"
QUERY = "words-of-a-query"
CALL = Call(endpoint="/me/tracks", priority=Priority.LISTENER)


def get(transport: Transport) -> Any:
    return transport.get("/me/tracks", {"limit": 50, "q": QUERY}, token=TOKEN, call=CALL)


def failure(transport: Transport, server: ScriptedServer, reply: Reply) -> ProviderError:
    server.will(reply)
    with pytest.raises(ProviderError) as caught:
        get(transport)
    return caught.value


def error_body(status: int, message: str, **more: str) -> dict[str, Any]:
    return {"error": {"status": status, "message": message, **more}}
