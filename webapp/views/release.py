"""What this release would make of the same data: pages kept from another one are not ours."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MADE_OF = (("webapp", "*.py"), ("templates", "*.html"), ("translations", "*.po"))


@cache
def release() -> str:
    """Name the code, templates and translations of this process: equal where they are equal."""
    name = blake2b(digest_size=8)
    for folder, pattern in MADE_OF:
        for path in sorted((ROOT / folder).rglob(pattern)):
            name.update(str(path.relative_to(ROOT)).encode())
            name.update(path.read_bytes())
    return name.hexdigest()
