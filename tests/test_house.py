"""What a reader may rely on, wherever they look."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    path
    for folder in ("webapp", "jobs", "demo", "bench", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MOST_LINES = 300
TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
SPOKEN = re.compile(r"""(?:alt|title|placeholder|aria-label)=["']([^"'{]*\w{2}[^"'{]*)["']""")
ENTITY = re.compile(r"&\w+;|&#\d+;")
WORDS = re.compile(r"\b[A-Z]\w+|\b[a-z]{2,} [a-z]{2,}\b")
NAMES = {"Backspin", "Spotify"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_a_file_fits_in_the_head(source: Path) -> None:
    if source.parent.name == "migrations":
        pytest.skip("a migration tells one story")
    assert len(source.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_every_sentence_can_be_translated(template: Path) -> None:
    """Find words between tags that do not come from an expression."""
    tokens = Environment(autoescape=True).lex(template.read_text())
    text = "".join(value if kind == "data" else "\0" for _, kind, value in tokens)
    literal = set(WORDS.findall(ENTITY.sub("", TAG.sub("", text))))
    assert literal <= NAMES
    assert not [found for found in SPOKEN.findall(text) if found.strip() not in NAMES]


@pytest.mark.parametrize("template", TEMPLATES, ids=name)
def test_nothing_is_inline_or_unescaped(template: Path) -> None:
    source = template.read_text()
    assert "|safe" not in source.replace(" ", "")
    assert not re.search(r"\son\w+=|\sstyle=|<style", source)


@pytest.mark.parametrize("program", ["jobs.worker", "jobs.scheduler"])
def test_a_program_without_pages_never_imports_flask(program: str) -> None:
    code = f"import sys, {program}; print(sorted(m for m in sys.modules if 'flask' in m))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert found.stdout.decode().strip() == "[]"


def test_only_the_queue_enqueues() -> None:
    callers = [
        name(path)
        for path in SOURCES
        if path.parts[-2] != "tests" and name(path).startswith(("webapp", "jobs"))
        if re.search(
            r"\.(enqueue|enqueue_call|enqueue_job|enqueue_at|schedule_job)\(", path.read_text()
        )
    ]
    assert callers == ["jobs/queue.py"]
