"""A server on a real socket that answers from a script, byte for byte, and keeps what it was asked.

For what no well-behaved server does: cut bodies, floods, trickles, dropped connections.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

REASON = "Scripted"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """Bytes to send. `hold` runs before each piece; `close` drops the connection afterwards."""

    pieces: tuple[bytes, ...]
    close: bool = False
    hold: Callable[[], object] | None = None


def answer(
    status: int = 200,
    body: Any = None,
    headers: dict[str, str] | None = None,
    *,
    raw: bytes | None = None,
) -> Reply:
    """Make a well-formed answer, with JSON or with raw bytes in it."""
    payload = json.dumps(body).encode() if raw is None else raw
    fields = {"Content-Type": "application/json", "Content-Length": str(len(payload))}
    lines = [f"HTTP/1.1 {status} {REASON}"]
    lines += [f"{name}: {value}" for name, value in (fields | (headers or {})).items()]
    return Reply(pieces=("\r\n".join([*lines, "", ""]).encode() + payload,))


class ScriptedServer:
    """Answers each request with the next reply of the script."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.script: deque[Reply] = deque()
        self._server = ThreadingTCPServer(("127.0.0.1", 0), self._handler(), bind_and_activate=True)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def will(self, *replies: Reply) -> None:
        """Add to the script."""
        self.script.extend(replies)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[StreamRequestHandler]:
        server = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                server.connections += 1
                while server._serve(self):
                    pass

        return Handler

    def _serve(self, connection: StreamRequestHandler) -> bool:
        asked = _read_request(connection)
        if asked is None or not self.script:
            return False
        self.asked.append(asked)
        reply = self.script.popleft()
        try:
            for piece in reply.pieces:
                if reply.hold:
                    reply.hold()
                connection.wfile.write(piece)
        except OSError:
            return False  # the client had enough
        return not reply.close


def _read_request(connection: StreamRequestHandler) -> Asked | None:
    try:
        first = connection.rfile.readline().decode()
    except OSError:
        return None
    if not first:
        return None
    method, target, _ = first.split(" ", 2)
    headers = {}
    while line := connection.rfile.readline().decode().strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = connection.rfile.read(int(headers.get("content-length", "0"))).decode()
    address = urlsplit(target)
    return Asked(
        method=method,
        path=address.path,
        query=_single(address.query),
        headers=headers,
        form=_single(body),
    )


def _single(encoded: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(encoded).items()}
