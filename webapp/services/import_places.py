"""A file that several processes read at once, each from a place of its own."""

import os
from io import RawIOBase
from typing import Any


class Place(RawIOBase):
    """A place in an open file; a forked process has its own, though the file is the same."""

    def __init__(self, descriptor: int) -> None:
        """Begin at the beginning; whoever opened the file closes it."""
        self._descriptor = descriptor
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can go to any place."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at}
        self._at = offset + base.get(whence, os.fstat(self._descriptor).st_size)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read from this place on."""
        found = os.pread(self._descriptor, len(buffer), self._at)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)
