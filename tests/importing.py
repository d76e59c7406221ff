"""Bring files in as a listener does, in this process."""

from typing import BinaryIO

from webapp.domain.imports import Status
from webapp.queries import imports as import_queries
from webapp.queries.imports import ImportRow
from webapp.services import imports
from webapp.services.import_receiving import Sent, receive
from webapp.services.wiring import Wiring


def bring_in(wiring: Wiring, user_id: int, *streams: BinaryIO) -> ImportRow:
    """Send files, start, and run to the end; they must have been good."""
    done = try_in(wiring, user_id, *streams)
    assert done.status is Status.COMPLETED, (done.error, done.error_detail)
    return done


def try_in(wiring: Wiring, user_id: int, *streams: BinaryIO) -> ImportRow:
    """Send files, start and run, whatever comes of it."""
    sent = [Sent(name=f"file {n}", stream=stream) for n, stream in enumerate(streams, 1)]
    import_id = receive(wiring, user_id, sent)
    if imports.start(wiring, user_id, import_id) is not None:
        imports.run(wiring, import_id)
    done = import_queries.find(import_id)
    assert done is not None
    return done
