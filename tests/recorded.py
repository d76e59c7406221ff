"""Answers that Spotify really gave, read from beside the project; a public clone has none."""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDERS = (DATA / "spotify_api", DATA / "samples" / "spotify")
WHY_NOT = "recorded answers are not part of the project: ../shared/data is absent"

needs_recordings = pytest.mark.skipif(not DATA.is_dir(), reason=WHY_NOT)


def names() -> list[Any]:
    """Name every recorded file, for parametrising; a single skipped case where there are none."""
    files = [path for folder in FOLDERS for path in sorted(folder.rglob("*")) if path.is_file()]
    found = [str(path.relative_to(DATA)) for path in files]
    return found or [pytest.param("absent", marks=pytest.mark.skip(reason=WHY_NOT))]


def load(name: str) -> Any:
    """Read one file, compressed or not."""
    return json.loads(_text(name))


@cache
def _text(name: str) -> bytes:
    content = (DATA / name).read_bytes()
    return gzip.decompress(content) if name.endswith(".gz") else content


def answers(name: str) -> list[Any]:
    """List the answers in a file: one, or those of its recorded exchanges that came well."""
    content = load(name)
    if not name.startswith("spotify_api/kotlin_recorded_exchanges"):
        return [content]
    responses = [exchange["response"] for exchange in content]
    return [one["body"] for one in responses if one["responseCode"] == "200" and one["body"]]


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Walk all objects inside an answer."""
    if isinstance(value, dict):
        yield value
    children = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for child in children:
            yield from objects(child)
