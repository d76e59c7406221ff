"""Run the stand-in as a process of its own, quick enough to measure others against."""

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from demo.standin.server import create_app
from demo.standin.world import Settings, World

THREADS = 32


def serve(settings: Settings, *, port: int, latency: float = 0.0) -> None:
    """Serve with gunicorn, one process of 32 threads, until a signal ends it.

    `latency` (seconds) is waited before each answer.
    """
    _Gunicorn(settings, port=port, latency=latency).run()


class _Gunicorn(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn without command line; the world is made in its one worker."""

    def __init__(self, settings: Settings, *, port: int, latency: float) -> None:
        self._settings, self._port, self._latency = settings, port, latency
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            "bind": f"127.0.0.1:{self._port}",
            "workers": 1,
            "threads": THREADS,
            "worker_class": "gthread",
            "keepalive": 75,
            "limit_request_line": 8190,  # a hundred addresses, as MusicBrainz takes them
            "graceful_timeout": 2,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        world = World(self._settings)
        world.faults.latency = self._latency
        world.shapes.warm()
        return create_app(world)
