"""The data folder of a server: one owner, one server at a time."""

import fcntl
import os
import pwd
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.embedded.errors import FolderError


def prepare_folder(folder: Path, *, name: str, mode: int) -> None:
    """Create the folder, whatever the umask says, unless it is there; raises FolderError."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(mode)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FolderError(
            f"{name} cannot write to {folder}: it belongs to {owner_name(folder)}. "
            "Start as that user, or remove the folder."
        )


@contextmanager
def locked(folder: Path, *, name: str, patience: float = 2.0) -> Iterator[int]:
    """Hold the folder's lock; yields the descriptor, which the server inherits and thereby holds.

    So the lock lives exactly as long as any process of the server, whoever started it and however
    that one ended. `patience` (seconds) covers processes that are just ending. Raises FolderError.
    """
    descriptor = os.open(folder / "lock", os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, folder, name=name, patience=patience)
        yield descriptor
    finally:
        os.close(descriptor)


def owner_name(path: Path) -> str:
    """Return the name of the path's owner, or the number where it has no name."""
    uid = path.stat().st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _acquire(descriptor: int, folder: Path, *, name: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise FolderError(
                    f"{name} is already running on {folder}. Stop the other one first."
                ) from None
            time.sleep(0.02)
        else:
            return
