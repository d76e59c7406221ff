"""Wire the stand-in, and run it in a thread of the calling process."""

import socket
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from flask import Flask, Response, jsonify
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from demo.standin import api, charts, lastfm, listenbrainz, musicbrainz
from demo.standin.accounts import Accounts
from demo.standin.api import refusal
from demo.standin.control import Control
from demo.standin.pictures import Pictures
from demo.standin.scrobbles import Scrobbles
from demo.standin.traffic import Traffic
from demo.standin.world import Settings, World


def create_app(world: World, scrobbles: Scrobbles | None = None) -> Flask:
    """Wire the routes of one world: Spotify's, and those of the services it scrobbles to."""
    scrobbles = scrobbles or Scrobbles(world)
    app = Flask("demo.standin", root_path=__file__.rpartition("/")[0], static_folder=None)
    accounts, traffic = Accounts(world), Traffic(world)
    app.before_request(traffic.before)
    app.after_request(traffic.after)
    app.add_url_rule("/authorize", "ask_consent", accounts.ask_consent)
    app.add_url_rule("/authorize", "decide", accounts.decide, methods=["POST"])
    app.add_url_rule("/api/token", "token", accounts.token, methods=["POST"])
    app.add_url_rule("/images/<kind>/<file>", "picture", Pictures(world).show)
    app.add_url_rule("/healthz", "healthz", lambda: jsonify(status="ok"))
    api.mount(app, world)
    lastfm.mount(app, world, scrobbles)
    listenbrainz.mount(app, scrobbles)
    charts.mount(app, world)
    musicbrainz.mount(app, world)
    Control(world).mount(app)
    app.register_error_handler(404, _nowhere)
    return app


class StandIn:
    """Context manager: a world served on a free port of 127.0.0.1 until the block ends."""

    def __init__(self, settings: Settings | None = None, *, port: int = 0) -> None:
        """Take a port at once, so that `url` is known before the server runs."""
        self.world = World(settings)
        self.scrobbles = Scrobbles(self.world)
        self._connections = _Connections()
        handler = type("Handler", (_Handler,), {"connections": self._connections})
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1",
            port,
            create_app(self.world, self.scrobbles),
            threaded=True,
            request_handler=handler,
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.accounts_url = self.url
        self.api_url = f"{self.url}/v1"
        self.lastfm_url = f"{self.url}/lastfm/2.0/"
        self.listenbrainz_url = f"{self.url}/listenbrainz"
        self.deezer_url = f"{self.url}/deezer"
        self.coverart_url = f"{self.url}/coverart"
        self.musicbrainz_url = f"{self.url}/musicbrainz/ws/2"
        self.world.base_url = self.url
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, also on connections that clients kept open."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._connections.close()


class _Connections:
    """The sockets that are open, so that stopping can close kept-alive ones."""

    def __init__(self) -> None:
        self._open: set[socket.socket] = set()
        self._lock = Lock()

    def add(self, plug: socket.socket) -> None:
        with self._lock:
            self._open.add(plug)

    def remove(self, plug: socket.socket) -> None:
        with self._lock:
            self._open.discard(plug)

    def close(self) -> None:
        with self._lock:
            for plug in self._open:
                try:
                    plug.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was faster


class _Handler(WSGIRequestHandler):
    """Quiet, kept-alive HTTP/1.1 without Nagle's 40 ms."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    connections: _Connections

    def setup(self) -> None:
        super().setup()
        self.connections.add(self.connection)

    def finish(self) -> None:
        self.connections.remove(self.connection)
        try:
            super().finish()
        except OSError:
            return  # dropped on request

    def run_wsgi(self) -> None:
        """Answer one request and keep the connection.

        Werkzeug's own version closes it and swallows what comes next; our views read every
        body to its end, so the next request line follows at once.
        """
        self.environ = environ = self.make_environ()
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            begun.append((status, headers))
            return self.wfile.write

        body = self.server.app(environ, start)
        try:
            self._send_head(*begun[-1])
            for part in body:
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            self.close_connection = True  # dropped on request, or the client went away
        finally:
            if hasattr(body, "close"):
                body.close()

    def _send_head(self, status: str, headers: list[tuple[str, str]]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing; `world.log` keeps the calls."""


def _nowhere(_error: Exception) -> Response:
    return refusal(404, "Service not found")
