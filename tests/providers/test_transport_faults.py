"""The transport when the network or the other side misbehaves, and what it must not tell."""

import threading
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fakes import NotingGate
from tests.providers.transporting import CALL, QUERY, TOKEN, error_body, failure, get
from tests.scripted_http import Reply, ScriptedServer, answer
from webapp.domain.errors import OutageError, TokenStaleError
from webapp.providers.spotify.transport import Transport
from webapp.providers.spotify.wire import BODY_LIMIT

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(pieces=(), close=True),
        Reply(pieces=(b"nonsense\r\n\r\n",), close=True),
        Reply(pieces=(HEAD + b'Content-Length: 100\r\n\r\n{"items":',), close=True),
        Reply(pieces=(CHUNKED + b'9\r\n{"items":\r\n',), close=True),
        Reply(pieces=(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",)),
    ],
    ids=["dropped", "nonsense", "cut", "cut in a chunk", "not gzip"],
)
def test_a_broken_answer_is_an_outage(
    transport: Transport, server: ScriptedServer, gate: NotingGate, reply: Reply
) -> None:
    assert type(failure(transport, server, reply)) is OutageError
    assert gate.settled == [("/me/tracks", 0)]


@pytest.mark.parametrize("status", [200, 302], ids=["answer", "redirect"])
def test_a_flood_is_cut_off(transport: Transport, server: ScriptedServer, status: int) -> None:
    flood = b'"' + b"x" * (2 * BODY_LIMIT) + b'"'
    headers = {"Location": "/elsewhere"} if status == 302 else {}
    error = failure(transport, server, answer(status, headers=headers, raw=flood))
    assert isinstance(error, OutageError)
    assert "8 MiB" in error.detail


def test_silence_and_trickle_end(transport: Transport, server: ScriptedServer) -> None:
    never = threading.Event()
    silence = Reply(pieces=(HEAD,), hold=lambda: never.wait(0.6), close=True)
    assert "ReadTimeout" in failure(transport, server, silence).detail
    trickle = Reply(
        pieces=(HEAD + b"Content-Length: 100\r\n\r\n", *[b" "] * 100),
        hold=lambda: never.wait(0.1),
    )
    assert "too slow" in failure(transport, server, trickle).detail


def test_nobody_listening_is_an_outage(gate: NotingGate) -> None:
    with Transport("http://127.0.0.1:1", gate) as transport, pytest.raises(OutageError):
        get(transport)
    assert gate.settled == [("/me/tracks", 0)]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(pieces=(), close=True),
        answer(401, error_body(401, f"no such token: {TOKEN}")),
        answer(503, raw=f"upstream of {TOKEN}".encode()),
        answer(200, raw=f"not json, {TOKEN}".encode()),
    ],
)
def test_an_error_tells_neither_token_nor_query(
    transport: Transport, server: ScriptedServer, reply: Reply
) -> None:
    error = failure(transport, server, reply)
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert TOKEN not in told
    assert QUERY not in told
    assert error.__context__ is None


@pytest.mark.parametrize("token", ["", "two\nlines", "naïve", "\x00"])
def test_a_token_that_fits_no_header_is_stale(
    transport: Transport, server: ScriptedServer, gate: NotingGate, token: str
) -> None:
    with pytest.raises(TokenStaleError) as caught:
        transport.get("/me", token=token, call=CALL)
    assert not token or token not in str(caught.value)
    assert server.asked == []
    assert gate.acquired == []


def test_foreign_words_are_made_printable(transport: Transport, server: ScriptedServer) -> None:
    error = failure(transport, server, answer(503, raw=b"a\x00b\nc\x1b[31m" + b"d" * 500))
    assert error.detail.startswith("GET /me/tracks: 503 ab c[31mddd")
    assert len(error.detail) < 300


def test_connections_are_shared_between_threads_and_reused(
    server: ScriptedServer, gate: NotingGate
) -> None:
    server.will(*[answer(200, {"n": n}) for n in range(40)])
    with (
        Transport(server.url, gate, concurrency=4) as transport,
        ThreadPoolExecutor(max_workers=4) as pool,
    ):
        answers = list(pool.map(lambda _: get(transport)["n"], range(40)))
    assert sorted(answers) == list(range(40))
    assert server.connections <= 4
    assert len(gate.settled) == 40


def test_cookies_are_not_kept(transport: Transport, server: ScriptedServer) -> None:
    server.will(answer(200, {}, {"Set-Cookie": "who=me; Path=/"}), answer(200, {}))
    get(transport)
    get(transport)
    assert "cookie" not in server.asked[1].headers
