"""The words that names are made of, read from words.json (many scripts, some of them hostile)."""

import hashlib
import json
import string
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

ALPHABET = string.digits + string.ascii_lowercase + string.ascii_uppercase
ID_LENGTH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A language and style: words and the patterns they go into."""

    key: str
    country: str
    weight: int
    genres: tuple[str, ...]
    names: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    titles: tuple[str, ...]
    albums: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All of words.json."""

    scenes: tuple[Scene, ...]
    hostile: tuple[str, ...]
    playlists: tuple[str, ...]
    top_songs: dict[int, str]
    episodes: tuple[str, ...]
    locals: tuple[tuple[str, str, str, int], ...]


@cache
def load() -> Words:
    """Read the words once."""
    raw = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return Words(
        scenes=tuple(Scene(**{k: _frozen(v) for k, v in scene.items()}) for scene in raw["scenes"]),
        hostile=tuple(raw["hostile"]),
        playlists=tuple(raw["playlists"]),
        top_songs={int(year): name for year, name in raw["top_songs"].items()},
        episodes=tuple(raw["episodes"]),
        locals=tuple((a, b, c, int(d)) for a, b, c, d in raw["locals"]),
    )


def phrase(rng: Random, scene: Scene, patterns: tuple[str, ...]) -> str:
    """Fill one pattern with an adjective and two different nouns, first letter large."""
    first, second = rng.sample(scene.nouns, 2)
    text = rng.choice(patterns).format(a=rng.choice(scene.adjectives), n=first, m=second)
    return text[0].upper() + text[1:]


def stage_name(rng: Random, scene: Scene) -> str:
    """Invent what an artist calls themselves."""
    return rng.choice(scene.names).format(a=rng.choice(scene.a), b=rng.choice(scene.b))


@cache
def base62(*parts: object) -> str:
    """Make a stable id of 22 letters and digits, as Spotify's look, from what is named."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=20).digest()
    number, letters = int.from_bytes(digest), []
    for _ in range(ID_LENGTH):
        number, remainder = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[remainder])
    return "".join(letters)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
