"""Files of listening, read and staged: in this process, or in several, where there is much to read.

A row costs ten times as much to read as to stage. So where cores and files allow it, processes of
their own read one file after the other, and this one only stages what they pack. They are forked:
they have the files, leave the database alone, and end when this one does.
"""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from multiprocessing.sharedctypes import Synchronized
from typing import Any, NamedTuple, Protocol

from webapp.domain.errors import ExportError, ExportFault
from webapp.domain.reports import Row, Source
from webapp.providers.exports.recognise import Kind
from webapp.services.import_packing import Batch, Packer
from webapp.services.import_receiving import READERS, Found
from webapp.services.import_staging import BEAT_SECONDS, Staging

MOST = 2
"""Each remembers songs, some 50 MiB of them."""
WORTH = 12 << 20
"""So many bytes of files are worth a process."""

FORK = get_context("fork")


class Position(Protocol):
    """How many bytes of an import are read."""

    def __call__(self) -> int:
        """Tell how many."""

    def add(self, count: int) -> None:
        """Count bytes that were read elsewhere."""

    def over(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Give bytes, counting them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Files to read, behind the numbers that are staged of them already; numbers for new songs."""

    import_id: int
    files: Sequence[Found]
    staged: Mapping[int, int]
    next_song: int
    now: datetime


def read(
    pen: Staging, files: Sequence[Found], staged: Mapping[int, int], position: Position
) -> None:
    """Stage all rows that are not staged yet; raises the ExportError of the first broken file."""
    task = Task(
        import_id=pen.import_id,
        files=files,
        staged=staged,
        next_song=pen.next_song,
        now=pen.wiring.clock(),
    )
    processes = processes_for(files)
    if processes > 1:
        for packed in read_apart(task, processes):
            if packed is None:
                pen.breathe(position())
            else:
                position.add(packed.read)
                pen.keep(packed.batch, position())
        return
    for found in files:
        with _named(found):
            source, rows = _rows(task, found, position.over(found.chunks()))
            pen.take(found.row.file, source, rows, position)


def processes_for(files: Sequence[Found]) -> int:
    """Tell by how many processes files should be read; 1 means this one alone."""
    size = sum(found.row.bytes for found in files)
    return max(1, min(MOST, _cores(), len(files), size // WORTH))


class Packed(NamedTuple):
    """A batch, and how many bytes were read for it."""

    batch: Batch
    read: int


class Broken(NamedTuple):
    """A file that is broken: its number, and what ExportError says."""

    file: int
    fault: ExportFault
    name: str
    row: int | None


def read_apart(task: Task, processes: int) -> Iterator[Packed | None]:
    """Give what processes of their own pack, whoever is ready; None where all are silent for long.

    Files are begun in their order, and none after a broken one: once all that were begun are read,
    the first broken one is known, and raised as an ExportError.
    """
    broken: list[Broken] = []
    with _readers(task, processes) as readers:
        while readers:
            ready = connection.wait(list(readers), BEAT_SECONDS)
            if not ready:
                yield None
            for pipe in ready:
                told = _receive(pipe, readers)
                if isinstance(told, Broken):
                    broken.append(told)
                elif told is not None:
                    yield told
    if broken:
        first = min(broken)
        raise ExportError(first.fault, file=first.name, row=first.row)


Pipes = Sequence[tuple[Connection, Connection]]
Readers = dict[Any, ForkProcess]
"""Those at work, each by the end of the pipe that its batches come out of."""


@contextmanager
def _readers(task: Task, processes: int) -> Iterator[Readers]:
    """Run readers; at the end of the block none is left."""
    begun = FORK.Value("i", 0)
    pipes = [FORK.Pipe(duplex=False) for _ in range(processes)]
    started: list[ForkProcess] = []
    try:
        for number in range(processes):
            started.append(FORK.Process(target=_work, args=(task, number, begun, pipes)))
            started[-1].start()
        for _, into in pipes:
            into.close()
        yield {out: process for (out, _), process in zip(pipes, started, strict=True)}
    finally:
        for process in started:
            process.kill()
            process.join()
        for out, _ in pipes:
            out.close()


def _receive(pipe: Any, readers: Readers) -> Packed | Broken | None:
    """Take what a reader sent; None when it is done, and let go of."""
    try:
        told: Packed | Broken = pipe.recv()
    except EOFError:
        process = readers.pop(pipe)
        process.join()
        if process.exitcode:
            raise RuntimeError("a reader of files broke off", process.exitcode) from None
        return None
    return told


def _work(task: Task, number: int, begun: "Synchronized[int]", pipes: Pipes) -> None:
    """Be a reader: read the next file that nobody has begun, until there is none."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for place, (out, into) in enumerate(pipes):
        out.close()
        if place != number:
            into.close()
    pipe = pipes[number][1]
    step = len(pipes)
    packer = Packer(import_id=task.import_id, next_song=task.next_song + number, step=step)
    while (found := _next(task, begun)) is not None:
        try:
            for packed in _pack(task, found, packer):
                pipe.send(packed)
        except ExportError as error:
            begun.value = len(task.files)
            pipe.send(Broken(found.row.file, error.fault, error.file, error.row))


def _end_with_parent() -> None:
    """End with the process that stages, however that ends."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _next(task: Task, begun: "Synchronized[int]") -> Found | None:
    with begun.get_lock():
        number = begun.value
        begun.value += 1
    return task.files[number] if number < len(task.files) else None


def _pack(task: Task, found: Found, packer: Packer) -> Iterator[Packed]:
    chunks = _Counted(found.chunks())
    with _named(found):
        source, rows = _rows(task, found, chunks)
        for batch in packer.pack(found.row.file, source, rows):
            yield Packed(batch, chunks.take())


def _rows(task: Task, found: Found, chunks: Iterator[bytes]) -> tuple[Source, Iterator[Row]]:
    """Give who tells a file, and its rows, without those that an earlier run staged."""
    source, reader = READERS[Kind(found.row.kind)]
    staged = task.staged.get(found.row.file, 0)
    rows = reader(chunks, now=task.now)
    return source, (told for told in rows if told.number > staged)


@contextmanager
def _named(found: Found) -> Iterator[None]:
    """Let an error say which file it is about."""
    try:
        yield
    except ExportError as error:
        error.file = error.file or found.row.name
        raise


class _Counted(Iterator[bytes]):
    """Bytes on their way, counted."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._read = 0

    def __next__(self) -> bytes:
        chunk = next(self._chunks)
        self._read += len(chunk)
        return chunk

    def take(self) -> int:
        """Tell how many came since this was asked last."""
        read, self._read = self._read, 0
        return read


def _cores() -> int:
    """Count the cores this process may use; where a system does not say, all there are."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
