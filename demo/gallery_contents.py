"""Made-up contents for the gallery: what every page gets, all kinds of things, drawn covers."""

import math
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Response

SPRITE = Path(__file__).parent.parent / "static" / "icons.svg"
NOW = datetime(2026, 11, 21, 14, 20, tzinfo=UTC)
LONG_TITLE = "Everything You Said on the Night Bus Home (Live in a Very Long Room)"
SONGS = (
    ("Harbour Lights", "Paper Lanterns", 4, "Harbour Songs", 214_000),
    (LONG_TITLE, "Nia Osei", 0, "Night Bus", 187_500),
    ("Ferrous", "Low Tide Radio, Quiet Machines", -2, "Iron & Salt", 301_000),
    ("Ljósið", "Ástríður Ljós", "new", "Vetur", 255_000),
    ("Two Rooms", "Quiet Machines", 1, "Interiors", 3_724_000),
)
LISTS = (
    ("Slow trains", 128),
    ("Kitchen, Sunday", 64),
    ("Your Top Songs 2024", 100),
    ("For Ines", 1),
    ("Running away from meetings", 2311),
)
COLLECTIONS = (
    ("top_tracks", "Top tracks"),
    ("top_artists", "Top artists"),
    ("recent", "Recently played"),
    ("playlists", "Playlists"),
    ("tracks", "Saved tracks"),
    ("albums", "Saved albums"),
    ("artists", "Followed artists"),
)
NOTICES = (
    ("pause", "Spotify asks us to pause until 14:20. Everything here still works.", None),
    ("warning", "Spotify's permission has ended. Your data stays; nothing new comes.", "Reconnect"),
)
PALETTES = (
    ("#16324f", "#f4b942", "#e9e3d5"),
    ("#d8572a", "#f7dfba", "#3d1308"),
    ("#24483e", "#a3c9a8", "#f2e8cf"),
    ("#5b2a4d", "#f29ca3", "#ffe1d6"),
    ("#c9d6df", "#1e2022", "#e84a5f"),
    ("#f0c808", "#07a0c3", "#086788"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One collection of a made-up sync."""

    key: str
    name: str
    state: str
    done: int
    total: int | None
    now: str = ""
    error: str = ""


def frame(*, member: bool) -> dict[str, Any]:
    """Return what every page gets from the application."""
    listener = SimpleNamespace(
        is_authenticated=member,
        display_name="Mira Lindqvist",
        username="mira",
        image_url=None,
        is_admin=True,
    )
    notices = [
        SimpleNamespace(kind=kind, text=text, action_label=label, action_url=label and "#")
        for kind, text, label in NOTICES
    ]
    return {
        "current_user": listener,
        "site_notices": notices if member else [],
        "nav_endpoint": "dashboard.index" if member else None,
    }


def kitchen_sink() -> dict[str, Any]:
    """Return something for every macro."""
    return {
        "now": NOW,
        "art": [f"/art/{seed}.svg" for seed in range(20)],
        "songs": SONGS,
        "lists": LISTS,
        "crate_covers": [(f"/art/{seed}.svg", "") for seed in range(5, 19)],
        "runs": [running_sync(), troubled_sync()],
        "icon_names": re.findall(r'id="([\w-]+)"', SPRITE.read_text()),
    }


def running_sync() -> SimpleNamespace:
    """Make a sync in the middle of its work."""
    states = [
        ("done", 150, 150, ""),
        ("done", 150, 150, ""),
        ("done", 50, 50, ""),
        ("running", 17, 41, "Reading “Running away from meetings”, items 1,101 to 1,200"),
        ("running", 1240, 3120, "Page 25 of 63"),
        ("pending", 0, None, ""),
        ("pending", 0, None, ""),
    ]
    parts = [
        Part(key=key, name=name, state=state, done=done, total=total, now=now)
        for (key, name), (state, done, total, now) in zip(COLLECTIONS, states, strict=True)
    ]
    sentence = "Reading your playlists: 17 of 41, and 1,240 of 3,120 saved tracks."
    return SimpleNamespace(percent=58, running=True, sentence=sentence, collections=parts)


def troubled_sync() -> SimpleNamespace:
    """Make a sync with every unhappy state."""
    failed = "Spotify did not answer for playlists (three tries). The rest goes on."
    paused = "Paused: Spotify asks us to wait. Goes on by itself at 14:20."
    parts = [
        Part(key=key, name=name, state="done", done=150, total=150) for key, name in COLLECTIONS[:3]
    ]
    parts += [
        Part(key="playlists", name="Playlists", state="failed", done=9, total=41, error=failed),
        Part(key="tracks", name="Saved tracks", state="paused", done=2400, total=3120, now=paused),
        Part(key="albums", name="Saved albums", state="pending", done=0, total=None),
        Part(key="artists", name="Followed artists", state="pending", done=0, total=None),
    ]
    sentence = "Waiting for Spotify until 14:20. One collection needs another try."
    return SimpleNamespace(percent=71, running=False, sentence=sentence, collections=parts)


def art(seed: int) -> Response:
    """Draw an abstract album cover: five ways to fill a square, six palettes."""
    ground, shape, spark = PALETTES[seed % len(PALETTES)]
    ways = (draw_hill, draw_bars, draw_rings, draw_wave, draw_corner)
    picture = ways[seed % len(ways)](random.Random(seed * 7919), shape, spark)
    backdrop = f'<path fill="{ground}" d="M0 0h300v300H0z"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300">{backdrop}{picture}</svg>'
    return Response(svg, mimetype="image/svg+xml")


def draw_hill(dice: random.Random, shape: str, spark: str) -> str:
    size = dice.randint(150, 200)
    hill = f'<circle cx="150" cy="300" r="{size}" fill="{shape}"/>'
    return f'{hill}<circle cx="{size}" cy="80" r="26" fill="{spark}"/>'


def draw_bars(dice: random.Random, shape: str, _spark: str) -> str:
    tops = [(x, dice.randint(50, 260)) for x in range(25, 300, 42)]
    lines = "".join(f"M{x} 300V{top}" for x, top in tops)
    return f'<path d="{lines}" stroke="{shape}" stroke-width="22"/>'


def draw_rings(dice: random.Random, shape: str, spark: str) -> str:
    x = dice.randint(110, 190)
    rings = "".join(f'<circle cx="{x}" cy="150" r="{r}"/>' for r in range(20, 260, 20))
    dot = f'<circle cx="{x}" cy="150" r="9" fill="{spark}"/>'
    return f'<g fill="none" stroke="{shape}" stroke-width="9">{rings}</g>{dot}'


def draw_wave(dice: random.Random, shape: str, spark: str) -> str:
    phase, height = dice.random() * 6, dice.randint(20, 60)
    points = (f"{x} {180 + height * math.sin(phase + x / 48):.0f}" for x in range(0, 301, 20))
    wave = f'<path d="M0 300L{"L".join(points)}L300 300z" fill="{shape}"/>'
    return f'{wave}<circle cx="220" cy="70" r="{dice.randint(20, 36)}" fill="{spark}"/>'


def draw_corner(dice: random.Random, shape: str, spark: str) -> str:
    edge = dice.randint(60, 110)
    corner = f'<path d="M0 0h300L0 300z" fill="{shape}"/>'
    return f'{corner}<path d="M{edge} {edge}h110v110h-110z" fill="{spark}"/>'
