"""Steer the stand-in from another process: POST /_control/<name> with JSON, GET to look."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Response, jsonify, request

from demo.standin.faults import Fault
from demo.standin.list_shapes import stamp
from demo.standin.world import World, utc_now

CHANGES = (
    "reset",
    "set_shape",
    "add_crowd",
    "crowd_tokens",
    "revoke",
    "expire_access_tokens",
    "rotate_refresh",
    "set_account_id",
    "save_track",
    "unsave_track",
    "save_album",
    "unsave_album",
    "follow",
    "unfollow",
    "add_play",
    "create_playlist",
    "delete_playlist",
    "rename_playlist",
    "add_playlist_items",
    "remove_playlist_items",
    "reorder_playlist_items",
)
MOMENTS = {"at", "ended_at"}


class Control:
    """The routes under /_control; `POST` takes the arguments of the method of that name."""

    def __init__(self, world: World) -> None:
        """Steer this world."""
        self._world = world
        self._actions: dict[str, Callable[..., Any]] = {
            **{name: getattr(world, name) for name in CHANGES},
            "add_fault": lambda **fault: world.faults.add(Fault(**fault)),
            "remove_fault": world.faults.remove,
            "clear_faults": world.faults.clear,
            "set_latency": self._set_latency,
            "set_clock": self._set_clock,
            "set_access_seconds": self._set_access_seconds,
            "clear_log": world.log.clear,
        }

    def mount(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule("/_control/<name>", "act", self.act, methods=["POST"])
        app.add_url_rule("/_control/log", "log", self.log)
        app.add_url_rule("/_control/calls", "calls", self.calls)
        app.add_url_rule("/_control/library/<listener>", "library", self.library)

    def act(self, name: str) -> tuple[Response, int]:
        """Do one thing and answer `{"result": ...}`; 400 or 404 say what was wrong."""
        arguments = request.get_json() if request.content_length else {}
        if name not in self._actions:
            return jsonify(error=f"no such action: {name}"), 404
        timed = {k: _moment(v) if k in MOMENTS else v for k, v in arguments.items()}
        try:
            return jsonify(result=self._actions[name](**timed)), 200
        except (KeyError, TypeError, ValueError) as error:
            return jsonify(error=f"{type(error).__name__}: {error}"), 400

    def log(self) -> Response:
        """Give the calls so far, those whose path contains `part`."""
        calls = self._world.log.matching(request.args.get("part", ""))
        return jsonify(
            calls=[
                {
                    "method": call.method,
                    "path": call.path,
                    "query": call.query,
                    "listener": call.listener,
                    "status": call.status,
                    "at": stamp(call.at, millis=True),
                }
                for call in calls
            ]
        )

    def calls(self) -> Response:
        """Count the calls so far by path: all, and how many the most and least active made."""
        return jsonify(
            {
                path: {
                    "calls": sum(by.values()),
                    "listeners": len(by),
                    "most": max(by.values()),
                    "fewest": min(by.values()),
                }
                for path, by in self._world.log.tally().items()
            }
        )

    def library(self, listener: str) -> tuple[Response, int]:
        """Give the ids of what a listener keeps."""
        if listener not in self._world.listeners:
            return jsonify(error="no such listener"), 404
        kept = self._world.listeners[listener].library
        playlists = [
            {"id": item.id, "name": item.name, "entries": len(item.entries)}
            for item in kept.playlists
            if item is not None
        ]
        body = jsonify(
            tracks=[item.id for item in kept.tracks],
            albums=[item.id for item in kept.albums],
            artists=kept.artists,
            playlists=playlists,
        )
        return body, 200

    def _set_latency(self, seconds: float) -> None:
        self._world.faults.latency = seconds

    def _set_access_seconds(self, seconds: int) -> None:
        self._world.tokens.access_seconds = seconds

    def _set_clock(self, at: datetime | None = None, ahead_seconds: float | None = None) -> None:
        """Stop the clock `at` a moment, let it run `ahead_seconds`, or (neither) set it right."""
        if at is not None:
            self._world.set_clock(lambda: at)
        elif ahead_seconds is not None:
            ahead = timedelta(seconds=ahead_seconds)
            self._world.set_clock(lambda: utc_now() + ahead)
        else:
            self._world.set_clock(None)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment
