"""`python -m bench.load`: clients that ask again as soon as they are answered.

All clients live in one thread with plain sockets, so that the load leaves the cores to the server
it measures. Prints JSON: requests per second, and percentiles of the latency in milliseconds.
"""

import argparse
import json
import selectors
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlsplit

LARGEST = 1 << 20
NOT_MODIFIED = 304


@dataclass(slots=True, kw_only=True)
class Client:
    """One kept-alive connection with one request on its way."""

    plug: socket.socket
    request: bytes
    status: int
    sent_at: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def ask(self) -> None:
        """Send the request."""
        self.answer.clear()
        self.sent_at = time.perf_counter()
        self.plug.sendall(self.request)

    def hear(self) -> bool:
        """Take in what has come; True once the answer is whole. It must have the right status."""
        part = self.plug.recv(LARGEST)
        assert part, "the server hung up"
        self.answer += part
        head, found, body = bytes(self.answer).partition(b"\r\n\r\n")
        if not found:
            return False
        assert head.startswith(b"HTTP/1.1 %d " % self.status), head[:200]
        return self.status == NOT_MODIFIED or len(body) >= _length(head)


def main() -> None:
    """Read the options, load the server, print what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--cookie", default="")
    parser.add_argument("--etag", default="", help="what the clients have already")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--warm-up", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    headers = {"Cookie": options.cookie, "If-None-Match": options.etag}
    clients = [_connect(options.url, headers) for _ in range(options.clients)]
    _load(clients, options.warm_up)
    latencies = _load(clients, options.seconds)
    cuts = quantiles(latencies, n=100)
    rate = len(latencies) / options.seconds
    print(json.dumps({"rate": rate, "p50": cuts[49] * 1000, "p95": cuts[94] * 1000}))


def _connect(url: str, headers: Mapping[str, str]) -> Client:
    parts = urlsplit(url)
    lines = (
        f"GET {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "HX-Request: true",
        "Accept: text/html",
        "Accept-Encoding: gzip",
        "Accept-Language: en",
        *(f"{name}: {value}" for name, value in headers.items() if value),
    )
    plug = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=10)
    plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Client(
        plug=plug,
        request="\r\n".join((*lines, "", "")).encode(),
        status=NOT_MODIFIED if headers["If-None-Match"] else 200,
    )


def _load(clients: list[Client], seconds: float) -> list[float]:
    """Keep every client asking for so long; give the seconds that each answer took."""
    latencies = []
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.plug, selectors.EVENT_READ, client)
            client.ask()
        end = time.perf_counter() + seconds
        waiting = len(clients)
        while waiting:
            for key, _ in selector.select(timeout=10):
                client = key.data
                if not client.hear():
                    continue
                now = time.perf_counter()
                latencies.append(now - client.sent_at)
                if now < end:
                    client.ask()
                else:
                    waiting -= 1
    return latencies


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise AssertionError("no Content-Length")


if __name__ == "__main__":
    main()
