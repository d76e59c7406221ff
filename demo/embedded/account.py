"""Whom PostgreSQL runs as when we are root (it refuses that), and where that user can read."""

import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Where root keeps what an unprivileged user must reach and cannot in our own folders.
SHARED = Path("/var/lib/backspin-demo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An unprivileged user."""

    uid: int
    gid: int


def unprivileged_account(existing: Path) -> Account | None:
    """Return None (run it as we are) unless we are root; then who owns `existing`, or nobody."""
    if os.geteuid() != 0:
        return None
    if existing.exists() and (found := existing.stat()).st_uid != 0:
        return Account(uid=found.st_uid, gid=found.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def open_to_all(path: Path) -> bool:
    """Tell whether every user can read the file, or enter the folder, through all its parents."""
    path = path.resolve()
    needed = stat.S_IXOTH if path.is_dir() else stat.S_IROTH
    return bool(path.stat().st_mode & needed) and all(
        parent.stat().st_mode & stat.S_IXOTH for parent in path.parents
    )


def reachable_folder(folder: Path, *, purpose: str) -> Path:
    """Return `folder`, or a lasting one outside it that a link in `folder` remembers.

    Root's home is closed to everybody else, and so is a project in it.
    """
    link = folder / "elsewhere"
    if link.exists():
        return link.resolve()
    if open_to_all(folder):
        return folder
    make_shared()
    place = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=SHARED))
    place.chmod(0o711)
    link.unlink(missing_ok=True)
    link.symlink_to(place)
    return place


def copy_for_all(sources: list[Path], *, name: str) -> Path:
    """Copy files and folders to SHARED/name, readable by everybody, once; returns that folder."""
    target = SHARED / name
    if target.exists():
        return target
    make_shared()
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=SHARED))
    for source in sources:
        shutil.copytree(source, draft / source.name)
    for path in [draft, *draft.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        draft.rename(target)
    except OSError:  # somebody else was quicker
        shutil.rmtree(draft)
    return target


def make_shared() -> None:
    """Create SHARED, open for all to enter, whatever the umask says."""
    SHARED.mkdir(parents=True, exist_ok=True)
    SHARED.chmod(0o755)
